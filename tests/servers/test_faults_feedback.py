"""Faults of the feedback service, as its reader sees them in virtual time."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from fakeapns import (
    FakeAPNs,
    FeedbackCut,
    FeedbackDelay,
    FeedbackRepeat,
    FeedbackSilent,
    FeedbackStale,
)
from fakeapns.ledger.entries import ConnectionClosed, FeedbackSent
from fakeapns.protocol import FeedbackTuple, encode_feedback

from ..frames import TOPIC, framed, numbered
from .played import HOUR, Provider, fired, playing, recorded, silence, step
from .streams import read_to_end

GONE = 1_600_000_000.0
LIST = [FeedbackTuple(int(GONE) + number, numbered(number)) for number in (1, 2, 3)]
WIRE = encode_feedback(LIST)
SIZE = len(WIRE) // len(LIST)


async def fill(apns: FakeAPNs) -> None:
    """Put three removed apps on the list, by sending to them."""
    for entry in LIST:
        apns.devices.add(TOPIC, entry.token, "uninstalled", since=entry.timestamp)
    provider = await apns.connect()
    await provider.send_all(b"".join(framed(token=entry.token) for entry in LIST))
    await apns.wait_for(len(LIST))
    await provider.transport_stream.aclose()
    await recorded(apns, ConnectionClosed)


async def ask(apns: FakeAPNs, topic: str = TOPIC) -> Provider:
    return await apns.connect(topic, service="feedback")


@pytest.mark.parametrize(
    ("tuples", "further", "size"),
    [
        (0, 0, 0),
        (1, 0, SIZE),
        (1, 10, SIZE + 10),
        (2, "6B", 2 * SIZE + 6),
        (0, SIZE - 1, SIZE - 1),
        (2, 0, 2 * SIZE),
    ],
)
async def test_a_list_is_cut_where_asked_and_the_rest_comes_next_time(
    autojump_clock: MockClock, tuples: int, further: int | str, size: int
) -> None:
    cut = FeedbackCut(after_tuples=tuples, after_bytes=further)
    async with playing(step(cut, times=1)) as apns:
        await fill(apns)
        assert await read_to_end(await ask(apns)) == WIRE[:size]
        # Half a tuple names nobody, so it has not been handed out.
        assert len(apns.ledger.of(FeedbackSent)) == size // SIZE
        assert await read_to_end(await ask(apns)) == WIRE[size // SIZE * SIZE :]
        ends = await recorded(apns, ConnectionClosed, 3)
        assert {(each.connection, each.by, each.how, each.reason) for each in ends[1:]} == {
            (2, "server", "graceful", "fault"),
            (3, "server", "graceful", "ended"),
        }
        assert fired(apns) == [(1, "feedback_cut", f"3 entries, cut behind {tuples}")]


@pytest.mark.parametrize(
    ("clears", "left"), [("when-written", 1), ("when-closed", 1), ("never", 0)]
)
@pytest.mark.parametrize("further", [0, 10, SIZE - 1])
async def test_an_entry_that_is_cut_stays_on_the_list_though_its_reader_closes_in_order(
    autojump_clock: MockClock, clears: Any, left: int, further: int
) -> None:
    cut = FeedbackCut(after_tuples=1, after_bytes=further)
    async with playing(step(cut, times=1), feedback_clears=clears) as apns:
        await fill(apns)
        reader = await ask(apns)
        assert await read_to_end(reader) == WIRE[: SIZE + further]
        await reader.aclose()
        await recorded(apns, ConnectionClosed, 2)
        listed = [entry for _, entry in apns.devices.feedback([TOPIC])]
        assert [FeedbackTuple(each.timestamp, each.token) for each in listed] == LIST[left:]
        assert await read_to_end(await ask(apns)) == encode_feedback(LIST[left:])


async def test_a_late_list_is_the_list_of_that_later_time(autojump_clock: MockClock) -> None:
    async with playing(step(FeedbackDelay("1h"), times=1)) as apns:
        begin = trio.current_time()
        reader = await ask(apns)
        assert await silence(reader, HOUR - 1)
        await fill(apns)
        assert await read_to_end(reader) == WIRE
        assert trio.current_time() - begin >= HOUR
        assert fired(apns) == [(1, "feedback_delay", "3 entries")]


async def test_a_list_can_come_twice_at_once_and_is_struck_off_all_the_same(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(FeedbackRepeat(), times=1)) as apns:
        await fill(apns)
        assert await read_to_end(await ask(apns)) == 2 * WIRE
        assert len(apns.ledger.of(FeedbackSent)) == 6
        assert fired(apns) == [(1, "feedback_repeat", "6 entries")]
        assert await read_to_end(await ask(apns)) == b""


async def test_a_stale_list_has_the_living_as_gone_long_ago(autojump_clock: MockClock) -> None:
    other = "com.example.other"
    async with playing(step(FeedbackStale("30d"), times=1), topics=[TOPIC, other]) as apns:
        await fill(apns)
        apns.devices.add(TOPIC, numbered(4))
        apns.devices.add(other, numbered(5))
        long_ago = int(apns.devices.now() - 30 * 24 * HOUR)
        assert await read_to_end(await ask(apns)) == (
            encode_feedback([FeedbackTuple(long_ago, numbered(4))]) + WIRE
        )
        assert fired(apns) == [(1, "feedback_stale", "4 entries")]
        assert await read_to_end(await ask(apns)) == b""


async def test_a_silent_list_comes_whole_and_never_ends(autojump_clock: MockClock) -> None:
    async with playing(step(FeedbackSilent())) as apns:
        await fill(apns)
        reader = await ask(apns)
        read = b""
        while len(read) < len(WIRE):
            read += await reader.receive_some()
        assert read == WIRE
        assert await silence(reader)
        await reader.transport_stream.aclose()
        closed = (await recorded(apns, ConnectionClosed, 2))[1]
        assert (closed.by, closed.reason) == ("provider", "ended")
        assert fired(apns) == [(1, "feedback_silent", "3 entries")]


async def test_an_empty_list_can_stay_open_as_well(autojump_clock: MockClock) -> None:
    async with playing(step(FeedbackSilent())) as apns:
        assert await silence(await ask(apns))


async def test_a_fault_of_feedback_acts_for_its_topic_and_connection_only(
    autojump_clock: MockClock,
) -> None:
    other = "com.example.other"
    steps = [step(FeedbackSilent(), topic=other), step(FeedbackSilent(), connection=2)]
    async with playing(*steps, topics=[TOPIC, other]) as apns:
        assert await read_to_end(await ask(apns)) == b""
        assert await silence(await ask(apns))
        assert await silence(await ask(apns, other))
        assert await read_to_end(await ask(apns)) == b""
        assert [each[0] for each in fired(apns)] == [2, 1]
