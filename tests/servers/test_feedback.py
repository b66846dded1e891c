"""The feedback service on memory streams, in virtual time."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from fakeapns import Device, FakeAPNs
from fakeapns.ledger.entries import ConnectionClosed, ConnectionOpened, FeedbackSent
from fakeapns.protocol import FeedbackParser, FeedbackTuple

from ..frames import TOPIC, framed, numbered
from ..moments import GRACE, PAUSE
from .streams import read_to_end

WALL = 1_600_000_000.0
OTHER = "com.example.other"


async def read(apns: FakeAPNs, topic: str = TOPIC) -> list[FeedbackTuple]:
    """Read the list as a provider does, to its end."""
    reader = await apns.connect(topic, service="feedback")
    parser = FeedbackParser()
    tuples = list(parser.receive_data(await read_to_end(reader)))
    await reader.aclose()
    return tuples


async def send_to(apns: FakeAPNs, *devices: Device) -> None:
    """Send something to each of these devices."""
    before = len(apns.notifications)
    provider = await apns.connect(devices[0].topic)
    await provider.send_all(b"".join(framed(token=device.token_bytes) for device in devices))
    await apns.wait_for(before + len(devices), outcome=None)
    await provider.aclose()


async def test_a_removed_app_is_listed_once_after_a_send(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC)
        device.uninstall(at=WALL)
        assert await read(apns) == []
        await send_to(apns, device, device)
        assert await read(apns) == [FeedbackTuple(int(WALL), device.token_bytes)]
        assert await read(apns) == []


async def test_an_accepted_send_to_a_removed_app_is_listed_again(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        for _ in range(2):
            await send_to(apns, device)
            assert [entry.token for entry in await read(apns)] == [device.token_bytes]
        assert len(apns.accepted) == 2


async def test_a_refused_send_to_a_removed_app_is_listed_too(autojump_clock: MockClock) -> None:
    async with FakeAPNs(uninstalled="reject") as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        await send_to(apns, device)
        assert [each.status for each in apns.rejected] == ["invalid-token"]
        assert [entry.token for entry in await read(apns)] == [device.token_bytes]


async def test_each_topic_has_its_own_list(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        mine = apns.devices.add(TOPIC, state="uninstalled")
        other = apns.devices.add(OTHER, state="uninstalled")
        await send_to(apns, mine)
        await send_to(apns, other)
        assert [entry.token for entry in await read(apns, OTHER)] == [other.token_bytes]
        assert [entry.token for entry in await read(apns, TOPIC)] == [mine.token_bytes]


async def test_the_list_is_in_the_order_of_its_times(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        devices = [
            apns.devices.add(TOPIC, state="uninstalled", since=WALL + offset)
            for offset in (5, 1, 3)
        ]
        await send_to(apns, *devices)
        assert [entry.timestamp - WALL for entry in await read(apns)] == [1, 3, 5]


async def test_tokens_keep_their_length(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC, numbered(7, size=100), "uninstalled")
        await send_to(apns, device)
        assert [entry.token for entry in await read(apns)] == [device.token_bytes]


async def test_an_empty_list_is_closed_at_once_and_a_full_one_after_a_pause(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        begin = trio.current_time()
        await read(apns)
        assert trio.current_time() == begin
        await send_to(apns, device)
        begin = trio.current_time()
        await read(apns)
        assert trio.current_time() == pytest.approx(begin + PAUSE)


async def test_a_read_is_recorded_tuple_by_tuple(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC, state="uninstalled", since=WALL)
        await send_to(apns, device)
        await read(apns)
        await apns.wait_until_quiet(GRACE)
        opened = apns.ledger.of(ConnectionOpened)[-1]
        assert (opened.connection, opened.service, opened.topic) == (2, "feedback", TOPIC)
        [sent] = apns.ledger.of(FeedbackSent)
        assert (sent.connection, sent.token, sent.topic) == (2, device.token, TOPIC)
        assert sent.timestamp == WALL
        end = apns.ledger.of(ConnectionClosed)[-1]
        assert (end.connection, end.by, end.how, end.reason) == (2, "server", "graceful", "ended")
        assert (end.received, end.unread_bytes) == (0, 0)


async def test_what_a_reader_writes_is_counted_and_ignored(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        await send_to(apns, device)
        reader = await apns.connect(TOPIC, service="feedback")
        await reader.send_all(b"hello?")
        assert len(await read_to_end(reader)) == 38
        await reader.aclose()
        await apns.wait_until_quiet(GRACE)
        assert apns.ledger.of(ConnectionClosed)[-1].unread_bytes == 6


async def test_a_reader_that_stays_is_left_after_a_grace(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        begin = trio.current_time()
        reader = await apns.connect(TOPIC, service="feedback")
        assert await read_to_end(reader) == b""
        await apns.wait_until_quiet(2 * GRACE)
        [end] = apns.ledger.of(ConnectionClosed)
        assert end.t == pytest.approx(begin + GRACE)


async def test_a_reader_may_be_the_first_to_leave(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        await send_to(apns, device)
        reader = await apns.connect(TOPIC, service="feedback")
        await reader.receive_some()
        await reader.aclose()
        await apns.wait_until_quiet(GRACE)
        end = apns.ledger.of(ConnectionClosed)[-1]
        assert (end.by, end.how, end.reason) == ("provider", "no-close-notify", "ended")
        assert await read(apns) == []


async def test_stopping_the_server_ends_a_read(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        await send_to(apns, device)
        reader = await apns.connect(TOPIC, service="feedback")
        await reader.receive_some(38)
    assert await read_to_end(reader) == b""
    assert apns.ledger.of(ConnectionClosed)[-1].reason == "stopped"


@pytest.mark.parametrize("listed", [False, True], ids=["while lingering", "in the pause"])
async def test_a_reader_that_breaks_tls_ends_only_itself(
    autojump_clock: MockClock, listed: bool
) -> None:
    async with FakeAPNs() as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        if listed:
            await send_to(apns, device)
        reader = await apns.connect(TOPIC, service="feedback")
        await reader.transport_stream.send_all(b"\x17\x03\x03\x00\x20" + bytes(32))
        await apns.wait_until_quiet(GRACE)
        end = apns.ledger.of(ConnectionClosed)[-1]
        assert (end.by, end.how, end.reason) == ("provider", "lost", "ended")
        await send_to(apns, device)


async def test_with_never_the_list_stays(autojump_clock: MockClock) -> None:
    async with FakeAPNs(feedback_clears="never") as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        await send_to(apns, device)
        first = await read(apns)
        assert len(first) == 1
        assert await read(apns) == first


async def test_with_when_closed_an_orderly_reader_clears_the_list(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs(feedback_clears="when-closed") as apns:
        device = apns.devices.add(TOPIC, state="uninstalled")
        await send_to(apns, device)
        assert len(await read(apns)) == 1
        await apns.wait_until_quiet(GRACE)
        assert await read(apns) == []
