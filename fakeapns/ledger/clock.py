"""A moment, as everything without a clock is told it."""

from __future__ import annotations

from typing import NamedTuple


class Moment(NamedTuple):
    """`t` is seconds since the server started, on the clock that delays run on; `wall` is the
    protocol's clock, in epoch seconds. `ahead` is by how many seconds that has run ahead of the
    machine's clock, which a provider may still go by: since it is virtual, or was advanced.
    """

    t: float
    wall: float
    ahead: float = 0.0
