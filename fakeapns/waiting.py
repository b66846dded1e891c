"""Waiting for something to be recorded. No polling: the ledger tells of every entry."""

from __future__ import annotations

from collections.abc import Callable

import trio

from .ledger import Ledger
from .notification import Entry, Notification


async def wait_for_matches(
    ledger: Ledger,
    matches: Callable[[Notification], bool],
    count: int,
    timeout: float,
) -> tuple[list[Notification], bool]:
    """The matching notifications, and whether there were `count` of them within `timeout` s.

    What `matches` raises is raised here, not in the server that records the entry.
    """
    found: list[Notification] = []
    failures: list[Exception] = []
    enough = trio.Event()

    def consider(entry: Entry) -> None:
        try:
            if isinstance(entry, Notification) and matches(entry):
                found.append(entry)
        except Exception as failure:
            failures.append(failure)
        if len(found) >= count or failures:
            enough.set()

    stop_watching = ledger.watch(consider)
    try:
        for entry in ledger.of(Notification):
            consider(entry)
        with trio.move_on_after(timeout):
            if len(found) < count and not failures:
                await enough.wait()
    finally:
        stop_watching()
    if failures:
        raise failures[0]
    return found, len(found) >= count


async def wait_until_quiet(ledger: Ledger, seconds: float) -> None:
    """Return as soon as nothing has been recorded for `seconds`."""
    while True:
        news = trio.Event()
        stop_watching = ledger.watch(lambda entry, news=news: news.set())  # type: ignore[misc]
        try:
            with trio.move_on_after(seconds) as silence:
                await news.wait()
        finally:
            stop_watching()
        if silence.cancelled_caught:
            return
