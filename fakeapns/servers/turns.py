"""Whose turn it is, where more is to be done than fits into one round of the loop.

trio runs all tasks that may run, in any order, before it looks for news: with 200 clients that
always have more, each of them costs all others a slice of work in every round. So there is room for
a little work in a round, and who has had least goes first. One that has waited for its provider
until now goes ahead of all that never stop: as in start-time fair queueing (Goyal, Vin and Cheng,
1996), a queue by how much each has had when its turn began. Since there may be newcomers without
end, every third call is for who has waited longest.

Work is counted in slices: what takes about half a millisecond. No clock has a say, so the same
happens in every run.
"""

from __future__ import annotations

import math
from operator import attrgetter

import trio

#: Slices of work for which a round has room; and as much again for what is so little that to let it
#: wait for the next round would take longer than to do it.
ROUND, LITTLE = 1.0, 0.2
#: Slices of work that are done without waiting where a server stops: about a quarter of a second.
LAST = 500.0

_by_had = attrgetter("had")


class Turns:
    """The rounds of one server."""

    def __init__(self) -> None:
        #: How much it is that all who wait have had. Nobody who comes is taken to have had less: to
        #: have been silent for long is no credit.
        self._level = 0.0
        self._spent = self._spent_on_little = 0.0
        #: Whose turn was the first of this round, where nobody had to wait for it.
        self._opener: Turn | None = None
        # In the order in which they came. A heap would be quicker to ask for who has had least, and
        # would keep those who have left it in another way; to ask 200 takes 10 µs.
        self._waiting: dict[_Place, None] = {}
        self._calls = 0
        #: Whether somebody is there who will begin the next round.
        self._led = False
        self._left_for_the_end = LAST

    def hurry(self, work: float) -> bool:
        """Whether there is time for so much more: see `Turn.hurry`.

        There is `LAST` for all together, and as much again as soon as one has waited for a turn:
        who stops waits no more, so then it is about another stop, as where a server is cleared.
        """
        self._left_for_the_end -= work
        return self._left_for_the_end > 0

    def was_away(self, turn: Turn) -> None:
        """See `Turn.was_away`."""
        if turn is self._opener and not self._led:
            self._spent, self._opener = 0.0, None

    async def wait(self, turn: Turn, work: float, *, begun: bool = False) -> None:
        """Wait for a turn with about so much work in it: see `Turn.come`."""
        self._left_for_the_end = LAST
        turn.had = max(turn.had, self._level)
        if not self._led and self._spent < ROUND:
            self._opener = self._opener or turn
            self._spent += work
        elif work <= LITTLE and turn.had < self._level + ROUND and self._spent_on_little < ROUND:
            self._spent_on_little += work
        elif self._led:
            await self._queue(_Place(-math.inf if begun else turn.had, work))
        else:
            await self._lead()

    async def _lead(self) -> None:
        """Wait for the next round, and say who else is in it."""
        self._led = True
        try:
            await trio.lowlevel.checkpoint()
            await _let_little_go_ahead()
        finally:
            self._begin_round()

    async def _queue(self, place: _Place) -> None:
        self._waiting[place] = None
        try:
            await place.called.wait()
            await _let_little_go_ahead()
        finally:
            self._waiting.pop(place, None)
            if place.leads:
                self._begin_round()

    def _begin_round(self) -> None:
        """Call those who fit into the next one. The first of them leads on."""
        self._spent = self._spent_on_little = 0.0
        self._led, self._opener = False, None
        while self._spent < ROUND and self._waiting:
            place = self._next()
            del self._waiting[place]
            self._spent += place.work
            place.leads, self._led = not self._led, True
            place.called.set()

    def _next(self) -> _Place:
        """Who is called next: twice who has had least, then who has waited longest."""
        self._calls += 1
        if self._calls % 3 == 0:
            return next(iter(self._waiting))
        # Of those who have had as much, as all have who shake hands, the last to come: in a storm
        # of them most are let in at once then, where in a queue all would wait as long.
        place = min(reversed(self._waiting), key=_by_had)
        self._level = max(self._level, place.had)
        return place


async def _let_little_go_ahead() -> None:
    """Have what came during the last slice dealt with, as far as it is little, before the next."""
    # It is found when the loop looks for news, and would run in any order with the slice otherwise.
    await trio.lowlevel.checkpoint()


class _Place:
    """The place of somebody who waits, has had so much, and will do about so much work."""

    __slots__ = ("called", "had", "leads", "work")

    def __init__(self, had: float, work: float) -> None:
        self.called = trio.Event()
        self.had = had
        self.work = work
        #: Whether it begins the next round.
        self.leads = False


class Turn:
    """The turns of one connection, at once if there are no rounds. `had` is its work, in slices."""

    __slots__ = ("_turns", "had")

    def __init__(self, turns: Turns | None = None) -> None:
        self._turns = turns
        self.had = 0.0

    async def come(self, work: float, *, begun: bool = False) -> None:
        """Wait for a turn with about so much work in it, a slice at most or a step that cannot be
        divided. At once, without a checkpoint, as long as there is room for it. What has `begun`
        goes ahead: it is of no use to anybody before it is done.
        """
        if self._turns is not None:
            await self._turns.wait(self, work, begun=begun)

    async def take(self, work: float) -> None:
        """The same, and count it: it is behind others that have had less from now on."""
        await self.come(work)
        self.had += work

    def was_away(self) -> None:
        """The loop has looked for news since the last turn of this one: to be said wherever that is
        so anyway, since then it need not be awaited.
        """
        if self._turns is not None:
            self._turns.was_away(self)

    def hurry(self, work: float) -> bool:
        """Take a turn at once, since the server stops; whether there is time for it."""
        return self._turns is None or self._turns.hurry(work)
