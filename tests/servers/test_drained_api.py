"""Whether all is dealt with on connections to the provider API: in memory, and over sockets."""

from __future__ import annotations

import contextlib
import ssl
import threading

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, Reject
from fakeapns.ledger import ApiClosed

from ..fronts.api.frames import FINE
from ..protocol.http2.client import (
    END_STREAM,
    HELLO,
    PING,
    SETTINGS_ACK,
    data,
    frame,
    headers,
    post,
)
from ..providers import PATIENCE, dial
from .test_drained import failure

READY = HELLO + SETTINGS_ACK
#: With TLS 1.3 a client has shaken hands before the server has, which is looked at again.
A_LOOK = 0.01


@pytest.mark.parametrize(
    ("wire", "said"),
    [
        (HELLO[:5], "5 bytes have come, too few to tell what is spoken"),
        (READY + headers(1, FINE)[:4], "4 of the 9 bytes that a frame begins with have come"),
        (READY + frame(1, bytes(91))[:50], "50 of 100 bytes of a frame have come"),
        (
            READY + headers(1, FINE, flags=END_STREAM),
            "a header block goes on in a frame that has not come",
        ),
        (READY + headers(1, FINE), "a request is not complete"),
        (
            READY + headers(1, FINE) + headers(3, FINE) + data(1, b'{"aps":{}}', flags=0),
            "2 requests are not complete",
        ),
        (
            READY + headers(1, FINE) + data(1, b'{"aps":{}}')[:12],
            "a request is not complete and 12 of 19 bytes of a frame have come",
        ),
    ],
    ids=["preface", "head", "frame", "block", "request", "requests", "body"],
)
async def test_what_is_half_read_is_named_and_not_waited_for(
    autojump_clock: MockClock, wire: bytes, said: str
) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect(service="api")
        await stream.send_all(wire)
        await apns.settle()
        assert trio.current_time() < A_LOOK
        assert f"connection 1 is open: {said}" in failure(apns, 1)


async def test_what_is_whole_is_dealt_with(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect(service="api")
        await stream.send_all(READY + headers(1, FINE) + data(1)[:3])
        await apns.settle()
        await stream.send_all(data(1)[3:])
        await apns.settle()
        apns.assert_accepted(1)
        assert not any("is open" in line for line in failure(apns, 2))


async def test_who_leaves_in_the_middle_of_a_frame_has_left_so_much_unread(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect(service="api")
        await stream.send_all(READY + post(1, FINE)[:-1])
        await stream.aclose()
        await apns.settle()
        [end] = apns.ledger.of(ApiClosed)
        assert (end.unread_bytes, end.detail) == (10, "10 of 11 bytes of a frame have come")


async def test_an_answer_that_a_fault_holds_back_is_not_waited_for(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Reject("BadTopic", delay="1h"), times=1)
        stream = await apns.connect(service="api")
        await stream.send_all(READY + post(1, FINE) + post(3, FINE))
        await apns.settle()
        assert trio.current_time() < A_LOOK
        # Other streams go on.
        apns.assert_rejected(1)
        apns.assert_accepted(1)
        assert [each.answered for each in apns.notifications] == [None, True]
        await trio.sleep(3600)
        await apns.settle()
        assert [each.answered for each in apns.notifications] == [True, True]


@pytest.mark.parametrize("leaves", [False, True])
async def test_what_is_taken_and_not_dealt_with_is_still_being_read(leaves: bool) -> None:
    said = "connection 1 was still being read"
    async with FakeAPNs() as apns:
        stream = await apns.connect(service="api")
        pushes = b"".join(post(2 * number + 1, FINE) for number in range(200))
        await stream.send_all(READY + pushes)
        if leaves:
            await stream.aclose()
        judged = set[int]()
        while len(apns.accepted) < 200:
            judged.add(len(apns.accepted))
            assert said in failure(apns, 201) or not judged - {0}
            await trio.lowlevel.checkpoint()
        assert len(judged) > 3
        await apns.settle()
        assert said not in failure(apns, 201)


@pytest.mark.parametrize("reads", [True, False])
def test_beside_a_flood_what_another_has_sent_is_judged(reads: bool) -> None:
    with FakeAPNs(settle="300ms").in_thread() as apns:
        over, flooded = threading.Event(), threading.Event()

        def flood() -> None:
            with dial(apns, service="api") as connection:
                connection.sendall(READY)
                connection.setblocking(False)
                while not over.is_set():
                    with contextlib.suppress(ssl.SSLWantWriteError, ssl.SSLWantReadError):
                        connection.send(frame(PING, bytes(8)) * 500)
                        flooded.set()
                        if reads:
                            connection.recv(65_536)

        thread = threading.Thread(target=flood)
        thread.start()
        try:
            assert flooded.wait(PATIENCE)
            with dial(apns, service="api") as connection:
                connection.sendall(READY + post(1, FINE))
                apns.assert_accepted(1)
                # Who asks for more gets an answer as well, by the time that settling has.
                with pytest.raises(AssertionError):
                    apns.assert_accepted(2)
        finally:
            over.set()
            thread.join()
