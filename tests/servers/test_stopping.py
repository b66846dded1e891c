"""A server that stops: what was going on is judged, and every connection is on record."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock, memory_stream_pair

from fakeapns import FakeAPNs, Refuse, Reject, SlowHandshake, Stall, Throttle
from fakeapns.fake.both_forms import emulator_of
from fakeapns.ledger.entries import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    FaultFired,
)
from fakeapns.protocol import encode_error
from fakeapns.scenario.faults import Fault, Service

from ..frames import TOPIC, framed
from ..providers import await_entries, knock
from .played import HOUR, burst, playing, recorded, step
from .streams import read_to_end

SERVICES: tuple[Service, ...] = ("gateway", "feedback")


def come_in(apns: FakeAPNs, service: Service = "gateway") -> trio.abc.HalfCloseableStream:
    """A client that has connected and says nothing."""
    server = emulator_of(apns).server
    assert server is not None
    ours, theirs = memory_stream_pair()
    server.take(service, ours)
    return theirs


# ---- in the handshake -------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
async def test_who_has_said_nothing_yet_is_refused_by_the_stop(
    autojump_clock: MockClock, service: Service
) -> None:
    async with FakeAPNs() as apns:
        client = come_in(apns, service)
        await trio.testing.wait_all_tasks_blocked()
    [refused] = apns.ledger.of(ConnectionRefused)
    assert (refused.connection, refused.service, refused.reason) == (1, service, "stopped")
    assert refused.hint == "the server was stopped while the client was in its handshake"
    assert await client.receive_some() == b""


@pytest.mark.parametrize("fault", [SlowHandshake("1h"), Refuse("before-handshake")])
async def test_who_is_held_up_by_a_fault_is_refused_by_the_stop(
    autojump_clock: MockClock, fault: Fault
) -> None:
    async with playing(step(fault), handshake_timeout="1h") as apns:
        come_in(apns)
        await recorded(apns, FaultFired)
    assert [each.reason for each in apns.ledger.of(ConnectionRefused)] == ["stopped"]


async def test_who_was_refused_already_is_not_refused_again(autojump_clock: MockClock) -> None:
    async with playing(step(Refuse("close"))) as apns:
        come_in(apns)
        await recorded(apns, ConnectionRefused)
        await trio.testing.wait_all_tasks_blocked()
    assert [each.reason for each in apns.ledger.of(ConnectionRefused)] == ["fault"]


async def test_who_came_as_far_as_to_speak_is_closed_and_not_refused(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        for service in SERVICES:
            await apns.connect(TOPIC, service)
        come_in(apns)
        await recorded(apns, ConnectionOpened, 2)
        await trio.testing.wait_all_tasks_blocked()
    assert [each.connection for each in apns.ledger.of(ConnectionRefused)] == [3]
    ends = apns.ledger.of(ConnectionClosed)
    assert sorted((each.connection, each.reason) for each in ends) == [
        (1, "stopped"),
        (2, "stopped"),
    ]


def test_a_socket_in_its_handshake_is_refused_by_the_stop() -> None:
    with playing(step(SlowHandshake("1h"))).in_thread() as apns:
        connection = knock(apns)
        await_entries(apns, FaultFired)
    with connection:
        assert connection.recv(1) == b""
    assert [each.reason for each in apns.ledger.of(ConnectionRefused)] == ["stopped"]


# ---- while stalled ----------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, None], ids=["once", "at each"])
async def test_what_was_read_before_a_stall_is_judged_at_the_stop(
    autojump_clock: MockClock, times: int | None
) -> None:
    async with playing(step(Stall("1h"), times=times)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2, 3))
        await recorded(apns, FaultFired)
        assert [each.identifier for each in apns.notifications] == [1]
        begin = trio.current_time()
    assert trio.current_time() == begin
    assert [(each.identifier, each.outcome) for each in apns.notifications] == [
        (1, "accepted"),
        (2, "accepted"),
        (3, "accepted"),
    ]
    [end] = apns.ledger.of(ConnectionClosed)
    assert apns.ledger[-1] is end
    assert (end.by, end.reason) == ("server", "stopped")
    assert (end.received, end.accepted, end.unread_bytes) == (3, 3, 0)


async def test_what_was_read_before_a_stall_may_still_be_refused(
    autojump_clock: MockClock,
) -> None:
    steps = [step(Stall("1h"), identifier=1), step(Reject("unknown"), identifier=2)]
    async with playing(*steps) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2, 3))
        await recorded(apns, FaultFired)
    assert [each.outcome for each in apns.notifications] == ["accepted", "rejected", "discarded"]
    [end] = apns.ledger.of(ConnectionClosed)
    assert (end.accepted, end.rejected, end.discarded, end.unread_bytes) == (1, 1, 1, 0)
    assert await read_to_end(provider) == encode_error(255, 2)


async def test_half_a_frame_behind_a_stall_stays_unread(autojump_clock: MockClock) -> None:
    async with playing(step(Stall("1h"), times=1)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2) + framed(3)[:-1])
        await recorded(apns, FaultFired)
    [end] = apns.ledger.of(ConnectionClosed)
    assert (end.accepted, end.unread_bytes) == (2, len(framed(3)) - 1)


async def test_a_stall_by_time_does_not_outlive_the_server(autojump_clock: MockClock) -> None:
    async with playing(step(Stall("1h"), after="1h")) as apns:
        provider = await apns.connect()
        await provider.send_all(framed(1))
        await trio.sleep(HOUR)
        await provider.send_all(framed(2))
        await recorded(apns, FaultFired)
        begin = trio.current_time()
    assert trio.current_time() == begin
    assert begin >= HOUR
    [end] = apns.ledger.of(ConnectionClosed)
    assert (end.reason, end.accepted) == ("stopped", 1)


async def test_a_throttled_connection_is_stopped_at_once(autojump_clock: MockClock) -> None:
    async with playing(step(Throttle(1), identifier=1)) as apns:
        provider = await apns.connect()
        await provider.send_all(framed(1))
        await apns.wait_for(1)
        await provider.send_all(framed(2))
        await recorded(apns, FaultFired)
        begin = trio.current_time()
    assert trio.current_time() == begin
    [end] = apns.ledger.of(ConnectionClosed)
    assert (end.reason, end.accepted) == ("stopped", 1)
