"""The clock of one emulator: trio's, and wall time that follows it."""

from __future__ import annotations

import time

import trio

from ..ledger.clock import Timeline


class Clock:
    """Wall time that follows trio's clock, so that virtual time moves it too."""

    def __init__(self) -> None:
        self.timeline = Timeline(0.0, time.time())
        self._virtual = False
        self._now = time.monotonic
        #: Seconds since the start when it was stopped, and the moment of that.
        self._stopped: tuple[float, float] | None = None

    def start(self) -> None:
        """Begin to follow the clock of the trio loop at hand, or go on with it."""
        clock = trio.lowlevel.current_clock()
        self._virtual = hasattr(clock, "autojump_threshold")
        self._now = clock.current_time
        if self._stopped is None:
            self.timeline = Timeline(self._now(), time.time())
            return
        t, moment = self._stopped
        if self._virtual and self.timeline.t(self._now()) >= t:
            # The same loop, whose time has gone on.
            return
        pause = time.monotonic() - moment
        self.timeline.resume(self._now(), t + pause, time.time())

    def renew(self) -> None:
        """Count from now on. The timeline that was goes on for whoever holds it."""
        self.timeline = Timeline(self._now(), time.time())

    def stop(self) -> None:
        """Remember how far it had come: another event loop counts from elsewhere."""
        self._stopped = self.timeline.t(self._now()), time.monotonic()

    def wall(self) -> float:
        """Epoch seconds."""
        return self.timeline.wall(self._now()) if self._virtual else time.time()

    def follow(self) -> None:
        """Notice that the wall clock was set, or that the machine slept."""
        if not self._virtual:
            self.timeline.follow(self._now(), time.time())
