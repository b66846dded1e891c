"""Who goes next, where more is to be done than fits into a round. Work is counted, never time."""

from __future__ import annotations

from typing import Any

import trio

from fakeapns.servers.turns import ROUND, Turn, Turns

#: Clients that always have more.
MANY = 50


class Flood:
    """Clients that take turn after turn, a whole slice each; `had` has the order."""

    def __init__(self, turns: Turns, count: int = MANY) -> None:
        self.turns = turns
        self.had: list[int] = []
        self._count = count

    def start(self, nursery: trio.Nursery) -> None:
        for number in range(self._count):
            nursery.start_soon(self._go_on, number)

    async def _go_on(self, number: int) -> None:
        turn = Turn(self.turns)
        while True:
            await turn.take(1.0)
            self.had.append(number)


class Rounds(trio.abc.Instrument):
    """How often the loop has looked for news."""

    def __init__(self) -> None:
        self.count = 0

    def before_io_wait(self, timeout: float) -> None:
        self.count += 1


async def some_rounds(count: int = 10 * MANY) -> None:
    for _ in range(count):
        await trio.lowlevel.checkpoint()


async def test_as_long_as_there_is_room_nobody_waits() -> None:
    rounds = Rounds()
    trio.lowlevel.add_instrument(rounds)
    turn = Turn(Turns())
    for _ in range(8):
        await turn.take(ROUND / 8)
    assert rounds.count == 0
    await turn.take(1.0)
    # One for what has come meanwhile and is little, and then its own.
    assert rounds.count == 2
    trio.lowlevel.remove_instrument(rounds)


async def test_a_round_has_room_for_a_slice_however_many_have_more(nursery: Any) -> None:
    flood = Flood(Turns())
    flood.start(nursery)
    await some_rounds(MANY)
    before = len(flood.had)
    await some_rounds(100)
    # One more or less: it runs them in any order. Every second round is for what is little.
    assert len(flood.had) - before <= 51
    nursery.cancel_scope.cancel()


async def test_all_that_always_have_more_get_the_same(nursery: Any) -> None:
    flood = Flood(Turns())
    flood.start(nursery)
    await some_rounds(40 * MANY)
    each = [flood.had.count(number) for number in range(MANY)]
    assert min(each) > 5
    assert max(each) - min(each) <= 2
    nursery.cancel_scope.cancel()


async def test_who_has_had_little_goes_ahead_of_all_that_never_stop(nursery: Any) -> None:
    turns = Turns()
    flood = Flood(turns)
    flood.start(nursery)
    await some_rounds()
    modest = Turn(turns)
    for work in (0.1, 1.0):
        # It has waited for its provider meanwhile, while others went on.
        await some_rounds(5 * MANY)
        before = len(flood.had)
        await modest.take(work)
        assert len(flood.had) - before <= 3
    nursery.cancel_scope.cancel()


async def test_what_comes_during_a_slice_goes_ahead_of_the_next(nursery: Any) -> None:
    turns = Turns()
    news, slices = trio.Event(), 0

    async def never_stop() -> None:
        nonlocal slices
        turn = Turn(turns)
        while True:
            await turn.take(1.0)
            slices += 1
            news.set()

    for _ in range(MANY):
        nursery.start_soon(never_stop)
    await some_rounds()
    for _ in range(50):
        news = trio.Event()
        await news.wait()
        so_far = slices
        news = trio.Event()
        await news.wait()
        assert slices == so_far + 1
    nursery.cancel_scope.cancel()


async def test_in_a_storm_most_of_those_who_come_are_let_in_at_once(nursery: Any) -> None:
    turns, done = Turns(), []
    Flood(turns).start(nursery)

    async def come(number: int) -> None:
        await Turn(turns).come(1.0)
        done.append(number)

    await some_rounds()
    for number in range(MANY):
        nursery.start_soon(come, number)
    await some_rounds(6 * MANY)
    assert len(done) == MANY
    # Two turns of three are for who came last, the third for who has waited longest.
    assert max(done[: MANY // 2]) > MANY // 2
    nursery.cancel_scope.cancel()


async def test_what_has_begun_goes_ahead_of_what_has_not(nursery: Any) -> None:
    turns, done = Turns(), []
    Flood(turns).start(nursery)

    async def come(number: int, begun: bool) -> None:
        await Turn(turns).come(1.0, begun=begun)
        done.append(number)

    await some_rounds()
    for number in range(30):
        nursery.start_soon(come, number, number % 3 == 0)
    await some_rounds(6 * MANY)
    assert sorted(done) == list(range(30))
    begun = [place for place, number in enumerate(done) if number % 3 == 0]
    others = [place for place, number in enumerate(done) if number % 3]
    assert sum(begun) / len(begun) < sum(others) / len(others)
    nursery.cancel_scope.cancel()


async def test_newcomers_without_end_keep_nobody_from_their_turn(nursery: Any) -> None:
    turns = Turns()
    flood = Flood(turns, 5)

    async def come_anew() -> None:
        while True:
            await Turn(turns).come(1.0)

    for _ in range(MANY):
        nursery.start_soon(come_anew)
    flood.start(nursery)
    await some_rounds(40 * MANY)
    assert min(flood.had.count(number) for number in range(5)) > 5
    nursery.cancel_scope.cancel()


async def test_who_leaves_while_it_waits_keeps_nobody_else_waiting(nursery: Any) -> None:
    turns = Turns()
    Flood(turns).start(nursery)
    await some_rounds()
    for patience in range(20):
        async with trio.open_nursery() as leaving:
            for _ in range(5):
                leaving.start_soon(Turn(turns).take, 1.0)
            await some_rounds(patience)
            leaving.cancel_scope.cancel()
    with trio.fail_after(60):
        await Turn(turns).take(1.0)
    nursery.cancel_scope.cancel()
