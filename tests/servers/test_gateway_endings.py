"""How the gateway ends a connection, and what it makes of providers that end theirs."""

from __future__ import annotations

import ssl

import pytest
import trio
from trio.testing import MockClock, memory_stream_pair

from fakeapns import Drop, FakeAPNs, Reject, Stall
from fakeapns.fronts.gateway import gateway_front
from fakeapns.ledger.entries import ConnectionClosed, Response
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import encode_error
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import Step

from ..frames import TOPIC, framed, simple
from ..moments import GRACE, PAUSE
from .driven import drive
from .streams import Recording, read_to_end, tls_pair

BAD = framed(1, token=b"")


async def closed(apns: FakeAPNs) -> ConnectionClosed:
    """The first closing entry, as soon as it is there."""
    there = trio.Event()
    stop = apns.ledger.watch(lambda entry: there.set() if is_close(entry) else None)
    if not apns.ledger.of(ConnectionClosed):
        with trio.fail_after(60):
            await there.wait()
    stop()
    return apns.ledger.of(ConnectionClosed)[0]


def is_close(entry: object) -> bool:
    return isinstance(entry, ConnectionClosed)


async def test_the_packet_comes_at_once_and_the_end_a_pause_later(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(framed(41) + framed(42, token=b""))
        begin = trio.current_time()
        assert await provider.receive_some() == encode_error(2, 42)
        assert trio.current_time() == begin
        assert await provider.receive_some() == b""
        assert trio.current_time() == pytest.approx(begin + PAUSE)


async def test_what_is_written_after_the_end_of_our_side_is_still_recorded(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(BAD)
        await trio.sleep(PAUSE + GRACE / 2)
        await provider.send_all(framed(2))
        [late] = await apns.wait_for(outcome="discarded")
        assert (late.identifier, late.behind) == (2, 1)


async def test_the_grace_is_over_whether_the_provider_reads_or_not(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        provider = await apns.connect(TOPIC)
        begin = trio.current_time()
        await provider.send_all(BAD)
        end = await closed(apns)
        assert (end.by, end.how, end.reason) == ("server", "graceful", "error")
        assert trio.current_time() == pytest.approx(begin + PAUSE + GRACE)
        with pytest.raises(trio.BrokenResourceError):
            await provider.send_all(framed(2))


@pytest.mark.parametrize("how", ["graceful", "no-close-notify"])
async def test_a_provider_that_leaves_after_writing_loses_nothing(
    autojump_clock: MockClock, how: str
) -> None:
    async with FakeAPNs() as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(b"".join(framed(number) for number in range(1000)))
        if how == "graceful":
            # It says goodbye, is answered, and then the socket is closed at once.
            begin = trio.current_time()
            transport, rest = await provider.unwrap()
            assert (rest, await transport.receive_some()) == (b"", b"")
            assert trio.current_time() == begin
        else:
            await provider.aclose()
        end = await closed(apns)
        assert (end.by, end.how, end.reason) == ("provider", how, "ended")
        assert (end.received, end.accepted) == (1000, 1000)


async def test_a_provider_that_half_closes_gets_its_pending_error_at_once(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs(error_delay="1h") as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(BAD)
        await apns.wait_for(outcome="rejected")
        await trio.sleep(5)
        transport = provider.transport_stream
        assert isinstance(transport, trio.abc.HalfCloseableStream)
        await transport.send_eof()
        begin = trio.current_time()
        assert await read_to_end(provider) == encode_error(2, 1)
        assert trio.current_time() == begin
        [response] = apns.ledger.of(Response)
        assert (response.delayed_by, response.delayed_ms) == ("provider-ended", 5000)
        assert (await closed(apns)).how == "no-close-notify"


async def test_a_delayed_silent_close_sends_nothing_but_the_end(autojump_clock: MockClock) -> None:
    async with FakeAPNs(error_delay="7s") as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(simple(token=b"") + simple())
        begin = trio.current_time()
        assert await provider.receive_some() == b""
        assert trio.current_time() == pytest.approx(begin + 7)
        assert [each.outcome for each in apns.notifications] == ["rejected", "discarded"]


async def test_a_provider_that_breaks_tls_ends_only_itself(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        hostile, honest = await apns.connect(TOPIC), await apns.connect(TOPIC)
        await hostile.send_all(framed(1))
        await hostile.transport_stream.send_all(b"\x17\x03\x03\x00\x20" + bytes(32))
        end = await closed(apns)
        assert (end.connection, end.by, end.how, end.accepted) == (1, "provider", "lost", 1)
        await honest.send_all(framed(2))
        await apns.wait_for(2)


async def test_too_many_connections_are_refused_until_one_has_closed(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs(max_connections=2) as apns:
        first, second = await apns.connect(TOPIC), await apns.connect(TOPIC)
        with pytest.raises(trio.BrokenResourceError):
            await apns.connect(TOPIC)
        await first.aclose()
        await closed(apns)
        await trio.sleep(GRACE)
        await apns.connect(TOPIC)
        await second.send_all(framed())
        await apns.wait_for()


async def test_stopping_ends_every_connection_and_records_it(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        open_one, failing = await apns.connect(TOPIC), await apns.connect(TOPIC)
        apns.inject(Reject(delay="1h"))
        await failing.send_all(framed(1))
        await apns.wait_for(outcome="rejected")
    assert await open_one.receive_some() == b""
    assert await failing.receive_some() == b""
    ends = apns.ledger.of(ConnectionClosed)
    assert {end.connection for end in ends} == {1, 2}
    assert {(end.by, end.reason) for end in ends} == {("server", "stopped")}


@pytest.mark.parametrize("close", ["graceful", "no-close-notify"])
async def test_a_dropped_connection_ends_without_a_word(
    autojump_clock: MockClock, close: str
) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Drop("graceful" if close == "graceful" else "no-close-notify"), notification=2)
        provider = await apns.connect(TOPIC)
        begin = trio.current_time()
        await provider.send_all(framed(1) + framed(2) + framed(3))
        assert await read_to_end(provider) == b""
        assert trio.current_time() == begin
        await provider.aclose()
        end = await closed(apns)
        assert (end.how, end.reason) == (close, "fault")
        assert (end.accepted, end.discarded) == (2, 1)


async def test_what_came_together_with_the_goodbye_is_judged_after_a_stall(
    autojump_clock: MockClock,
) -> None:
    theirs, ours = memory_stream_pair()
    provider = Recording(theirs)
    client, server = await tls_pair((provider, ours))
    provider.sent.clear()
    provider.holding = True
    for number in (1, 2, 3):
        await client.send_all(framed(number))
    await client.send_eof()
    await provider.release()

    triggers, ledger = Triggers(), Ledger()
    triggers.add(Step(Stall("5s"), times=1))
    judge = Judge(Settings(), Devices(lambda: 0.0), triggers)
    begin = trio.current_time()
    await drive(server, gateway_front(judge, ledger), ledger)
    assert trio.current_time() == pytest.approx(begin + 5)
    [end] = ledger.of(ConnectionClosed)
    assert (end.by, end.how, end.accepted) == ("provider", "graceful", 3)


async def test_what_is_raised_in_the_server_is_its_failure_and_no_end_of_a_connection(
    autojump_clock: MockClock,
) -> None:
    def broken(_: object) -> None:
        raise ssl.SSLError("made up")

    apns = FakeAPNs()

    async def send() -> None:
        async with apns:
            provider = await apns.connect()
            apns.ledger.listen(broken)
            await provider.send_all(framed(1))
            await trio.sleep(1)

    with pytest.raises(ssl.SSLError, match="made up"):
        await send()
    assert apns.ledger.of(ConnectionClosed) == []
