"""Faults that act behind a notification, as a provider sees them in virtual time."""

from __future__ import annotations

import sys

import pytest
import trio
from trio.testing import MockClock

from fakeapns import Acknowledge, AfterNotifications, Drop, Garbage, Reject, Shutdown
from fakeapns.ledger.entries import ConnectionClosed
from fakeapns.protocol import GatewayParser, encode_error

from ..frames import framed, numbered, simple
from .played import HOUR, burst, fired, playing, recorded, silence, step
from .streams import read_to_end

# ---- drop -----------------------------------------------------------------------------


async def test_a_drop_comes_right_behind_the_notification(autojump_clock: MockClock) -> None:
    async with playing(step(Drop(), token=numbered(2).hex())) as apns:
        provider = await apns.connect()
        await provider.send_all(b"".join(framed(each, numbered(each)) for each in (1, 2, 3)))
        begin = trio.current_time()
        assert await read_to_end(provider) == b""
        assert trio.current_time() == begin
        assert [each.identifier for each in apns.accepted] == [1, 2]
        assert [each.behind for each in apns.discarded] == [2]
        assert fired(apns) == [(1, "drop", "graceful")]


@pytest.mark.parametrize("extra", [0, 5, 1000], ids="{} bytes more".format)
async def test_a_drop_inside_a_frame_leaves_it_unread(
    autojump_clock: MockClock, extra: int
) -> None:
    async with playing(step(Drop(after_bytes=10), notification=3, times=1)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2) + framed(3)[:9])
        assert await silence(provider)
        await provider.send_all((framed(3)[9:] + bytes(1000))[: extra + 1])
        assert await read_to_end(provider) == b""
        [closed] = await recorded(apns, ConnectionClosed)
        assert (closed.received, closed.accepted, closed.reason) == (2, 2, "fault")
        assert closed.unread_bytes == 10 + extra


async def test_what_comes_behind_a_drop_inside_a_frame_is_counted_and_does_not_pile_up(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []

    class Watched(GatewayParser):
        def receive_data(self, data: bytes) -> None:
            before = sys.getrefcount(data)
            super().receive_data(data)
            held.append(sys.getrefcount(data) - before)

    monkeypatch.setattr("fakeapns.fronts.gateway.reading.GatewayParser", Watched)
    async with playing(step(Drop("half", after_bytes=10), notification=2)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1) + framed(2)[:10])
        assert await read_to_end(provider) == b""
        for number in range(20):
            await trio.sleep(HOUR)
            await provider.send_all(framed(number) * 100)
        await provider.transport_stream.aclose()
        [closed] = await recorded(apns, ConnectionClosed)
        assert (closed.how, closed.received) == ("half", 1)
        assert closed.unread_bytes == 10 + 2000 * len(framed(1))
    assert held[0] == 1
    assert not any(held[1:])


async def test_what_comes_behind_a_short_frame_does_not_make_it_longer(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Drop(after_bytes=1000), notification=3)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(*range(1, 101)))
        await apns.wait_for(100)
        assert await silence(provider)
        assert fired(apns) == []


async def test_an_idle_connection_is_dropped_by_time_alone(autojump_clock: MockClock) -> None:
    async with playing(step(Drop(), after="1h")) as apns:
        provider = await apns.connect()
        begin = trio.current_time()
        await provider.send_all(framed())
        assert await read_to_end(provider) == b""
        assert trio.current_time() == begin + HOUR
        assert len(apns.accepted) == 1


# ---- shutdown -------------------------------------------------------------------------


async def test_a_shutdown_names_the_one_that_was_last_when_it_was_decided(
    autojump_clock: MockClock,
) -> None:
    fault = Shutdown(delay=AfterNotifications(1))
    async with playing(step(fault, notification=2)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(21, 22, 23))
        assert await read_to_end(provider) == encode_error(10, 22)
        assert [each.identifier for each in apns.discarded] == [23]
        assert fired(apns) == [(1, "shutdown", "last accepted 22")]


async def test_a_shutdown_of_an_idle_connection_names_nobody(autojump_clock: MockClock) -> None:
    async with playing(step(Shutdown(), after="20m")) as apns:
        provider = await apns.connect()
        begin = trio.current_time()
        assert await provider.receive_some() == encode_error(10, 0)
        assert trio.current_time() == begin + 1200
        [closed] = await recorded(apns, ConnectionClosed)
        assert closed.reason == "shutdown"


# ---- acknowledge, garbage -------------------------------------------------------------


async def test_every_accepted_notification_is_acknowledged_and_no_other(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Reject(), identifier=3), step(Acknowledge())) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2) + simple() + burst(3, 4))
        expected = [encode_error(0, 1), encode_error(0, 2), encode_error(8, 3)]
        assert await read_to_end(provider) == b"".join(expected)
        assert fired(apns)[0] == (2, "acknowledge", "identifier 1")


async def test_an_acknowledged_connection_stays_open(autojump_clock: MockClock) -> None:
    async with playing(step(Acknowledge())) as apns:
        provider = await apns.connect()
        await provider.send_all(framed(1))
        assert await provider.receive_some() == encode_error(0, 1)
        assert await silence(provider)
        await provider.send_all(framed(2))
        assert await provider.receive_some() == encode_error(0, 2)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("48 54 54 50", b"HTTP"),
        ("08 08 id", encode_error(8, 258)),
        ("0808", b"\x08\x08"),
        ("08 08 id 08 08 id", encode_error(8, 258) * 2),
    ],
)
async def test_garbage_is_said_as_it_is_written(
    autojump_clock: MockClock, written: str, said: bytes
) -> None:
    async with playing(step(Garbage(written))) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(258, 259))
        assert await read_to_end(provider) == said
        assert [each.identifier for each in apns.accepted] == [258]
        assert [each.identifier for each in apns.discarded] == [259]
        assert fired(apns) == [(1, "garbage", said.hex(" "))]
