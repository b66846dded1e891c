"""Waiting for something to be recorded. No polling: the ledger tells of everything new."""

from __future__ import annotations

from typing import Protocol, TypeVar

import trio

from .entries import ConnectionClosed, ConnectionOpened
from .ledger import Ledger
from .notification import Entry

E = TypeVar("E", bound=Entry)


class Find(Protocol[E]):
    """Finds the entries that are waited for among those from `since` on."""

    def __call__(self, *, since: int) -> list[E]: ...


async def wait_for_matches(
    ledger: Ledger, find: Find[E], count: int, timeout: float
) -> tuple[list[E], bool]:
    """What `find` finds, and whether there were `count` of them within `timeout` s.

    What `find` raises is raised here, not in the server that records the entry.
    """
    found = find(since=0)
    failures: list[Exception] = []
    enough = trio.Event()

    def look(seq: int) -> None:
        try:
            found.extend(find(since=seq))
        except Exception as failure:
            failures.append(failure)
        if len(found) >= count or failures:
            enough.set()

    if len(found) < count:
        stop_listening = ledger.listen(look)
        try:
            with trio.move_on_after(timeout):
                await enough.wait()
        finally:
            stop_listening()
    if failures:
        raise failures[0]
    return found, len(found) >= count


def feedback_readings(ledger: Ledger, topic: str | None, *, since: int) -> list[ConnectionClosed]:
    """The ends of connections to feedback, from `since` on: its list was read by then."""
    reading = {
        each.connection
        for each in ledger.of(ConnectionOpened)
        if each.service == "feedback" and topic in (None, each.topic)
    }
    return [
        each
        for each in ledger.of(ConnectionClosed)
        if each.seq >= since and each.connection in reading
    ]


async def wait_until_quiet(ledger: Ledger, seconds: float) -> None:
    """Return as soon as nothing has been recorded for `seconds`."""
    while True:
        if not await news_within(ledger, seconds):
            return


async def news_within(ledger: Ledger, seconds: float) -> bool:
    """Wait for the next entry; whether there was one in time."""
    news = trio.Event()
    stop_listening = ledger.listen(lambda _: news.set())
    try:
        with trio.move_on_after(seconds):
            await news.wait()
    finally:
        stop_listening()
    return news.is_set()
