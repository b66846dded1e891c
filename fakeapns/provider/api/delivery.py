"""What is still to be sent, whatever connection takes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from math import inf

from ..report import Report
from .push import ApiPush

#: How often one push is tried. Apple wants a quarter of an hour between two tries behind a 5xx,
#: which nobody who tests waits for; the pauses grow all the same.
MOST_TRIES = 6
#: Seconds between tries: the first pause, and the longest.
PAUSE, LONGEST_PAUSE = 0.5, 30.0


class Delivery:
    """Pushes by their position, from 0: each waits, is underway, or its fate is in `report`."""

    def __init__(self, pushes: Sequence[ApiPush], report: Report) -> None:
        self.pushes = pushes
        self.report = report
        # All below have been sent at least once. Those of them that are to be sent again wait for
        # their moment, 0 if that is now, in the order of the list.
        self._next = 0
        self._waiting: list[tuple[float, int]] = []
        self._tries: dict[int, int] = {}
        self._underway = 0
        # Whom nothing reaches any more: since when, in epoch seconds, and why.
        self._gone: dict[str, tuple[float, str]] = {}

    @property
    def finished(self) -> bool:
        """Whether the fate of each is known."""
        return not self._underway and self.next_moment == inf

    @property
    def next_moment(self) -> float:
        """When there is something to send: 0 for at once, infinity if nothing waits."""
        if self._next < len(self.pushes):
            return 0.0
        return self._waiting[0][0] if self._waiting else inf

    def take(self, now: float) -> int:
        """The next to send: one whose moment has come again, or else the next in line."""
        if self._waiting and self._waiting[0][0] <= now:
            position = heappop(self._waiting)[1]
            self.report.resent += 1
        else:
            position = self._next
            self._next += 1
            self._pass_over()
        self._underway += 1
        self.report.underway = self._underway
        return position

    def accept(self, position: int) -> None:
        """It got through."""
        self._over(position)
        self.report.accepted += 1

    def refuse(self, position: int, why: str) -> None:
        """It never will."""
        self._over(position)
        self.report.refused[position] = why

    def strike_off(self, position: int, why: str, since: float) -> None:
        """It never will, and neither will what else is for its receiver, unless that was registered
        behind this moment.
        """
        self.refuse(position, why)
        self._gone[self.pushes[position].receiver] = since, why
        waiting, self._waiting = self._waiting, []
        for moment, each in waiting:
            if not self._is_passed_over(each):
                heappush(self._waiting, (moment, each))
        self._pass_over()

    def again(self, positions: Iterable[int]) -> None:
        """Nobody has dealt with these, or nobody knows: they are next."""
        for position in positions:
            self._wait(position, 0.0)

    def later(self, position: int, why: str, now: float, *, free: bool = False) -> None:
        """To be tried again behind a pause that grows; refused behind too many. `free` is a first
        try that needs no pause.
        """
        tries = self._tries[position] = self._tries.get(position, 0) + 1
        if tries >= MOST_TRIES:
            self.refuse(position, why)
            return
        pause = 0.0 if free and tries == 1 else min(PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
        self._wait(position, now + pause)

    def _over(self, position: int) -> None:
        self._tries.pop(position, None)
        self._put_down()

    def _wait(self, position: int, moment: float) -> None:
        if not self._is_passed_over(position):
            heappush(self._waiting, (moment, position))
        self._put_down()

    def _pass_over(self) -> None:
        while self._next < len(self.pushes) and self._is_passed_over(self._next):
            self._next += 1

    def _is_passed_over(self, position: int) -> bool:
        """Whether it is for nobody, and so not sent: its fate is in the report then."""
        push = self.pushes[position]
        said = self._gone.get(push.receiver)
        if said is None or (push.registered is not None and push.registered > said[0]):
            return False
        self.report.withheld[position] = said[1]
        return True

    def _put_down(self) -> None:
        self._underway -= 1
        self.report.underway = self._underway
