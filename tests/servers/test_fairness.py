"""Clients that flood a server keep the others waiting for a little work, and lose nothing by it.

What is counted is work, never time: how many frames of others are judged before one's own.
"""

from __future__ import annotations

import pytest
import trio

from fakeapns import FakeAPNs
from fakeapns.ledger.entries import ConnectionClosed, Entry, Notification
from fakeapns.protocol import encode_error
from fakeapns.servers.stream import CHUNK

from ..frames import framed, simple
from .played import recorded

FLOODS = 20
#: What makes work without end: no notification at all, and one with a bad token.
EMPTY, BAD = bytes.fromhex("02 00000000"), simple(b"")


def whole(frame: bytes) -> bytes:
    """As many as fit into one read."""
    return frame * (CHUNK // 2 // len(frame))


@pytest.mark.parametrize("frame", [EMPTY, BAD])
async def test_a_frame_waits_for_a_few_of_others_however_many_are_there(
    frame: bytes,
) -> None:
    async with FakeAPNs() as apns, trio.open_nursery() as nursery:
        floods = [await apns.connect() for _ in range(FLOODS)]
        good = await apns.connect()
        for each in floods:
            nursery.start_soon(each.send_all, whole(frame))
        await _under_way(apns)
        for number in range(3):
            before = len(apns.ledger)
            await good.send_all(framed(number))
            mine = await _mine(apns, number)
            assert mine.seq - before < 200
        # And that was while they went on.
        whole_of_it = FLOODS * len(whole(frame)) // len(frame)
        assert len(apns.ledger) < whole_of_it / 2
        nursery.cancel_scope.cancel()


async def _under_way(apns: FakeAPNs) -> None:
    """Wait until each flood has had its turns."""
    while len(apns.ledger) < 100 * FLOODS:
        await trio.lowlevel.checkpoint()


async def _mine(apns: FakeAPNs, identifier: int) -> Notification:
    """The good one's, once it is on record."""
    found: list[Notification] = []
    came = trio.Event()

    def look(entry: Entry) -> None:
        if isinstance(entry, Notification) and (entry.outcome, entry.identifier) == wanted:
            found.append(entry)
            came.set()

    wanted = ("accepted", identifier)

    stop = apns.ledger.watch(look)
    await came.wait()
    stop()
    return found[0]


async def test_an_answer_comes_when_all_is_on_record_that_was_read_with_its_cause() -> None:
    async with FakeAPNs() as apns:
        provider = await apns.connect()
        await provider.send_all(framed(1, b"") + whole(BAD))
        assert await provider.receive_some(6) == encode_error(2, 1)
        count = len(whole(BAD)) // len(BAD)
        assert len(apns.ledger.notifications("discarded")) == count
        await provider.aclose()
        [closed] = await recorded(apns, ConnectionClosed)
        assert (closed.received, closed.discarded) == (1 + count, count)
        ordinals = [each.ordinal for each in apns.ledger.notifications()]
        assert ordinals == list(range(1, count + 2))


async def test_a_server_that_stops_records_what_it_has_decrypted_and_does_not_tarry() -> None:
    """A hundred thousand frames, most of them read and not looked at yet."""
    async with FakeAPNs() as apns, trio.open_nursery() as nursery:
        floods = [await apns.connect() for _ in range(FLOODS)]
        for each in floods:
            nursery.start_soon(each.send_all, whole(EMPTY))
        await _under_way(apns)
        nursery.cancel_scope.cancel()
    closed = apns.ledger.of(ConnectionClosed)
    assert len(closed) == FLOODS
    assert sum(each.received for each in closed) == len(apns.ledger.notifications())
    assert len(apns.ledger) < FLOODS * len(whole(EMPTY)) // len(EMPTY) / 2
