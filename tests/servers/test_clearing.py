"""Faults that are injected beside those of a scenario, and forgotten again."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from fakeapns import Drop, FakeAPNs, Reject, Shutdown, Stall
from fakeapns.ledger.entries import FaultFired
from fakeapns.protocol import encode_error

from ..frames import framed
from .played import AGES, HOUR, fired, playing, recorded, silence, step
from .streams import read_to_end


async def status_of(apns: FakeAPNs, identifier: int) -> int:
    """The status with which one notification on a connection of its own is refused."""
    provider = await apns.connect()
    await provider.send_all(framed(identifier))
    with trio.fail_after(AGES):
        packet = await read_to_end(provider)
    assert packet[2:] == identifier.to_bytes(4, "big")
    return packet[1]


async def test_clearing_forgets_what_was_injected_and_keeps_the_scenario(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Reject(1), identifier=7), step(Reject(2), identifier=8)) as apns:
        apns.inject(Drop("reset"), identifier=9)
        apns.inject(Reject(10), identifier=7)
        apns.clear_faults()
        assert [await status_of(apns, each) for each in (7, 8)] == [1, 2]
        provider = await apns.connect()
        await provider.send_all(framed(9))
        assert await silence(provider)
        assert [number for number, _, _ in fired(apns)] == [1, 2]
        assert len(apns.scenario.step) == 2


async def test_what_is_injected_behind_a_clearing_has_a_position_of_its_own(
    autojump_clock: MockClock,
) -> None:
    # Counters belong to positions: a step that took one over would count as fired already.
    async with playing(step(Reject(1), identifier=7, times=1)) as apns:
        apns.inject(Reject(2), identifier=8, times=1)
        assert [await status_of(apns, each) for each in (7, 8)] == [1, 2]
        apns.clear_faults()
        apns.inject(Reject(3), identifier=9, times=1)
        assert await status_of(apns, 9) == 3
        assert [number for number, _, _ in fired(apns)] == [1, 2, 3]


async def test_clearing_does_not_give_the_scenario_s_steps_another_turn(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Reject(1), times=1)) as apns:
        assert await status_of(apns, 7) == 1
        apns.clear_faults()
        provider = await apns.connect()
        await provider.send_all(framed(8))
        assert await silence(provider)
        assert [each.identifier for each in apns.accepted] == [8]


async def test_the_same_fault_twice_is_forgotten_twice(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        first = apns.inject(Reject(1))
        assert apns.inject(Reject(1)) == first
        apns.clear_faults()
        apns.clear_faults()
        provider = await apns.connect()
        await provider.send_all(framed(8))
        assert await silence(provider)


async def test_a_step_of_the_scenario_that_equals_one_that_was_injected_stays(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Reject(1))) as apns:
        assert apns.inject(Reject(1)) == apns.scenario.step[0]
        apns.clear_faults()
        assert await status_of(apns, 7) == 1


async def test_a_timer_that_was_injected_is_forgotten_while_it_runs(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Shutdown(), after="2h")) as apns:
        apns.inject(Drop("reset"), after="1h")
        provider = await apns.connect()
        await trio.sleep(HOUR / 2)
        apns.clear_faults()
        begin = trio.current_time()
        with trio.fail_after(AGES):
            assert await read_to_end(provider) == encode_error(10, 0)
        assert trio.current_time() > begin + HOUR
        assert fired(apns) == [(1, "shutdown", "last accepted 0")]


async def test_a_stall_that_has_begun_is_not_undone(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Stall("1h"), times=1)
        provider = await apns.connect()
        await provider.send_all(framed(1) + framed(2))
        await recorded(apns, FaultFired)
        apns.clear_faults()
        await apns.wait_for(2, timeout=AGES)
        assert apns.accepted[1].t >= HOUR
