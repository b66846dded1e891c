"""Moments, as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...errors import UsageError
from ...scenario import parse_duration
from ...text import shown

#: A moment: epoch seconds, a datetime, or how long ago.
Time = float | str | datetime | timedelta


def moment_of(given: Time, now: float) -> float:
    """The moment that is meant, in epoch seconds: "2h" and "-2h" are two hours before `now`.

    Raises `UsageError` for what is no time, and for one that feedback cannot say.
    """
    try:
        if isinstance(given, str):
            moment = max(0.0, now - parse_duration(given.removeprefix("-")))
        elif isinstance(given, timedelta):
            moment = max(0.0, now - abs(given.total_seconds()))
        elif isinstance(given, datetime):
            moment = given.timestamp()
        else:
            moment = float(given)
        # Feedback has four bytes for it (Binary Provider API).
        fits = 0 <= moment < 2**32 and not isinstance(given, bool)
    except (TypeError, ValueError, OverflowError, OSError):
        fits = False
    if not fits:
        raise UsageError(
            f"{shown(given)} is no time of removal: give epoch seconds, a datetime, or how long "
            "ago, as in '2h'"
        )
    return moment
