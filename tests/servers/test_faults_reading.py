"""Faults that hold up or swallow what a provider writes, in virtual time."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from fakeapns import Blackhole, Reject, Stall, Throttle
from fakeapns.ledger.entries import ConnectionClosed, FaultFired
from fakeapns.protocol import encode_error

from ..frames import framed
from .played import AGES, HOUR, burst, fired, playing, recorded, silence, step
from .streams import read_to_end


async def test_behind_a_stall_everything_is_judged_in_order(autojump_clock: MockClock) -> None:
    steps = [step(Stall("1h"), identifier=2, times=1), step(Reject(), identifier=4)]
    async with playing(*steps) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2, 3))
        await recorded(apns, FaultFired)
        begin = trio.current_time()
        await provider.send_all(burst(4, 5))
        assert await read_to_end(provider) == encode_error(8, 4)
        assert trio.current_time() == pytest.approx(begin + HOUR, abs=1)
        assert [each.outcome for each in apns.notifications] == [
            "accepted",
            "accepted",
            "accepted",
            "rejected",
            "discarded",
        ]
        assert [each.t >= HOUR for each in apns.notifications] == [False, False, True, True, True]
        assert fired(apns)[0] == (1, "stall", "for 1h")


async def test_an_idle_connection_can_stall_and_goes_on(autojump_clock: MockClock) -> None:
    async with playing(step(Stall("1h"), after="1h")) as apns:
        provider = await apns.connect()
        await provider.send_all(framed(1))
        await trio.sleep(1.5 * HOUR)
        await provider.send_all(framed(2))
        await apns.wait_for(2, timeout=AGES)
        assert [each.t for each in apns.accepted] == [0, pytest.approx(2 * HOUR)]
        assert [each.t for each in apns.ledger.of(FaultFired)] == [pytest.approx(1.5 * HOUR)]


async def test_a_blackhole_swallows_bytes_and_says_nothing(autojump_clock: MockClock) -> None:
    async with playing(step(Blackhole(), notification=1)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2) + framed(3, token=b""))
        assert await silence(provider)
        await provider.send_all(framed(4) * 1000)
        assert await silence(provider)
        assert len(apns.accepted) == 1
        assert len(apns.discarded) == 1002
        assert {each.cause for each in apns.discarded} == {apns.ledger.of(FaultFired)[0].seq}
        await provider.transport_stream.aclose()
        [closed] = await recorded(apns, ConnectionClosed)
        assert (closed.by, closed.discarded, closed.unread_bytes) == ("provider", 1002, 0)


async def test_a_blackhole_may_open_a_while_after_its_notification(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Blackhole(after="1h"), notification=1)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2))
        await trio.sleep(HOUR - 1)
        await provider.send_all(framed(3))
        await trio.sleep(2)
        await provider.send_all(framed(4))
        assert await silence(provider)
        assert [each.identifier for each in apns.accepted] == [1, 2, 3]
        [lost] = apns.discarded
        assert (lost.identifier, lost.behind) == (4, 3)
        assert fired(apns) == [(1, "blackhole", "after 1h")]


async def test_a_connection_goes_dead_while_it_is_idle(autojump_clock: MockClock) -> None:
    async with playing(step(Blackhole(), after="5m")) as apns:
        provider = await apns.connect()
        await provider.send_all(framed(1))
        assert await silence(provider)
        await provider.send_all(framed(2))
        assert await silence(provider)
        assert [each.outcome for each in apns.notifications] == ["accepted", "discarded"]
        [fault] = apns.ledger.of(FaultFired)
        assert apns.discarded[0].cause == fault.seq
        assert fault.t > 300


# At 20 a read is of one byte, and somebody who was waiting for news has taken that already.
@pytest.mark.parametrize(("rate", "count"), [(1024, 100), (30, 3), (20, 2), (1, 1)])
async def test_a_throttled_connection_is_read_no_faster_than_asked(
    rate: int, count: int, autojump_clock: MockClock
) -> None:
    frame = framed(payload=bytes(2000))
    async with playing(step(Throttle(bytes_per_second=rate), notification=1)) as apns:
        provider = await apns.connect()
        await provider.send_all(frame)
        begin = trio.current_time()
        await provider.send_all(frame * count)
        await apns.wait_for(1 + count, timeout=AGES)
        needed = count * len(frame) / rate
        # TLS has bytes of its own, and the reads are of whole sips.
        assert needed <= trio.current_time() - begin <= needed * 1.05
        assert fired(apns)[0] == (1, "throttle", f"{rate} bytes a second")
