"""When a loop is at rest."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from fakeapns.servers.rest import Rest


async def test_whoever_may_run_runs_first() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        for _ in range(10):
            await trio.lowlevel.checkpoint()
        done.append(number)

    async def begin() -> None:
        # As an accepted connection does: a task that starts another one and is gone.
        await trio.lowlevel.checkpoint()
        nursery.start_soon(work, 2)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(work, 1)
        nursery.start_soon(begin)
        await Rest().reached()
        assert sorted(done) == [1, 2]


async def test_what_has_arrived_is_taken_in_first() -> None:
    ours, theirs = trio.socket.socketpair()
    taken = bytearray()

    async def read() -> None:
        while data := await ours.recv(1):
            taken.extend(data)

    with ours, theirs:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(read)
            for _ in range(50):
                await theirs.send(b"abc")
                await Rest().reached()
                assert taken == b"abc"
                taken.clear()
            theirs.shutdown(trio.socket.SHUT_WR)


async def test_who_sleeps_is_at_rest_and_no_time_passes(autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, 3600)
        begin = trio.current_time()
        await Rest().reached()
        assert trio.current_time() == begin
        nursery.cancel_scope.cancel()


async def test_two_who_wait_do_not_wait_for_each_other() -> None:
    rest, reached = Rest(), list[int]()

    async def wait(number: int) -> None:
        await rest.reached()
        reached.append(number)

    async with trio.open_nursery() as nursery:
        for number in range(5):
            nursery.start_soon(wait, number)
    assert sorted(reached) == [0, 1, 2, 3, 4]
