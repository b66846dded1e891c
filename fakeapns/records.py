"""What can be asked of a server's records, and asserted about them: both forms share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .audit import Audit, Key, audit
from .entries import ConnectionRefused
from .errors import UsageError
from .ledger import Ledger
from .notification import Notification, Outcome
from .scenario import Scenario

Where = Callable[[Notification], object]

_SHOWN = 20


class Records:
    """Queries and assertions over the ledger of one server."""

    @property
    def ledger(self) -> Ledger:
        """Everything that happened, in order."""
        raise NotImplementedError

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played; one in which nothing goes wrong if none was given."""
        raise NotImplementedError

    @property
    def notifications(self) -> list[Notification]:
        """Every notification that reached us, whatever became of it, in order."""
        return self.ledger.notifications()

    @property
    def accepted(self) -> list[Notification]:
        """The notifications that were accepted, in order."""
        return self.ledger.notifications("accepted")

    @property
    def rejected(self) -> list[Notification]:
        """The notifications that an error names, in order."""
        return self.ledger.notifications("rejected")

    @property
    def discarded(self) -> list[Notification]:
        """The notifications that came behind an error or a fault, in order: lost if not resent."""
        return self.ledger.notifications("discarded")

    def assert_accepted(
        self,
        count: int | None = None,
        *,
        token: str | bytes | None = None,
        topic: str | None = None,
        payload: Any = None,
        where: Where | None = None,
    ) -> list[Notification]:
        """Fail unless exactly `count` such notifications were accepted, or at least one.

        `payload` is a subset: nested keys that are given must be there with equal values.
        Returns the notifications.
        """
        found = self.ledger.notifications(
            "accepted", token=token, topic=topic, payload=payload, where=where
        )
        if len(found) != count if count is not None else not found:
            wanted = "at least 1" if count is None else f"exactly {count}"
            what = wanted_text(token, topic, payload, where)
            raise AssertionError(self.explain(f"expected {wanted} accepted{what}", len(found)))
        return found

    def assert_nothing_accepted(self) -> None:
        """Fail if any notification was accepted. Wait first: it may still be on its way."""
        found = self.accepted
        if found:
            raise AssertionError(self.explain("expected nothing accepted", len(found)))

    def audit(self, intended: Iterable[Any], *, key: Key | None = None) -> Audit:
        """Hold the record against what the provider meant to send, and against what the
        scenario expects: see `Audit`.

        Each intended notification is a pair of token and payload, a mapping with these keys,
        or an object with these attributes. They are the same by token and payload, or by
        `key`: a function of an object with `token` and `payload`, or a dotted path into the
        payload. Raises `UsageError` if nothing was intended, or if old entries were dropped:
        what is gone cannot be held.
        """
        if self.ledger.dropped:
            raise UsageError(
                f"{self.ledger.dropped} old entries were dropped from memory: raise max_entries"
            )
        return audit(self.ledger, intended, key=key, expect=self.scenario.expect)

    def explain(self, expected: str, found: int) -> str:
        """A failure's text: what was expected, and what there is instead."""
        recorded = self.notifications
        lines = [f"{expected}, found {found}", f"recorded: {len(recorded)} notifications"]
        lines += [f"  {number}. {each}" for number, each in enumerate(recorded[:_SHOWN], start=1)]
        if len(recorded) > _SHOWN:
            lines.append(f"  … and {len(recorded) - _SHOWN} more")
        refused = self.ledger.of(ConnectionRefused)
        lines += [f"refused connection {each.connection}: {each.hint}" for each in refused[-3:]]
        return "\n".join(lines)


def wanted_text(
    token: str | bytes | None, topic: str | None, payload: Any, where: Where | None
) -> str:
    """The criteria in words, with a space in front."""
    given = {
        "token": token.hex() if isinstance(token, bytes) else token,
        "topic": topic,
        "payload": payload,
        "where": getattr(where, "__name__", where),
    }
    return "".join(f" {name}={value!r}" for name, value in given.items() if value is not None)


def timeout_text(
    outcome: Outcome | None,
    count: int,
    timeout: float,
    token: str | bytes | None,
    topic: str | None,
    payload: Any,
    where: Where | None,
) -> str:
    """What a wait that failed had waited for."""
    what = wanted_text(token, topic, payload, where)
    return f"waited {timeout:g} s for {count} {outcome or 'notifications'}{what}"
