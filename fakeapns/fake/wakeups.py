"""Who waits is woken when something is new, in a thread or a loop of whichever kind.

Not by `trio.from_thread`: it refuses to be called where the caller runs in a trio loop itself, as a
test may. `run_sync_soon` with an event works from plain code, asyncio and trio alike (measured).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Literal, Protocol

import trio


def running_loop() -> Literal["asyncio", "trio"] | None:
    """The kind of event loop in which the caller runs, if any."""
    with contextlib.suppress(RuntimeError):
        trio.lowlevel.current_trio_token()
        return "trio"
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop()
        return "asyncio"
    return None


# ---- how those who wait are woken -----------------------------------------------------------


class ThreadNews:
    """Wakes a thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __call__(self, seq: int) -> None:
        """Something is new. Called in the server's thread."""
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Whether something was new within that time."""
        # No lock waits for longer than the system can count: 292 years.
        happened = self._event.wait(min(seconds, threading.TIMEOUT_MAX))
        self._event.clear()
        return happened


class AsyncNews(Protocol):
    """Wakes a task."""

    def __call__(self, seq: int) -> None:
        """Something is new. Called in the server's thread."""

    def now(self) -> float:
        """The time that is waited in."""

    async def wait(self, seconds: float) -> bool:
        """Whether something was new within that time."""


class AsyncioNews:
    """Wakes a task of asyncio."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time

    def __call__(self, seq: int) -> None:
        """Something is new. Called in the server's thread."""
        # The loop may be over, and the caller with it.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float) -> bool:
        """Whether something was new within that time."""
        # Not by `wait_for`: until Python 3.12 that loses a cancellation which comes with the news
        # (python/cpython#86296), and who gave up would wait on.
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class TrioNews:
    """Wakes a task of trio, in the server's loop or in another one."""

    def __init__(self) -> None:
        self._event = trio.Event()
        self._token = trio.lowlevel.current_trio_token()
        self._thread = threading.get_ident()
        self.now = trio.current_time

    def __call__(self, seq: int) -> None:
        """Something is new. Called in the server's thread."""
        if threading.get_ident() == self._thread:
            self._event.set()
            return
        with contextlib.suppress(trio.RunFinishedError):
            self._token.run_sync_soon(self._tell)

    def _tell(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Whether something was new within that time."""
        with trio.move_on_after(seconds):
            await self._event.wait()
        happened = self._event.is_set()
        if happened:
            self._event = trio.Event()
        return happened
