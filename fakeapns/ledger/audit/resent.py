"""What came again though it had been refused for a fault of its own."""

from __future__ import annotations

from ..entries import Notification
from .intention import Intention
from .knowledge import Knowledge
from .trail import Sight


class Resent:
    """Takes what came behind its refusal, by position."""

    def __init__(self, intention: Intention, knowledge: Knowledge) -> None:
        self._intention = intention
        self._knowledge = knowledge
        self._behind: dict[int, list[Sight]] = {}

    def came(self, position: int, seen: Notification) -> None:
        """One has come again."""
        self._behind.setdefault(position, []).append(Sight.of(seen))

    @property
    def found(self) -> dict[int, list[Sight]]:
        """What came again though its refusal could be known by then, and where.

        What is meant several times may be refused as often.
        """
        found: dict[int, list[Sight]] = {}
        for position, sights in self._behind.items():
            known = self._knowledge.known(position)
            times = self._intention.times[position]
            if len(known) >= times:
                moment = known[times - 1]
                again = [
                    each
                    for each in sights
                    if each.seq > moment and self._knowledge.could_follow(moment, each)
                ]
                if again:
                    found[position] = again
        return found
