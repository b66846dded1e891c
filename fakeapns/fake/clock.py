"""The protocol's clock, as tests hold it: `apns.clock` in both forms."""

from __future__ import annotations

from datetime import timedelta

from ..errors import UsageError
from ..push import Landing
from ..scenario import parse_duration
from ..text import shown
from .house import House

#: The last moment, in epoch seconds, of which feedback can tell in four bytes (Binary Provider
#: API): early in 2106.
_LAST = 2**32 - 1


class HeldClock:
    """What the age of tokens (JWT), expirations, and all that devices do goes by: the machine's
    clock, or trio's where that is virtual, and what it was advanced by.

    Sockets, delays and time-outs never go by it. Every method may be called from any thread, also
    before the server has started and once it has stopped.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def now(self) -> float:
        """The moment, in epoch seconds."""
        return self._house.clock.wall()

    def advance(self, by: float | str | timedelta) -> None:
        """Let it be later by so much: seconds, a timedelta, or a duration such as "50m".

        What is over now on any device goes on record: that a notification which waited has
        `expired`, say. Raises `UsageError` for what is no duration, and for one beyond the year
        2105, of which feedback cannot tell.
        """
        seconds = _seconds_in(by)

        def act() -> list[Landing]:
            if self.now() + seconds > _LAST:
                raise UsageError(f"the clock cannot be advanced by {shown(by)}: it ends in 2106")
            self._house.clock.advance(seconds)
            return self._house.model.look_over()

        self._house.change(act)

    def reset(self) -> None:
        """Set it back to what it would be if nobody had advanced it."""
        self._house.within(self._house.clock.reset)

    def __repr__(self) -> str:
        return f"<clock {self.now():.3f}>"


def _seconds_in(by: float | str | timedelta) -> float:
    seconds = -1.0
    if isinstance(by, str):
        seconds = parse_duration(by)
    elif isinstance(by, timedelta):
        seconds = by.total_seconds()
    elif isinstance(by, int | float) and not isinstance(by, bool) and by <= _LAST:
        seconds = float(by)
    if not seconds >= 0:
        raise UsageError(
            f"{shown(by)} is nothing to advance by: give seconds, or a duration such as '50m'"
        )
    return seconds
