"""Readers of feedback that are slow, or leave half-way.

Over streams on which a writer waits until everything has been read.
"""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock, lockstep_stream_pair

from fakeapns.errors import StartError
from fakeapns.fronts.feedback.connection import BATCH, ORDERLY_CLOSE
from fakeapns.fronts.feedback.front import feedback_front
from fakeapns.ledger.entries import ConnectionClosed, FeedbackSent
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import FeedbackParser
from fakeapns.push.devices import Devices, Removal
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings
from fakeapns.servers.pump import UNREAD_LIMIT
from fakeapns.servers.tls import TLSStream

from ..frames import TOPIC, numbered
from ..moments import GRACE
from .driven import drive
from .streams import read_to_end, tls_pair

WALL = 1_600_000_000.0


class Feedback:
    """A list of `count` tuples, and readers whose every byte the server has to wait for."""

    def __init__(self, count: int, **settings: object) -> None:
        self.devices = Devices(lambda: WALL)
        for number in range(count):
            device = self.devices.add(TOPIC, numbered(number), "uninstalled", since=WALL + number)
            self.devices.report(device.registration)
        self.all = [entry for _, entry in self.devices.feedback([TOPIC])]
        self.judge = Judge(Settings.of(settings), self.devices, Triggers())
        self.ledger = Ledger()
        self.front = feedback_front(self.judge, self.ledger)

    @property
    def listed(self) -> list[Removal]:
        return [entry for _, entry in self.devices.feedback([TOPIC])]

    async def reader(self, nursery: trio.Nursery) -> TLSStream:
        client, server = await tls_pair(lockstep_stream_pair())
        nursery.start_soon(drive, server, self.front, self.ledger)
        return client


async def read_tuples(stream: TLSStream) -> list[Removal]:
    tuples = FeedbackParser().receive_data(await read_to_end(stream))
    return [Removal(each.timestamp, each.token) for each in tuples]


async def test_two_readers_share_the_list_and_none_gets_an_entry_twice(
    autojump_clock: MockClock,
) -> None:
    feedback = Feedback(3 * BATCH)
    async with trio.open_nursery() as nursery:
        slow = await feedback.reader(nursery)
        await trio.testing.wait_all_tasks_blocked()
        quick = await feedback.reader(nursery)
        assert await read_tuples(quick) == feedback.all[BATCH:]
        assert await read_tuples(slow) == feedback.all[:BATCH]
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("clears", "left"),
    [("when-written", 2 * BATCH), ("when-closed", 3 * BATCH), ("never", 3 * BATCH)],
)
async def test_what_a_reader_that_leaves_half_way_has_cleared_is_a_setting(
    autojump_clock: MockClock, clears: str, left: int
) -> None:
    feedback = Feedback(3 * BATCH, feedback_clears=clears)
    async with trio.open_nursery() as nursery:
        reader = await feedback.reader(nursery)
        await reader.receive_some()
        # The first batch is read, the second one is on its way when the reader goes.
        await trio.testing.wait_all_tasks_blocked()
        await reader.aclose()
    assert feedback.listed == feedback.all[-left:]
    [end] = feedback.ledger.of(ConnectionClosed)
    assert (end.by, end.reason) == ("provider", "ended")


async def test_a_reader_that_never_reads_is_given_up_and_gets_nothing_cleared(
    autojump_clock: MockClock,
) -> None:
    feedback = Feedback(2 * BATCH)
    begin = trio.current_time()
    async with trio.open_nursery() as nursery:
        await feedback.reader(nursery)
    assert trio.current_time() == pytest.approx(begin + UNREAD_LIMIT)
    assert feedback.listed == feedback.all
    [end] = feedback.ledger.of(ConnectionClosed)
    assert (end.by, end.reason) == ("server", "limit")


async def test_a_reader_that_vanishes_while_the_server_stops_does_no_harm(
    autojump_clock: MockClock,
) -> None:
    feedback = Feedback(1)
    async with trio.open_nursery() as nursery:
        reader = await feedback.reader(nursery)
        await reader.receive_some()
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
        await reader.aclose()
    [end] = feedback.ledger.of(ConnectionClosed)
    assert (end.by, end.reason) == ("server", "stopped")


@pytest.mark.parametrize("late", [0.0, GRACE - 0.1, GRACE + 1, ORDERLY_CLOSE - 1])
@pytest.mark.parametrize("how", ["goodbye", "half", "close"])
async def test_an_orderly_reader_may_take_its_time_to_close(
    autojump_clock: MockClock, late: float, how: str
) -> None:
    feedback = Feedback(2 * BATCH, feedback_clears="when-closed")
    async with trio.open_nursery() as nursery:
        reader = await feedback.reader(nursery)
        assert await read_tuples(reader) == feedback.all
        await trio.sleep(late)
        # Until it has closed, nobody knows whether it has got them.
        assert feedback.listed == []
        assert feedback.ledger.of(ConnectionClosed) == []
        match how:
            case "goodbye":
                await reader.send_eof()
            case "half":
                await reader.send_eof(close_notify=False)
            case _:
                await reader.aclose()
    assert feedback.listed == []
    [end] = feedback.ledger.of(ConnectionClosed)
    assert (end.by, end.reason) == ("server", "ended")


async def test_a_reader_that_never_closes_has_not_got_its_entries(
    autojump_clock: MockClock,
) -> None:
    feedback = Feedback(2 * BATCH, feedback_clears="when-closed")
    async with trio.open_nursery() as nursery:
        reader = await feedback.reader(nursery)
        assert await read_tuples(reader) == feedback.all
        begin = trio.current_time()
    assert trio.current_time() == pytest.approx(begin + ORDERLY_CLOSE)
    assert feedback.listed == feedback.all


@pytest.mark.parametrize("clears", ["when-written", "never"])
async def test_where_it_does_not_matter_nobody_waits_so_long(
    autojump_clock: MockClock, clears: str
) -> None:
    feedback = Feedback(1, feedback_clears=clears)
    async with trio.open_nursery() as nursery:
        await read_tuples(await feedback.reader(nursery))
        begin = trio.current_time()
    assert trio.current_time() == pytest.approx(begin + GRACE)


async def test_what_nobody_got_is_listed_again_if_the_server_itself_fails(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    feedback = Feedback(2 * BATCH)

    def full() -> None:
        if feedback.ledger.of(FeedbackSent):
            raise StartError("no space left on device")

    monkeypatch.setattr(feedback.ledger, "flush", full)
    _, server = await tls_pair(lockstep_stream_pair())
    with pytest.raises(StartError):
        await drive(server, feedback.front, feedback.ledger)
    assert len(feedback.ledger.of(FeedbackSent)) == BATCH
    assert feedback.listed == feedback.all
    assert len(feedback.ledger.of(ConnectionClosed)) == 1
