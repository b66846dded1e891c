"""Clients of the API that do not read, over streams on which a writer waits until they do."""

from __future__ import annotations

import trio
from trio.testing import MockClock, lockstep_stream_pair

from fakeapns.fronts import Front
from fakeapns.fronts.api import ApiConnection
from fakeapns.ledger import ApiClosed
from fakeapns.servers.pump import UNREAD_LIMIT

from ..fronts.api.dialogue import Dialogue
from ..fronts.api.frames import FINE
from ..protocol.http2.client import HELLO, PING, SETTINGS_ACK, frame, post
from .driven import drive
from .streams import tls_pair


async def test_who_does_not_read_is_left_and_others_are_not_kept_waiting(
    autojump_clock: MockClock,
) -> None:
    talk = Dialogue(greet=False, topic="com.example.app")
    front = Front(
        "api", 0, None, lambda number, who, now: ApiConnection(number, who, talk.api, now)
    )
    async with trio.open_nursery() as nursery:
        silent, ours = await tls_pair(lockstep_stream_pair())
        nursery.start_soon(drive, ours, front, talk.ledger, 1)
        begun = trio.current_time()
        await silent.send_all(HELLO + SETTINGS_ACK + frame(PING, bytes(8)) * 100)
        other, theirs = await tls_pair(lockstep_stream_pair())
        nursery.start_soon(drive, theirs, front, talk.ledger, 2)
        await other.send_all(HELLO + SETTINGS_ACK + post(1, FINE))
        while not talk.pushes:
            assert await other.receive_some()
        assert talk.latest.answered is True
        assert trio.current_time() == begun
        assert talk.ledger.of(ApiClosed) == []
        await trio.sleep(UNREAD_LIMIT + 1)
        ends = {each.connection: each for each in talk.ledger.of(ApiClosed)}
        assert (ends[1].by, ends[1].how, ends[1].reason) == ("server", "no-close-notify", "limit")
        nursery.cancel_scope.cancel()
