"""Moments at which something has happened, as tests say them."""

from __future__ import annotations

from ..errors import UsageError
from ..push import Time, moment_of
from ..text import shown

#: Seconds that the system's clock, by which a test goes, may be ahead of a virtual one.
_ASTRAY = 60.0


def by_now(given: Time | None, now: float) -> Time | None:
    """What was given. Raises `UsageError` for what is no time, and for one that is still to come:
    nothing waits for it.
    """
    if given is not None and moment_of(given, now) > now + _ASTRAY:
        raise UsageError(
            f"{shown(given)} is still to come: let it be then first, as apns.clock.advance('1h') "
            "does"
        )
    return given
