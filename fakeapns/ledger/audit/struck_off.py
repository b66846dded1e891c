"""Devices that a sender may have struck off for an answer: nothing came for them behind it, though
others came.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..entries import Notification
from .intention import Intention
from .trail import Sight, Trail


class StruckOff:
    """Takes refusals in order, by position; who was struck off is asked for behind the last one."""

    def __init__(self, intention: Intention, trails: dict[int, Trail]) -> None:
        self._intention = intention
        self._trails = trails
        #: By token which push was refused first, and as what.
        self._refused: dict[str, tuple[int, Sight]] = {}
        self._rest: bool | None = None

    def refused(self, position: int, seen: Notification) -> None:
        """A push was answered with any 4xx, for which some strike off a device."""
        self._refused.setdefault(seen.token, (position, Sight.of(seen)))

    def for_what(self, position: int) -> Sight | None:
        """The answer for which its token may have been struck off, of a push that never came."""
        if not self._refused:
            return None
        first, sight = self._refused.get(self._token(position), (0, None))
        if sight is None:
            return None
        reached = self._reached()
        if position < reached or (first < reached and self._rest_is_struck_off(reached)):
            return sight
        return None

    def _rest_is_struck_off(self, reached: int) -> bool:
        """Whether nobody else is among those behind the last one that came: then that is why they
        did not, and no end.
        """
        if self._rest is None:
            self._rest = self._are_refused(range(reached + 1, len(self._intention)))
        return self._rest

    def _are_refused(self, positions: Iterable[int]) -> bool:
        return all(self._token(each) in self._refused for each in positions)

    def _reached(self) -> int:
        return max((trail.furthest for trail in self._trails.values()), default=-1)

    def _token(self, position: int) -> str:
        return self._intention.meant(position).token
