"""The waits that both forms of `FakeAPNs` offer: what for, how long, and what to say in vain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from ..errors import UsageError
from ..ledger import ConnectionClosed, Criteria, Entry, FeedbackSent, Notification, Outcome, Wanted
from ..scenario.faults import seconds_in
from ..text import shown
from .assertions import Records
from .search import (
    Check,
    FeedbackReadings,
    Search,
    is_count,
    quiet_async,
    quiet_here,
    search_async,
    search_here,
)
from .wakeups import AsyncioNews, AsyncNews, TrioNews, running_loop

E = TypeVar("E", bound=Entry)

#: Seconds, or a duration such as "250ms".
Time = float | str


_NO_TIME = "is no time: write seconds, or a duration such as '250ms'"

#: The text of a failure, of what was expected and how many of that were found.
Explain = Callable[[str, int], str]


class Wait(Generic[E]):
    """A wait. `what` says what for, and `explain` why in vain."""

    def __init__(
        self, records: Records, search: Search[E], timeout: Time, what: str, explain: Explain
    ) -> None:
        self._records = records
        self._search = search
        self._timeout = as_seconds(timeout)
        self._what = f"waited {self._timeout:g} s for {what}"
        self._explain = explain

    def here(self, check: Check) -> list[E]:
        """Block; what was found. Raises `AssertionError`, or what `check` raises."""
        __tracebackhide__ = True
        check = self._checking(check)
        return self._concluded(search_here(self._search, self._timeout, check))

    async def anywhere(self, check: Check) -> list[E]:
        """The same for a task of asyncio or trio."""
        __tracebackhide__ = True
        check = self._checking(check)
        found = await search_async(self._search, news_here(), self._timeout, check)
        return self._concluded(found)

    def _checking(self, check: Check) -> Check:
        """`check`, and before it whether a function of the user has raised meanwhile."""

        def checked() -> None:
            __tracebackhide__ = True
            self._records.reraise()
            check()

        return checked

    def _concluded(self, enough: bool) -> list[E]:
        __tracebackhide__ = True
        self._records.reraise()
        found = self._search.found
        if not enough:
            raise AssertionError(self._explain(self._what, len(found)))
        return found


def for_notifications(
    records: Records, count: int, outcome: Outcome | None, timeout: Time, criteria: Criteria
) -> Wait[Notification]:
    """A wait for at least `count` notifications."""
    if not is_count(count):
        raise UsageError(
            f"{shown(count)} is no number of notifications: write wait_for(3), or name what you "
            "mean, as in wait_for(token=…)"
        )
    wanted = Wanted.of(outcome, **criteria)
    what = f"{count} {outcome or 'notifications'}{wanted}"
    search = Search(lambda: records.ledger, wanted.find, count)
    return Wait(
        records, search, timeout, what, lambda text, found: records.explain(text, found, wanted)
    )


def for_feedback(records: Records, topic: str | None, timeout: Time) -> Wait[ConnectionClosed]:
    """A wait until feedback has been read."""
    search = Search(lambda: records.ledger, FeedbackReadings(topic), 1)
    what = "feedback to be read" + (f" for {topic}" if topic else "")
    return Wait(records, search, timeout, what, records.explain)


def handed_out(records: Records, ends: list[ConnectionClosed]) -> list[FeedbackSent]:
    """What feedback had said on these connections."""
    read = {each.connection for each in ends}
    return [each for each in records.ledger.of(FeedbackSent) if each.connection in read]


class Quiet:
    """A wait for a time in which nothing is recorded. `timeout` is by default ten times as
    long, and a minute at least.
    """

    def __init__(self, records: Records, seconds: Time, timeout: Time | None) -> None:
        self._records = records
        self._seconds = as_seconds(seconds)
        usual = max(60, 10 * self._seconds)
        self._timeout = usual if timeout is None else as_seconds(timeout)

    def here(self) -> None:
        """Block. Raises `AssertionError`."""
        __tracebackhide__ = True
        self._conclude(quiet_here(self._records.ledger, self._seconds, self._timeout))

    async def anywhere(self) -> None:
        """The same for a task of asyncio or trio."""
        __tracebackhide__ = True
        ledger = self._records.ledger
        self._conclude(await quiet_async(ledger, news_here(), self._seconds, self._timeout))

    def _conclude(self, quiet: bool) -> None:
        __tracebackhide__ = True
        self._records.reraise()
        if not quiet:
            what = f"waited {self._timeout:g} s for {self._seconds:g} s in which nothing happens"
            raise AssertionError(self._records.explain(what))


def news_here() -> AsyncNews:
    """What wakes the task that asks for it."""
    return TrioNews() if running_loop() == "trio" else AsyncioNews()


def as_seconds(given: Time) -> float:
    """Seconds from what people write. Raises `UsageError`."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise UsageError(f"{shown(given)} {_NO_TIME}")
    seconds = seconds_in(given)
    if not seconds >= 0:
        raise UsageError(f"{shown(given)} {_NO_TIME}")
    return seconds
