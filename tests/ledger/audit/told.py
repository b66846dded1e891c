"""Ledgers told in a few words: one method an entry, each a second later."""

from __future__ import annotations

from typing import Any

from fakeapns.ledger.audit import Audit, audit
from fakeapns.ledger.entries import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Entry,
    FaultFired,
    FeedbackSent,
    How,
    Malformed,
    Notification,
    Outcome,
    Place,
    Reason,
    Response,
)
from fakeapns.scenario.faults import Service
from fakeapns.scenario.scenario import Expect

from ...frames import PAYLOAD, TOPIC, numbered

#: What is meant: three notifications with the tokens 1, 2 and 3.
ONE, TWO, THREE = MEANT = tuple((numbered(number), PAYLOAD) for number in (1, 2, 3))


class Story(list[Entry]):
    """Entries in order. `connection` is the one that everything is about."""

    def __init__(self) -> None:
        self.connection = 0
        self._ordinal = 0

    def add(self, kind: type[Entry], **facts: Any) -> Entry:
        """An entry of this kind, a second behind the last one."""
        number = len(self) + 1
        if kind is not FeedbackSent and "connection" not in facts:
            facts["connection"] = self.connection
        entry = kind(seq=number, t=float(number), wall=float(number), **facts)
        self.append(entry)
        return entry

    def opened(self, service: Service = "gateway") -> None:
        """The next connection."""
        self.connection += 1
        self._ordinal = 0
        self.add(
            ConnectionOpened,
            service=service,
            peer="memory",
            tls=None,
            topic=TOPIC,
            certificate=None,
        )

    def refused(
        self,
        reason: str = "untrusted",
        hint: str = "trust our CA",
        service: Place = "gateway",
        by: str | None = None,
    ) -> None:
        """A connection that never came to speak, `by` a fault of the story."""
        self.connection += 1
        if by is not None:
            self.fault(by)
        self.add(ConnectionRefused, service=service, peer="memory", reason=reason, hint=hint)

    def came(
        self,
        pair: tuple[bytes, bytes] = ONE,
        outcome: Outcome = "accepted",
        status: str | None = None,
        **facts: Any,
    ) -> Notification:
        """A notification."""
        self._ordinal += 1
        entry = self.add(
            Notification,
            ordinal=self._ordinal,
            command=2,
            identifier=facts.pop("identifier", pair[0][-1]),
            token_bytes=pair[0],
            topic=TOPIC,
            payload_bytes=pair[1],
            expiration=None,
            priority=None,
            outcome=outcome,
            status=status,
            **facts,
        )
        assert isinstance(entry, Notification)
        return entry

    def rejected(
        self, pair: tuple[bytes, bytes] = ONE, status: str = "invalid-token"
    ) -> Notification:
        """A notification that an error names."""
        return self.came(pair, "rejected", status)

    def discarded(self, pair: tuple[bytes, bytes], cause: Entry) -> Notification:
        """A notification behind what had it dropped."""
        return self.came(pair, "discarded", cause=cause.seq, behind=1)

    def malformed(self) -> Entry:
        """A frame that cannot be read."""
        self._ordinal += 1
        return self.add(
            Malformed,
            ordinal=self._ordinal,
            command=2,
            identifier=None,
            reason="item 9 is unknown",
            bytes_hex="02",
            status="protocol-error",
            outcome="rejected",
        )

    def fault(self, name: str) -> Entry:
        """A fault that fired."""
        return self.add(FaultFired, step=1, fault=name, detail="")

    def answered(self, status: str = "invalid-token", identifier: int = 1) -> Entry:
        """An error packet."""
        return self.add(
            Response,
            status=status,
            code=8,
            identifier=identifier,
            delayed_ms=0,
            delayed_by="none",
            bytes_hex="",
        )

    def closed(
        self,
        reason: Reason = "error",
        how: How = "graceful",
        unread: int = 0,
        detail: str | None = None,
    ) -> None:
        """The end of the connection; the provider's if it `ended`."""
        self.add(
            ConnectionClosed,
            by="provider" if reason == "ended" else "server",
            how=how,
            reason=reason,
            received=0,
            accepted=0,
            rejected=0,
            discarded=0,
            malformed=0,
            unread_bytes=unread,
            detail=detail,
        )

    def listed(self, pair: tuple[bytes, bytes], since: int = 0) -> None:
        """A token that feedback handed out."""
        self.add(FeedbackSent, connection=0, token=pair[0].hex(), topic=TOPIC, timestamp=since)


def audited(*steps: Any, intended: Any = MEANT) -> Audit:
    """The audit of pairs that were accepted one after the other."""
    story = Story()
    story.opened()
    for pair in steps:
        story.came(pair)
    return audit(story, intended)


def explained(story: Story, intended: Any = MEANT, expect: Expect | None = None) -> list[str]:
    """The explanations of an audit."""
    return list(audit(story, intended, expect=expect).explanations)


def after_an_error(*again: tuple[bytes, bytes]) -> Story:
    """Two accepted, the third rejected, then a connection for those that come again."""
    story = Story()
    story.opened()
    story.came(ONE)
    story.came(TWO)
    story.rejected(THREE)
    story.answered(identifier=3)
    story.closed()
    story.opened()
    for pair in again:
        story.came(pair)
    return story
