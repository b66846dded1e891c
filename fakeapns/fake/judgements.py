"""What is asked of a record, as a value: whether it can be answered yet, the answer, or a failure.

So the same question can be asked of what is there, and of what is there once all has come in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from ..errors import UsageError
from ..ledger import Criteria, Ledger, Notification, Outcome, Wanted
from ..ledger.audit import Audit, Key, audit
from ..scenario import Scenario, Step
from ..text import shown
from .explanation import explain
from .search import is_count

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

#: Tells what may still come to be recorded, a sentence each. Asked only where something lacks.
Arriving = Callable[[], Sequence[str]]


class Record(Protocol):
    """What is judged: a ledger, and what was played."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def scenario(self) -> Scenario: ...
    @property
    def seed(self) -> int | None: ...
    @property
    def steps(self) -> list[Step]: ...


class Judgement(Protocol[T_co]):
    """A question. `name` is the call that asks it; `lacks` says, behind a failure, whether
    something was missed that might have come later.
    """

    name: str
    lacks: bool

    def holds(self) -> bool:
        """Whether what may still come cannot change the answer."""

    def conclude(self, arriving: Arriving) -> T_co:
        """The answer by what is there now. Raises `AssertionError`."""


class Asking(Protocol):
    """Asks such a question, in the way of one form."""

    def __call__(self, judgement: Judgement[T], /) -> T: ...


class AskingLater(Protocol):
    """The same, to be awaited."""

    async def __call__(self, judgement: Judgement[T], /) -> T: ...


class Selecting:
    """Which notifications there are."""

    name, lacks = "apns.find", False

    def __init__(self, record: Record, outcome: Outcome | None, criteria: Criteria) -> None:
        self._record = record
        self._wanted = Wanted.of(outcome, **criteria)

    def holds(self) -> bool:
        """There may always be more."""
        return False

    def conclude(self, arriving: Arriving) -> list[Notification]:
        """Those that are wanted, in order."""
        return self._wanted.find(self._record.ledger)


class Counting:
    """Whether there are `count` notifications of an outcome, or at least one."""

    def __init__(
        self, record: Record, outcome: Outcome, count: int | None, criteria: Criteria
    ) -> None:
        self._record = record
        if "outcome" in criteria:
            raise UsageError(f"assert_{outcome} means those that were {outcome}: leave outcome out")
        self._wanted = Wanted.of(outcome, **criteria)
        self._count = count
        self.name = f"apns.assert_{outcome}"
        self.lacks = False
        if count is not None and not is_count(count):
            raise UsageError(
                f"{shown(count)} is no number of notifications: write one, or name what you mean, "
                "as in token=…"
            )

    def holds(self) -> bool:
        """One is enough where no number is given, and no number is certain before the end."""
        return self._count is None and bool(self._wanted.find(self._record.ledger))

    def conclude(self, arriving: Arriving) -> list[Notification]:
        """Those that are wanted, in order. Raises `AssertionError` for another number."""
        __tracebackhide__ = True
        found, count = self._wanted.find(self._record.ledger), self._count
        if len(found) == count if count is not None else found:
            return found
        number = "at least 1" if count is None else f"exactly {count}"
        expected = f"expected {number} {self._wanted.outcome}{self._wanted}"
        # Where there are too many, what almost fits is no help.
        self.lacks = count is None or len(found) < count
        wanted = self._wanted if self.lacks else None
        raise failure(self._record, expected, len(found), wanted, arriving)


class Nothing:
    """Whether nothing at all was accepted."""

    name, lacks = "apns.assert_nothing_accepted", False

    def __init__(self, record: Record) -> None:
        self._record = record

    def holds(self) -> bool:
        """Something may always come."""
        return False

    def conclude(self, arriving: Arriving) -> None:
        """Raises `AssertionError` if something was."""
        __tracebackhide__ = True
        found = self._record.ledger.notifications("accepted")
        if found:
            raise failure(self._record, "expected nothing accepted", len(found), None, arriving)


class Auditing:
    """What became of what was intended."""

    name, lacks = "apns.audit", False

    def __init__(self, record: Record, intended: Iterable[Any], key: Key | None) -> None:
        self._record = record
        # It is gone through more than once.
        self._intended = intended if isinstance(intended, Sequence) else tuple(intended)
        self._key = key

    def holds(self) -> bool:
        """More may always come."""
        return False

    def conclude(self, arriving: Arriving) -> Audit:
        """What was found."""
        found = self._audit()
        sentences = () if found.ok else arriving()
        return self._audit(sentences) if sentences else found

    def _audit(self, arriving: Sequence[str] = ()) -> Audit:
        ledger = self._record.ledger
        if ledger.dropped:
            raise UsageError(
                f"{ledger.dropped} old entries were dropped from memory: raise max_entries"
            )
        return audit(
            ledger,
            self._intended,
            key=self._key,
            expect=self._record.scenario.expect,
            advice=self._record.scenario.advice,
            arriving=arriving,
        )


class AuditAssertion(Auditing):
    """Whether what became of it is what is expected."""

    name, lacks = "apns.assert_audit", True

    def holds(self) -> bool:
        """What is fine now is what was asked for."""
        return self._audit().ok

    def conclude(self, arriving: Arriving) -> Audit:
        """What was found. Raises `AssertionError` where that is not as expected."""
        __tracebackhide__ = True
        found = super().conclude(arriving)
        if not found.ok:
            raise AssertionError(f"what was recorded is not what was intended\n{found}")
        return found


def failure(
    record: Record,
    expected: str,
    found: int | None,
    wanted: Wanted | None,
    arriving: Arriving,
) -> AssertionError:
    """What was expected, what came nearest, what there is, and what may still come."""
    text = expected if found is None else f"{expected}, found {found}"
    return AssertionError(
        explain(
            text,
            record.ledger,
            wanted,
            record.scenario,
            record.seed,
            record.steps,
            arriving(),
        )
    )
