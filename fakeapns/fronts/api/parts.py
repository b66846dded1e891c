"""What pushes of a bundle have in common, part by part: see `taken`."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...ledger import Moment
from .senders import Signed


class Says(NamedTuple):
    """What the headers of a push said, as far as its record has it, and who signed that."""

    expiration: int | None
    priority: int | None
    signed: Signed


class Part(NamedTuple):
    """Some in a row, from the index `first` on: the `ordinal` of that one, and what all share."""

    first: int
    ordinal: int
    t: float
    wall: float
    says: Says


class Parts:
    """The parts of one bundle, column by column: where a push comes after the answer to the one
    before, each is a part.
    """

    __slots__ = ("_firsts", "_ordinals", "_says", "_t", "_wall")

    def __init__(self) -> None:
        self._firsts = array("I")
        self._ordinals = array("Q")
        self._t = array("d")
        self._wall = array("d")
        self._says: list[Says] = []

    def add(self, first: int, ordinal: int, now: Moment, says: Says) -> None:
        """From this index on it is this."""
        self._says.append(self._says[-1] if self._says[-1:] == [says] else says)
        self._ordinals.append(ordinal)
        self._t.append(now.t)
        self._wall.append(now.wall)
        # Last, since it is looked for by these: another thread may be reading.
        self._firsts.append(first)

    def of(self, index: int) -> Part:
        """The part that this index is in."""
        return self._at(bisect_right(self._firsts, index) - 1)

    def within(self, indices: range) -> Iterable[tuple[Part, range]]:
        """The parts that these are in, and which of these are in each."""
        last = self._at(-1)
        # As what has just come mostly is.
        return ((last, indices),) if indices.start >= last.first else self._cut(indices)

    def without(self, count: int) -> Parts:
        """The same without so many indices at the front."""
        place = bisect_right(self._firsts, count) - 1
        rest = Parts()
        rest._firsts = array("I", [max(0, each - count) for each in self._firsts[place:]])
        rest._ordinals = self._ordinals[place:]
        # The first of them may have begun before.
        rest._ordinals[0] += count - self._firsts[place]
        rest._t, rest._wall, rest._says = self._t[place:], self._wall[place:], self._says[place:]
        return rest

    def _cut(self, indices: range) -> Iterator[tuple[Part, range]]:
        index = indices.start
        while index < indices.stop:
            place = bisect_right(self._firsts, index)
            end = self._firsts[place] if place < len(self._firsts) else indices.stop
            end = min(end, indices.stop)
            yield self._at(place - 1), range(index, end)
            index = end

    def _at(self, place: int) -> Part:
        first, ordinal = self._firsts[place], self._ordinals[place]
        return Part(first, ordinal, self._t[place], self._wall[place], self._says[place])
