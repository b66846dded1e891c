"""The clock of one server: seconds since its start on trio's clock, and wall time beside them."""

from __future__ import annotations

import time

import trio

from ..ledger import Moment


class Clock:
    """Wall time follows trio's clock where that is virtual, so that a test moves both.

    All moments are in seconds: `Moment.t` since the start, `Moment.wall` since the epoch. `advance`
    moves the latter alone: whatever waits goes by the former.
    """

    # Sockets are no part of it: an autojump clock on a real one jumped 60 virtual seconds because
    # the peer was 0.2 s slow (measured), so under virtual time there are streams in memory only.

    def __init__(self) -> None:
        self._virtual = False
        self._trio = time.monotonic
        #: What trio's clock said at the start, and what to add to it for wall time.
        self._start = 0.0
        self._offset = time.time()
        #: By how much wall time was advanced.
        self._advanced = 0.0
        #: Seconds since the start when it was stopped, and the moment of that.
        self._stopped: tuple[float, float] | None = None

    def start(self) -> None:
        """Begin to follow the clock of the trio loop at hand, or go on with it."""
        clock = trio.lowlevel.current_clock()
        self._virtual = hasattr(clock, "autojump_threshold")
        self._trio = clock.current_time
        if self._stopped is None:
            self._begin()
            return
        t, moment = self._stopped
        if self._virtual and self._trio() - self._start >= t:
            # The same loop, whose time has gone on.
            return
        # Another loop counts from elsewhere: go on where the last one ended.
        self._start = self._trio() - t - (time.monotonic() - moment)
        self._offset = time.time() - self._trio()

    @property
    def is_virtual(self) -> bool:
        """Whether time moves only when all wait."""
        return self._virtual

    def renew(self) -> None:
        """Count from now on, and be as it was before it was advanced."""
        self.reset()
        self._begin()

    def advance(self, seconds: float) -> None:
        """Let wall time be so much later, from now on."""
        self._advanced += seconds

    def reset(self) -> None:
        """Undo all that it was advanced by."""
        self._advanced = 0.0

    def _begin(self) -> None:
        self._start = self._trio()
        self._offset = time.time() - self._start

    def stop(self) -> None:
        """Remember how far it had come."""
        self._stopped = self._trio() - self._start, time.monotonic()

    def follow(self) -> None:
        """Notice that the wall clock was set, or that the machine slept, which stops trio's."""
        if not self._virtual:
            self._offset = time.time() - self._trio()

    def now(self) -> Moment:
        """The moment, for all who have no clock."""
        now = self._trio()
        wall = now + self._offset + self._advanced
        ahead = wall - time.time() if self._virtual else self._advanced
        return Moment(now - self._start, wall, max(0.0, ahead))

    def wall(self) -> float:
        """Epoch seconds."""
        return self.now().wall if self._virtual else time.time() + self._advanced

    def deadline(self, t: float) -> float:
        """The moment `t` seconds after the start on trio's clock."""
        return self._start + t
