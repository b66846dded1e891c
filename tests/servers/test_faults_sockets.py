"""Faults in a conversation over real sockets: resets, back-pressure, silence.

What proves that a write was held up is the order of events, never how long it took.
"""

from __future__ import annotations

import socket
import ssl
import threading

import pytest
import trio

from fakeapns import Blackhole, Drop, FakeAPNs, FeedbackSilent, Garbage, Reject, Stall, Throttle
from fakeapns.ledger.entries import ConnectionClosed, Entry, FaultFired, Notification
from fakeapns.protocol import encode_error
from fakeapns.provider.sender import open_tls
from fakeapns.scenario.faults import Fault

from ..frames import framed
from ..providers import PATIENCE, await_entries, dial
from .played import playing, step

#: Far more than the kernel keeps for a reader that does not read.
COUNT = 4_000
LOTS = b"".join(framed(number, payload=bytes(2_000)) for number in range(2, COUNT + 1))
#: Bytes that the kernel keeps for a writer.
SEND_BUFFER = 65_536


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Drop("reset"), b""),
        (Drop("reset", after_bytes=20), b""),
        (Reject(close="reset"), encode_error(8, 7)),
        (Garbage("08 08 id", close="reset"), encode_error(8, 7)),
    ],
    ids=["drop", "drop inside a frame", "reject", "garbage"],
)
def test_a_reset_is_a_reset_behind_what_was_said(fault: Fault, said: bytes) -> None:
    with playing(step(fault)).in_thread() as apns:
        provider = dial(apns)
        provider.sendall(framed(7))
        read = b""
        while len(read) < len(said):
            read += provider.recv(6)
        assert read == said
        # Python's ssl makes an ordinary end of a reset, so the bare socket is asked.
        with socket.socket(fileno=provider.detach()) as bare:
            bare.settimeout(PATIENCE)
            with pytest.raises(ConnectionResetError):
                bare.recv(1)
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.by, closed.how) == ("server", "reset")


def test_a_stall_holds_up_the_providers_writes_and_loses_nothing() -> None:
    written = threading.Event()
    written_before_it_went_on = []

    def look(entry: Entry) -> None:
        if isinstance(entry, Notification) and entry.ordinal == 2:
            written_before_it_went_on.append(written.is_set())

    with playing(step(Stall("500ms"), notification=1)).in_thread() as apns, dial(apns) as provider:
        apns.ledger.watch(look)
        provider.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        provider.sendall(framed(1) + LOTS)
        written.set()
        apns.wait_for(COUNT, timeout=PATIENCE)
        assert written_before_it_went_on == [False]
        assert [each.identifier for each in apns.notifications] == [*range(1, COUNT + 1)]
        [fault] = apns.ledger.of(FaultFired)
        before, after = apns.accepted[0], apns.accepted[1]
        assert before.t <= fault.t <= after.t - 0.5


async def test_a_throttled_connection_holds_up_its_writes_and_no_other() -> None:
    # At a byte a second it is read for weeks, while the other one is through in no time.
    throttle = step(Throttle(bytes_per_second=1), notification=1)
    written: list[str] = []

    async def write(stream: trio.abc.Stream, name: str) -> None:
        await stream.send_all(LOTS)
        written.append(name)

    async with playing(throttle) as apns:
        slow, other = await connect(apns), await connect(apns)
        async with trio.open_nursery() as nursery:
            await slow.send_all(framed(1))
            await apns.wait_for(1, timeout=PATIENCE)
            nursery.start_soon(write, slow, "slow")
            await write(other, "other")
            await apns.wait_for(COUNT, timeout=PATIENCE)
            assert written == ["other"]
            assert {each.connection for each in apns.accepted[1:]} == {2}
            nursery.cancel_scope.cancel()
        for stream in (slow, other):
            await trio.aclose_forcefully(stream)


async def connect(apns: FakeAPNs) -> trio.abc.Stream:
    address = (apns.gateway.host, apns.gateway.port)
    stream = await open_tls(*address, apns.ssl_context(), "localhost")
    assert isinstance(stream, trio.SSLStream)
    stream.transport_stream.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return stream


def test_a_blackhole_takes_everything_and_sends_neither_byte_nor_fin() -> None:
    with playing(step(Blackhole(), notification=1)).in_thread() as apns:
        with dial(apns) as provider:
            provider.sendall(framed(1) + LOTS)
            apns.wait_for(COUNT - 1, outcome="discarded", timeout=PATIENCE)
            provider.setblocking(False)
            with pytest.raises(ssl.SSLWantReadError):
                provider.recv(1)
            provider.setblocking(True)
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.by, closed.accepted, closed.discarded) == ("provider", 1, COUNT - 1)
        assert closed.unread_bytes == 0


def test_a_half_closed_connection_still_takes_what_is_written() -> None:
    with playing(step(Drop("half"))).in_thread() as apns:
        with dial(apns) as provider:
            provider.sendall(framed(1))
            assert provider.recv(1) == b""
            provider.sendall(LOTS)
            apns.wait_for(COUNT - 1, outcome="discarded", timeout=PATIENCE)
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.by, closed.how, closed.reason) == ("server", "half", "fault")


def test_a_silent_feedback_service_sends_no_fin() -> None:
    with playing(step(FeedbackSilent())).in_thread() as apns:
        with dial(apns, service="feedback") as reader:
            await_entries(apns, FaultFired)
            reader.setblocking(False)
            with pytest.raises(ssl.SSLWantReadError):
                reader.recv(1)
        [closed] = await_entries(apns, ConnectionClosed)
        assert closed.by == "provider"


@pytest.mark.parametrize("rate", [2**62, "999999999999MiB"])
def test_a_rate_beyond_all_memory_is_as_good_as_none(rate: int | str) -> None:
    with playing(step(Throttle(rate))).in_thread() as apns:
        provider = dial(apns)
        for number in (1, 2, 3):
            provider.sendall(framed(number))
            await_entries(apns, Notification, number)
        provider.close()
        assert all(each.outcome == "accepted" for each in apns.ledger.of(Notification))
