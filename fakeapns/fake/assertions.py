"""What can be asked of a server's records, and asserted about them: both forms share it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from ..errors import UsageError
from ..ledger import Criteria, Ledger, Notification, Outcome, Wanted
from ..ledger.audit import Audit, Key, audit
from ..scenario import Scenario, Step
from .emulator import Emulator
from .explanation import explain, still_waiting


class Records:
    """Queries and assertions over the ledger of one server.

    The criteria are the same everywhere: `token`, `topic`, `payload`, `where` and `status`, as
    `Criteria` describes them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    @property
    def ledger(self) -> Ledger:
        """Everything that happened, in order."""
        return self._emulator.ledger

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played; one in which nothing goes wrong if none was given."""
        return self._emulator.scenario

    @property
    def seed(self) -> int | None:
        """What decides where something is left to chance."""
        return self._emulator.seed

    @property
    def steps(self) -> list[Step]:
        """All that may go wrong: the steps of the scenario, then what was injected."""
        return [*self.scenario.step, *self._emulator.injected]

    # ---- queries ----------------------------------------------------------------------------

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

    def find(
        self, outcome: Outcome | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """The notifications to which all that is given applies, in order.

        Raises `UsageError` for a criterion, an outcome or a status that does not exist.
        """
        __tracebackhide__ = True
        self.reraise()
        return Wanted.of(outcome, **criteria).find(self.ledger)

    # ---- assertions -------------------------------------------------------------------------

    def assert_accepted(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """Fail unless exactly `count` such notifications were accepted, or at least one.

        Returns the notifications.
        """
        __tracebackhide__ = True
        return self._assert(count, Wanted.of("accepted", **criteria))

    def assert_rejected(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """Fail unless exactly `count` such notifications were rejected, or at least one.

        `status` is the name of the error, such as "invalid-token", or its number. Returns the
        notifications.
        """
        __tracebackhide__ = True
        return self._assert(count, Wanted.of("rejected", **criteria))

    def assert_discarded(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """Fail unless exactly `count` such notifications were discarded, or at least one.

        They came behind an error or a fault. Returns the notifications.
        """
        __tracebackhide__ = True
        return self._assert(count, Wanted.of("discarded", **criteria))

    def assert_nothing_accepted(self) -> None:
        """Fail if any notification was accepted. Wait first: it may still be on its way."""
        __tracebackhide__ = True
        self.reraise()
        found = self.accepted
        if found:
            raise AssertionError(self.explain("expected nothing accepted", len(found)))

    def assert_audit(self, intended: Iterable[Any], *, key: Key | None = None) -> Audit:
        """Fail unless the record is what was intended, as far as the scenario expects it.

        See `audit`, whose findings are in the failure. Returns them.
        """
        __tracebackhide__ = True
        found = self.audit(intended, key=key)
        if not found.ok:
            waiting = still_waiting(self._emulator.waiting())
            text = "\n".join([str(found), *waiting])
            raise AssertionError(f"what was recorded is not what was intended\n{text}")
        return found

    def _assert(self, count: int | None, wanted: Wanted) -> list[Notification]:
        __tracebackhide__ = True
        if count is not None and (not isinstance(count, int) or count < 0):
            raise UsageError(
                f"{count!r} is no number of notifications: write one, or name what you mean, as "
                "in token=…"
            )
        self.reraise()
        found = wanted.find(self.ledger)
        if len(found) != count if count is not None else not found:
            number = "at least 1" if count is None else f"exactly {count}"
            expected = f"expected {number} {wanted.outcome}{wanted}"
            # Where there are too many, what almost fits is no help.
            few = count is None or len(found) < count
            raise AssertionError(self.explain(expected, len(found), wanted if few else None))
        return found

    def audit(self, intended: Iterable[Any], *, key: Key | None = None) -> Audit:
        """Hold the record against what the provider meant to send, and against what the
        scenario expects: see `Audit`.

        Each intended notification is a pair of token and payload, a mapping with these keys,
        or an object with these attributes. They are the same by token and payload, or by
        `key`: a function of an object with `token` and `payload`, or a dotted path into the
        payload. Raises `UsageError` if nothing was intended, or if old entries were dropped:
        what is gone cannot be held.
        """
        __tracebackhide__ = True
        self.reraise()
        if self.ledger.dropped:
            raise UsageError(
                f"{self.ledger.dropped} old entries were dropped from memory: raise max_entries"
            )
        played = self.scenario
        return audit(self.ledger, intended, key=key, expect=played.expect, advice=played.advice)

    def reraise(self, beside: BaseException | None = None) -> None:
        """Raise what a function of yours has raised where the server called it, if one has.

        Such are the `where` of a trigger and the `act` of a fault of your own. It is raised once:
        here, by the next wait or assertion, or as the server's block ends. With the failure
        `beside`, which is being raised already, it becomes a note on that.
        """
        __tracebackhide__ = True
        self._emulator.mishaps.tell(beside)

    def explain(self, expected: str, found: int | None = None, wanted: Wanted | None = None) -> str:
        """A failure's text: what was expected, what came nearest, and what there is."""
        text = expected if found is None else f"{expected}, found {found}"
        waiting = self._emulator.waiting()
        return explain(text, self.ledger, wanted, self.scenario, self.seed, self.steps, waiting)
