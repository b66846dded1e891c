"""A connection that is dead and looks alive, and what else keeps a request from being processed."""

from __future__ import annotations

import math

import msgspec

from ...ledger import Moment
from ..unseen import Unseen


class Cut(msgspec.Struct, frozen=True):
    """Why a request that has come is not processed: `behind` which request of the connection, and
    because of which entry.
    """

    behind: int
    cause: int
    why: str


class _Dead(msgspec.Struct, frozen=True):
    """From when on nothing is answered, behind which request, and the fault or its entry."""

    since: float
    behind: int
    because: Unseen | int


class Silence:
    """That of one connection: what comes `since` a moment is taken, and never answered."""

    def __init__(self) -> None:
        self._dead: _Dead | None = None

    @property
    def since(self) -> float:
        """From when on, in seconds since the start; infinite if it does not end so."""
        return math.inf if self._dead is None else self._dead.since

    def begin(self, since: float, behind: int, because: Unseen | int) -> None:
        """Fall silent then. Of several what begins first counts."""
        new, before = _Dead(since, behind, because), self._dead
        self._dead, other = (new, before) if since < self.since else (before, new)
        _over(other)

    def cut(self, now: Moment) -> Cut | None:
        """Why what comes now is not processed; None if it is."""
        dead = self._dead
        if dead is None or now.t < dead.since:
            return None
        # Something has come: of a dead connection that is what can be seen.
        cause = dead.because if isinstance(dead.because, int) else dead.because.seen(now)
        return Cut(dead.behind, cause, "the connection is dead and looks alive")

    def over(self) -> None:
        """The connection is over."""
        _over(self._dead)


def _over(dead: _Dead | None) -> None:
    if dead is not None and isinstance(dead.because, Unseen):
        dead.because.over()
