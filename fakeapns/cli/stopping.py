"""Told to end: by Ctrl-C, by SIGTERM, or since the terminal is gone, once or many times."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import trio

T = TypeVar("T")

#: Windows has no SIGHUP, and SIGBREAK alone can be sent to a program there.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
#: Seconds after which a signal is taken for a new one, if nobody has done anything about the
#: first: Python loses what is raised in a `__del__`.
_ANEW = 1.0


class Stop:
    """Whether the program was told to end: `told`. All signals mean the same, and one is enough.

    The first one is a `KeyboardInterrupt`, or, where a scope of `cancelling` is waited in, ends
    that. Those behind it come while all is being put away, and change nothing.
    """

    def __init__(self) -> None:
        self.told = False
        self._noticed = False
        self._when = 0.0
        self._wake: Callable[[], object] | None = None
        self._before: dict[int, Any] = {}

    @property
    def heeds(self) -> bool:
        """Whether it listens to signals."""
        return bool(self._before)

    def heed(self, *insisting: int) -> None:
        """Listen to signals, but to those that are ignored, as `nohup` asks for, and a shell for
        what runs in its background, only if they are named. Elsewhere than in the main thread
        Python has no signals, and this does nothing.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        for number in ending_signals():
            known = signal.getsignal(number)
            if number not in self._before and (known != signal.SIG_IGN or number in insisting):
                self._before[number] = known
                signal.signal(number, self._signalled)

    def divert(self, number: int, act: Callable[[], object]) -> None:
        """From now on this signal does not end the program, but calls this, wherever it comes in.
        Not in another thread than the main one, as with `heed`.
        """
        if threading.current_thread() is threading.main_thread():
            self._before.setdefault(number, signal.getsignal(number))
            signal.signal(number, lambda *_: act())

    def restore(self) -> None:
        """Leave signals as they were before."""
        for number, before in self._before.items():
            # None is a handler that was not set from Python, which we cannot set either.
            signal.signal(number, signal.SIG_DFL if before is None else before)
        self._before.clear()

    def leave(self) -> None:
        """The process ends with nothing but its exit code to be told: no signal changes that."""
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)
        if self.told:
            # Python writes what is left in the buffer now, and waits for whoever reads.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def noticed(self) -> None:
        """Somebody deals with it: from now on signals are nothing new."""
        self.told = self._noticed = True

    @contextlib.contextmanager
    def cancelling(self) -> Iterator[trio.CancelScope]:
        """In trio: a scope that is cancelled once the program is told, or was told already. What
        comes behind it is not disturbed any more.
        """
        token = trio.lowlevel.current_trio_token()
        with trio.CancelScope() as scope:
            self._wake = lambda: token.run_sync_soon(scope.cancel)
            if self.told:
                self.noticed()
                scope.cancel()
            yield scope

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run this in trio. Raises `KeyboardInterrupt` if it was told to end meanwhile."""

        async def unless_told() -> T:
            with self.cancelling():
                return await work()
            raise KeyboardInterrupt

        try:
            return trio.run(unless_told)
        finally:
            self._wake = None

    def _signalled(self, number: int, frame: object) -> None:
        now = time.monotonic()
        if self.told and (self._noticed or now - self._when < _ANEW):
            return
        self.told, self._when = True, now
        if self._wake is not None:
            self._noticed = True
            with contextlib.suppress(trio.RunFinishedError):
                self._wake()
        elif not _inside_trio():
            raise KeyboardInterrupt


def ending_signals() -> list[signal.Signals]:
    """The signals that end a program, as far as this system has them."""
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


def _inside_trio() -> bool:
    """Whether it is trio's own code that a signal has come into: it must not be interrupted."""
    try:
        trio.lowlevel.current_root_task()
    except RuntimeError:
        return False
    return trio.lowlevel.currently_ki_protected()


@contextlib.contextmanager
def heeding(stop: Stop) -> Iterator[None]:
    """Listen to signals meanwhile, for those of a caller who does not yet."""
    nested = stop.heeds
    stop.heed()
    try:
        yield
    finally:
        if not nested:
            stop.restore()
