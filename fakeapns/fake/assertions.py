"""What can be asked of a server's records, and asserted about them: both forms share it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, Unpack

from ..ledger import Criteria, Ledger, Notification, Outcome, Wanted
from ..ledger.audit import Audit, Key
from ..scenario import Scenario, Step
from .emulator import Emulator
from .judgements import (
    AuditAssertion,
    Auditing,
    Counting,
    Judgement,
    Nothing,
    Selecting,
    failure,
)

T = TypeVar("T")


class Records:
    """Queries and assertions over the ledger of one server.

    The criteria are the same everywhere: `token`, `topic`, `payload`, `where`, `status`, and those
    of the provider API, as `Criteria` describes them.

    What is asked for by a method is taken from what is there in the trio form, where `settle` first
    takes in what is on its way; in the thread form each of them does so itself, for as long as the
    setting `settle` has it. Properties tell what is there in either form.
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
        return self._judge(Selecting(self, outcome, criteria))

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
        return self._judge(Auditing(self, intended, key))

    # ---- assertions -------------------------------------------------------------------------

    def assert_accepted(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """Fail unless exactly `count` such notifications were accepted, or at least one.

        Returns the notifications.
        """
        __tracebackhide__ = True
        return self._judge(Counting(self, "accepted", count, criteria))

    def assert_rejected(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """Fail unless exactly `count` such notifications were rejected, or at least one.

        `status` is the name of the error, such as "invalid-token" or "BadDeviceToken", or its
        number. Returns the notifications.
        """
        __tracebackhide__ = True
        return self._judge(Counting(self, "rejected", count, criteria))

    def assert_discarded(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """Fail unless exactly `count` such notifications were discarded, or at least one.

        They came behind an error or a fault. Returns the notifications.
        """
        __tracebackhide__ = True
        return self._judge(Counting(self, "discarded", count, criteria))

    def assert_nothing_accepted(self) -> None:
        """Fail if any notification was accepted."""
        __tracebackhide__ = True
        self._judge(Nothing(self))

    def assert_audit(self, intended: Iterable[Any], *, key: Key | None = None) -> Audit:
        """Fail unless the record is what was intended, as far as the scenario expects it.

        See `audit`, whose findings are in the failure. Returns them.
        """
        __tracebackhide__ = True
        return self._judge(AuditAssertion(self, intended, key))

    @property
    def has_functions(self) -> bool:
        """Whether a function of yours may still be called for what is on its way: the `where` of a
        step, or what an app does when it is woken.
        """
        return bool(self._emulator.reactions) or any(
            step.on.where is not None for step in self.steps
        )

    # ---- how they are answered --------------------------------------------------------------

    def reraise(self, beside: BaseException | None = None) -> None:
        """Raise what a function of yours has raised where the server called it, if one has.

        Such are the `where` of a trigger, the `act` of a fault of your own, and what a device was
        given by `on_wake`. It is raised once:
        here, by the next wait or assertion, or as the server's block ends. With the failure
        `beside`, which is being raised already, it becomes a note on that.
        """
        __tracebackhide__ = True
        self._emulator.mishaps.tell(beside)

    def _judge(self, judgement: Judgement[T]) -> T:
        """Answer by what is there."""
        __tracebackhide__ = True
        self.reraise()
        return judgement.conclude(self._not_waited_for)

    def _not_waited_for(self) -> Sequence[str]:
        server = self._emulator.server
        if server is None or not server.has_visitors:
            return self._arriving()
        advice = "this form judges what is there: `await apns.settle()` first if more is on its way"
        return [*self._arriving(), advice]

    def _arriving(self) -> Sequence[str]:
        """What may still come to be recorded, and what keeps it, a sentence for each."""
        return self._emulator.arriving()

    def explain(self, expected: str, found: int | None = None, wanted: Wanted | None = None) -> str:
        """A failure's text: what was expected, what came nearest, and what there is."""
        return str(failure(self, expected, found, wanted, self._arriving))
