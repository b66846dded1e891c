"""Writes one connection's entries into the ledger, and counts its frames on the way."""

from __future__ import annotations

from typing import Any, TypeVar

from ..ledger import (
    By,
    ConnectionClosed,
    Entry,
    FaultFired,
    How,
    Ledger,
    Malformed,
    Moment,
    Notification,
    Outcome,
    Reason,
    Row,
)
from ..push import Chosen, Push

E = TypeVar("E", bound=Entry)


class Recorder:
    """The record of one connection. `received` is the ordinal of its latest frame."""

    __slots__ = ("_connection", "_ledger", "_malformed", "_outcomes", "received")

    def __init__(self, ledger: Ledger, connection: int) -> None:
        self._ledger = ledger
        self._connection = connection
        self._outcomes: dict[Outcome, int] = {"accepted": 0, "rejected": 0, "discarded": 0}
        self._malformed = 0
        self.received = 0

    def note(self, kind: type[E], now: Moment, **fields: Any) -> E:
        """Record something else about the connection; the entry."""
        return self._ledger.record(kind, now, connection=self._connection, **fields)

    def notification(
        self,
        push: Push,
        outcome: Outcome,
        now: Moment,
        *,
        warnings: tuple[str, ...] = (),
        status: str | None = None,
        behind: int | None = None,
        cause: int | None = None,
        reason: str | None = None,
    ) -> int:
        """Record a push, and what became of it; the entry's `seq`.

        `status` is the name of what a front answers, and `reason` says why in words. A discarded
        one came `behind` the frame with that ordinal, because of the entry whose `seq` is `cause`.
        """
        self._outcomes[outcome] += 1
        entry = self._ledger.record(
            Notification,
            now,
            connection=push.connection,
            ordinal=push.ordinal,
            command=push.command,
            identifier=push.identifier,
            token_bytes=push.token_bytes,
            topic=push.topic,
            payload_bytes=push.payload_bytes,
            expiration=push.expiration,
            priority=push.priority,
            outcome=outcome,
            status=status,
            behind=behind,
            cause=cause,
            warnings=warnings,
            reason=reason,
        )
        return entry.seq

    def accepted(self, row: Row, now: Moment) -> int:
        """Record the next pushes as accepted, all in one go, with nothing to say about any; the
        `seq` of the last entry.
        """
        seq = self._ledger.record_row(row, now)
        self.received += len(row)
        self._outcomes["accepted"] += len(row)
        return seq

    def malformed(self, now: Moment, **fields: Any) -> int:
        """Record the frame at hand as malformed; the entry's `seq`."""
        self._malformed += 1
        return self.note(Malformed, now, ordinal=self.received, **fields).seq

    def fault(self, chosen: Chosen, detail: str, now: Moment) -> int:
        """Record that a fault acts; the entry's `seq`."""
        name, step = chosen.fault.name, chosen.position
        return self.note(FaultFired, now, step=step, fault=name, detail=detail).seq

    def closed(
        self,
        by: By,
        how: How,
        reason: Reason,
        unread: int,
        now: Moment,
        detail: str | None = None,
        *,
        kind: type[ConnectionClosed] = ConnectionClosed,
        **further: int,
    ) -> None:
        """Record the end; `unread` bytes belonged to nothing complete, `detail` says more. A `kind`
        of entry may have `further` counts.
        """
        self.note(
            kind,
            now,
            by=by,
            how=how,
            reason=reason,
            received=self.received,
            **self._outcomes,
            malformed=self._malformed,
            unread_bytes=unread,
            detail=detail,
            **further,
        )
