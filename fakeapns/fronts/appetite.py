"""How much of a connection is read: all, nothing for a while, or little at a time."""

from __future__ import annotations

import math

from ..ledger import Moment

#: Seconds between two reads of a connection that is read slowly.
_BETWEEN_READS = 0.05


class Appetite:
    """Bytes that are not read stay with the kernel, fill its buffers and hold the writer back."""

    __slots__ = ("_next_read", "_rate", "_resume")

    def __init__(self) -> None:
        self._resume = math.inf
        self._rate: int | None = None
        self._next_read = math.inf

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

    def stall(self, until: float) -> None:
        """Look at nothing before this moment."""
        self._resume = until

    def release(self) -> None:
        """End a stall before its time."""
        self._resume = math.inf

    def slow_down(self, rate: int, now: Moment) -> None:
        """Read so many bytes a second from now on."""
        self._rate = rate
        self.took(now)

    def took(self, now: Moment) -> None:
        """Something was read."""
        if self._rate is not None:
            self._next_read = now.t + self._sip(self._rate) / self._rate

    def wake(self, now: Moment, *, alone: bool) -> bool:
        """The connection is woken, for this `alone` or for something else as well; whether a stall
        is over. Who was disturbed in waiting for a sip waits anew, as behind a stall.
        """
        if now.t < self._resume < math.inf:
            return False
        over, self._resume = self.stalled, math.inf
        sip_is_due = alone and not over and self._next_read <= now.t
        self._next_read = math.inf
        if not sip_is_due:
            self.took(now)
        return over

    def _sip(self, rate: int) -> int:
        return max(1, round(rate * _BETWEEN_READS))
