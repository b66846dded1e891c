"""Moments, as tests tell them to what has no clock."""

from __future__ import annotations

from fakeapns.ledger.clock import Moment

#: Seconds between the last word and the close, and those behind it, as the settings have them.
PAUSE, GRACE = 0.15, 2.0
#: Epoch seconds at which servers of tests were started.
WALL = 1_600_000_000.0


def at(t: float) -> Moment:
    """So many seconds after the start."""
    return Moment(t, WALL + t)
