"""Both clocks of a server: seconds since its start, and wall time that follows."""

from __future__ import annotations

import time

import pytest
import trio
import trio.lowlevel
from trio.testing import MockClock

from fakeapns.servers.clock import Clock


async def started() -> Clock:
    """A clock in the loop at hand."""
    clock = Clock()
    clock.start()
    return clock


async def test_virtual_time_moves_both(autojump_clock: MockClock) -> None:
    await trio.sleep(7)
    clock = await started()
    first = clock.now()
    await trio.sleep(2.5)
    second = clock.now()
    assert (first.t, second.t) == (0, 2.5)
    assert second.wall - first.wall == pytest.approx(2.5)
    assert clock.wall() == second.wall


async def test_a_moment_says_how_far_virtual_time_is_ahead(autojump_clock: MockClock) -> None:
    clock = Clock()
    clock.start()
    await trio.sleep(3600)
    now = clock.now()
    assert now.wall - now.ahead == pytest.approx(time.time(), abs=60)


async def test_a_moment_is_found_again_on_trios_clock(autojump_clock: MockClock) -> None:
    await trio.sleep(7)
    clock = await started()
    await trio.sleep_until(clock.deadline(3))
    assert clock.now().t == 3


async def test_it_counts_from_now_on_when_it_is_renewed(autojump_clock: MockClock) -> None:
    clock = await started()
    await trio.sleep(5)
    clock.renew()
    assert clock.now().t == 0


async def test_it_notices_that_the_wall_clock_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = await started()
    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: before.wall + 3600)
    clock.follow()
    after = clock.now()
    assert after.wall - before.wall == pytest.approx(3600, abs=60)
    assert after.t - before.t < 60


def test_in_another_loop_it_goes_on_where_it_was() -> None:
    clock = Clock()

    async def run() -> tuple[float, float]:
        clock.start()
        first = clock.now().t
        await trio.lowlevel.checkpoint()
        clock.stop()
        return first, clock.now().t

    begun, ended = trio.run(run)
    again, _ = trio.run(run)
    assert 0 <= begun < 60
    assert again >= ended
    assert again - ended < 60


async def test_in_the_same_virtual_loop_time_goes_on(autojump_clock: MockClock) -> None:
    clock = await started()
    await trio.sleep(10)
    clock.stop()
    await trio.sleep(10)
    clock.start()
    assert clock.now().t == 20


async def test_wall_time_alone_is_advanced_and_set_back() -> None:
    clock = await started()
    before = clock.now()
    clock.advance(3600)
    after = clock.now()
    assert after.wall - before.wall == pytest.approx(3600, abs=60)
    assert clock.wall() == pytest.approx(after.wall, abs=60)
    assert after.wall - after.ahead == pytest.approx(time.time(), abs=60)
    assert after.t - before.t < 60
    clock.reset()
    assert clock.now().wall == pytest.approx(before.wall, abs=60)
    assert clock.now().t >= after.t


async def test_virtual_time_and_what_was_advanced_add_up(autojump_clock: MockClock) -> None:
    clock = await started()
    first = clock.now()
    clock.advance(100)
    await trio.sleep(10)
    second = clock.now()
    assert second.wall - first.wall == pytest.approx(110)
    assert (second.t, clock.deadline(20)) == (10, 20)
    clock.renew()
    assert clock.now().wall - first.wall < 60
