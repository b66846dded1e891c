"""Questions that first let the server take in what is on its way, from whichever thread or loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

import trio

from ..errors import UsageError
from .emulator import Emulator
from .judgements import Judgement
from .search import search_async, search_here
from .server_thread import ServerThread
from .waits import news_here

T = TypeVar("T")

#: Seconds that the server gets to say what is not dealt with, beyond the time for that. It needs a
#: millisecond, unless a `where` of the test keeps its loop.
ANSWER = 0.25


class Settling(Generic[T]):
    """One question to the server in a thread."""

    def __init__(self, thread: ServerThread, emulator: Emulator, judgement: Judgement[T]) -> None:
        self._thread = thread
        self._emulator = emulator
        self._judgement = judgement
        self._drained: Future[list[str]] | None = None
        self._seen: tuple[object, int, int] | None = None
        self._limit = emulator.settings.settle_seconds + ANSWER

    def here(self) -> T:
        """Block until it can be answered; the answer. Raises what the judgement raises."""
        __tracebackhide__ = True
        if not self._is_answered():
            search_here(self, self._limit, _nothing)
        self._emulator.mishaps.tell()
        return self._judgement.conclude(self._arriving)

    async def anywhere(self) -> T:
        """The same for a task of asyncio or trio."""
        __tracebackhide__ = True
        if not self._is_answered():
            await search_async(self, news_here(), self._limit, _nothing)
        self._emulator.mishaps.tell()
        return self._judgement.conclude(self._arriving)

    # ---- what is looked for -----------------------------------------------------------------

    def look(self) -> bool:
        """Whether it can be answered, or all is taken in."""
        return self._drained is None or self._drained.done() or self._holds()

    def listen(self, news: Callable[[int], None]) -> Callable[[], None]:
        """Let the server take in what is on its way, and call `news` whenever it has come to rest.

        Where it does not run, or waits for the caller itself, all is taken in that can be.
        """
        given_up = trio.CancelScope()

        reacting = not self._emulator.reactions.is_here

        async def drain() -> list[str]:
            with given_up:
                return await self._emulator.drained(lambda: news(0), reacting=reacting)
            return []

        try:
            self._drained = None if self._thread.is_here else self._thread.submit(drain)
        except UsageError:
            self._drained = None
        if self._drained is not None:
            self._drained.add_done_callback(lambda _: news(0))
        return lambda: self._thread.soon(given_up.cancel)

    def due(self) -> float:
        """Never: the server says when it has come to rest."""
        return math.inf

    def _is_answered(self) -> bool:
        return not self._thread.running or self._holds()

    def _holds(self) -> bool:
        """Whether it holds, looked at once for each state of the record."""
        ledger = self._emulator.ledger
        state = ledger, ledger.resets, ledger.last_seq
        if state == self._seen:
            return False
        self._seen = state
        return self._judgement.holds()

    def _arriving(self) -> Sequence[str]:
        """What was not dealt with."""
        if self._drained is None:
            return ()
        if not self._drained.done():
            return ("the server was too busy to say what is on its way",)
        if isinstance(self._drained.exception(), UsageError):
            # It has ended meanwhile.
            return ()
        return self._drained.result()


class Settled:
    """The question whether all is taken in, to which there is no answer but that it is."""

    name, lacks = "apns.settle", False

    def holds(self) -> bool:
        """It is asked of the server alone."""
        return False

    def conclude(self, arriving: object) -> None:
        """Nothing more."""


def _nothing() -> None:
    """Nobody need be there for it: what cannot be taken in is judged without."""
