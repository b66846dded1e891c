"""Waiting for something to be recorded. No polling: the ledger tells of everything new.

Who waits looks for it, in a thread or task of their own; the server does no more than wake
them. So a slow or failing `where` is nobody else's affair, and a wait outlives a restart.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from ..ledger import ConnectionClosed, ConnectionOpened, Entry, FeedbackSent, Ledger
from .wakeups import AsyncNews, ThreadNews, TrioNews

E = TypeVar("E", bound=Entry)

#: So many may be waited for: more than there can ever be, and no number that Python cannot write
#: down.
_COUNTS = range(2**63)


def is_count(given: object) -> bool:
    """Whether this says how many of something there are to be. A truth is no number."""
    return isinstance(given, int) and not isinstance(given, bool) and given in _COUNTS


class Find(Protocol[E]):
    """Finds the entries that are waited for among those from `since` on."""

    def __call__(self, ledger: Ledger, *, since: int) -> list[E]: ...


class Looking(Protocol):
    """Something to look for again whenever there is news."""

    def look(self) -> bool:
        """Whether there is enough."""

    def listen(self, news: Callable[[int], None]) -> Callable[[], None]:
        """Have `news` called when it is worth another look. Returns what ends that."""

    def due(self) -> float:
        """In how many seconds it is worth another look without news."""


class Search(Generic[E]):
    """What has been found so far, in a ledger that may be reset or exchanged meanwhile."""

    def __init__(self, ledger: Callable[[], Ledger], find: Find[E], count: int) -> None:
        self.found: list[E] = []
        self._ledger = ledger
        self._find = find
        self._count = count
        self._since = 0
        self._known: tuple[Ledger, int] | None = None

    def look(self) -> bool:
        """Look at what is new; whether there is enough."""
        ledger = self._ledger()
        if self._known != (ledger, ledger.resets):
            self._known = ledger, ledger.resets
            self._since = 0
            self.found.clear()
        # What comes while we look is for the next time.
        last = ledger.last_seq
        new = self._find(ledger, since=self._since)
        self.found += [each for each in new if each.seq <= last]
        self._since = last + 1
        return len(self.found) >= self._count

    def listen(self, news: Callable[[int], None]) -> Callable[[], None]:
        """Have `news` called with everything new. Returns what ends that."""
        return self._ledger().listen(news)

    def due(self) -> float:
        """Never: what is recorded is news."""
        return math.inf


class FeedbackReadings:
    """Finds the ends of connections on which feedback was asked, for one topic or any."""

    def __init__(self, topic: str | None) -> None:
        self._topic = topic
        self._asking: set[int] = set()

    def __call__(self, ledger: Ledger, *, since: int) -> list[ConnectionClosed]:
        """Those from `since` on; the connections may be older."""
        for opened in ledger.of(ConnectionOpened, since=since):
            if opened.service == "feedback" and self._topic in (None, opened.topic):
                self._asking.add(opened.connection)
        for sent in ledger.of(FeedbackSent, since=since):
            if self._topic in (None, sent.topic):
                self._asking.add(sent.connection)
        ends = ledger.of(ConnectionClosed, since=since)
        return [each for each in ends if each.connection in self._asking]


# ---- waiting --------------------------------------------------------------------------------

#: Raises if there is nobody any more who could record anything.
Check = Callable[[], None]


def search_here(search: Looking, timeout: float, check: Check) -> bool:
    """Block until there is enough; whether there was, within `timeout` seconds."""
    news = ThreadNews()
    deadline = time.monotonic() + timeout
    stop_listening = search.listen(news)
    try:
        while not search.look():
            check()
            left, due = max(0.0, deadline - time.monotonic()), search.due()
            if not news.wait(min(left, due)) and left <= due:
                return False
        return True
    finally:
        stop_listening()


async def search_async(search: Looking, news: AsyncNews, timeout: float, check: Check) -> bool:
    """Wait until there is enough; whether there was, within `timeout` seconds."""
    deadline = news.now() + timeout
    stop_listening = search.listen(news)
    try:
        while not search.look():
            check()
            left, due = max(0.0, deadline - news.now()), search.due()
            if not await news.wait(min(left, due)) and left <= due:
                return False
        return True
    finally:
        stop_listening()


def quiet_here(ledger: Ledger, seconds: float, timeout: float) -> bool:
    """Block until nothing has been recorded for `seconds`; whether that came about."""
    news = ThreadNews()
    deadline = time.monotonic() + timeout
    stop_listening = ledger.listen(news)
    try:
        while deadline - time.monotonic() >= seconds:
            if not news.wait(seconds):
                return True
        return False
    finally:
        stop_listening()


async def quiet_async(ledger: Ledger, news: AsyncNews, seconds: float, timeout: float) -> bool:
    """Wait until nothing has been recorded for `seconds`; whether that came about."""
    deadline = news.now() + timeout
    stop_listening = ledger.listen(news)
    try:
        while deadline - news.now() >= seconds:
            if not await news.wait(seconds):
                return True
        return False
    finally:
        stop_listening()


async def news_within(ledger: Ledger, seconds: float) -> bool:
    """Wait for the next entry; whether there was one in time. In the server's own trio loop."""
    news = TrioNews()
    stop_listening = ledger.listen(news)
    try:
        return await news.wait(seconds)
    finally:
        stop_listening()
