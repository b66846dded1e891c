"""What steps have done to devices, and no sender has met so far."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .triggers import Chosen


class Unmet(msgspec.Struct, eq=False):
    """A change of some device by a fault, in words."""

    chosen: Chosen
    detail: str
    met: bool = False


class UnmetChanges:
    """Those of one server, by the number of the device: each until something is sent to it. What a
    step has done again before that is one.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, dict[int | None, Unmet]] = {}
        self._told: set[int | None] = set()

    def add(self, chosen: Chosen, detail: str, numbers: Iterable[int]) -> None:
        """One more, of all devices with these numbers: who sends to any of them meets it."""
        unmet = Unmet(chosen, detail)
        for number in numbers:
            self._waiting.setdefault(number, {})[chosen.position] = unmet

    def meet(self, number: int) -> list[Unmet]:
        """Something was sent to this device: what it meets, each once, the oldest first."""
        found = [each for each in self._waiting.pop(number, {}).values() if not each.met]
        for each in found:
            each.met = True
        return found

    def is_news(self, chosen: Chosen) -> bool:
        """Whether nobody was told yet that the step of this fault came to nothing."""
        known = chosen.position in self._told
        self._told.add(chosen.position)
        return not known

    def __bool__(self) -> bool:
        return bool(self._waiting)
