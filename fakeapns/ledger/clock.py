"""Moments as the ledger has them."""

from __future__ import annotations


class Timeline:
    """Translates the clock that delays run on into seconds since start and wall time."""

    def __init__(self, now: float, wall: float) -> None:
        self._start = now
        self._offset = wall - now

    def t(self, now: float) -> float:
        """Seconds since the start."""
        return now - self._start

    def wall(self, now: float) -> float:
        """Epoch seconds."""
        return now + self._offset

    def resume(self, now: float, t: float, wall: float) -> None:
        """Go on at `t` seconds since the start, on a clock of another event loop."""
        self._start = now - t
        self._offset = wall - now

    def follow(self, now: float, wall: float) -> None:
        """Set the wall clock again: a laptop that slept stopped the other one."""
        self._offset = wall - now
