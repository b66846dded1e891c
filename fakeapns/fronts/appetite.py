"""How much of a connection is read: all, nothing for a while, or little at a time."""

from __future__ import annotations

import math

from ..ledger import Moment
from .unseen import Unseen

#: Seconds between two reads of a connection that is read slowly.
_BETWEEN_READS = 0.05
#: Bytes of the largest one: whoever reads makes room for all of it first, be the rate what it may.
_MOST = 65_536


class Appetite:
    """Bytes that are not read stay with the kernel, fill its buffers and hold the writer back."""

    __slots__ = ("_next_read", "_rate", "_resume", "_slowing", "_stalling", "_waiting")

    def __init__(self) -> None:
        self._resume = math.inf
        self._rate: int | None = None
        self._next_read = math.inf
        #: The faults that stop it and that slow it down.
        self._stalling: list[Unseen] = []
        self._slowing: list[Unseen] = []
        #: Whether something is known to have come that is not looked at.
        self._waiting = False

    @property
    def held(self) -> str | None:
        """Why nothing may be read now, in words; None if something may."""
        faults = self._stalling if self.stalled else self._slowing
        return str(faults[-1]) if faults and self.bytes == 0 else None

    @property
    def stalled(self) -> bool:
        """Whether nothing is to be looked at, not even what has been read."""
        return self._resume < math.inf

    @property
    def due(self) -> float:
        """When `wake` is due, in seconds since the start."""
        return self._resume if self.stalled else self._next_read

    @property
    def bytes(self) -> int | None:
        """How many bytes may be read now: None is without limit."""
        if self.stalled or self._next_read < math.inf:
            return 0
        return None if self._rate is None else self._sip(self._rate)

    def stall(self, until: float, because: Unseen, now: Moment) -> None:
        """Look at nothing before this moment, nor before that of another stall."""
        self._resume = max(until, self._resume) if self.stalled else until
        self._begin(self._stalling, because, now)

    def release(self) -> None:
        """End a stall before its time."""
        self._resume = math.inf

    def slow_down(self, rate: int, because: Unseen, now: Moment) -> None:
        """Read so many bytes a second from now on; to say it again changes nothing."""
        if rate == self._rate:
            because.over()
            return
        self._end(self._slowing)
        self._begin(self._slowing, because, now)
        self._rate = rate
        self._await_sip(now)

    def _begin(self, faults: list[Unseen], because: Unseen, now: Moment) -> None:
        faults.append(because)
        if self._waiting:
            # Of what waits already nobody tells again.
            because.seen(now)

    def kept_waiting(self, now: Moment) -> None:
        """Bytes have come that are not looked at: that is what can be seen of it."""
        self._waiting = True
        for fault in self._stalling + self._slowing:
            fault.seen(now)

    def over(self) -> None:
        """The connection is over."""
        self._end(self._stalling)
        self._end(self._slowing)

    @staticmethod
    def _end(faults: list[Unseen]) -> None:
        for fault in faults:
            fault.over()
        faults.clear()

    def took(self, now: Moment) -> None:
        """Something was read."""
        self._waiting = False
        self._await_sip(now)

    def _await_sip(self, now: Moment) -> None:
        if self._rate is not None:
            self._next_read = now.t + self._sip(self._rate) / self._rate

    def wake(self, now: Moment, *, alone: bool) -> bool:
        """The connection is woken, for this `alone` or for something else as well; whether a stall
        is over. Who was disturbed in waiting for a sip waits anew, as behind a stall.
        """
        if now.t < self._resume < math.inf:
            return False
        over, self._resume = self.stalled, math.inf
        if over:
            self._end(self._stalling)
        sip_is_due = alone and not over and self._next_read <= now.t
        self._next_read = math.inf
        if not sip_is_due:
            self._await_sip(now)
        return over

    def _sip(self, rate: int) -> int:
        return min(max(1, round(rate * _BETWEEN_READS)), _MOST)
