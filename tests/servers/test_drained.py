"""Whether all is dealt with, over streams in memory and in the server's own loop."""

from __future__ import annotations

import select

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, Reject, Stall
from fakeapns.servers.drained import Drain
from fakeapns.servers.rest import Rest
from fakeapns.servers.visitors import Visitors

from ..frames import TOPIC, framed


def at_rest() -> None:
    """Nobody wants to know."""


@pytest.mark.parametrize("how", ["poll", "select"])
async def test_a_connection_that_nobody_accepts_is_on_its_way(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "select":
        # As Windows has it.
        monkeypatch.delattr(select, "poll")
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener, await trio.open_tcp_stream("127.0.0.1", listener.socket.getsockname()[1]):
        drain = Drain([listener], Visitors(), Rest())
        assert await drain.finish(0.01, at_rest) == ["a connection waited to be accepted"]
        async with await listener.accept():
            assert await drain.finish(3600, at_rest) == []


async def test_one_that_is_accepted_and_not_served_yet_is_in_its_handshake(
    autojump_clock: MockClock,
) -> None:
    visitors, told = Visitors(), list[float]()
    ours, _ = trio.testing.memory_stream_pair()

    async def leave_after_a_while() -> None:
        with visitors.with_one(ours):
            await trio.sleep(100)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(leave_after_a_while)
        await trio.testing.wait_all_tasks_blocked()
        drain = Drain([], visitors, Rest())
        assert await drain.finish(1, at_rest) == ["a connection was still in its handshake"]
        assert trio.current_time() == 1
        assert await drain.finish(3600, lambda: told.append(trio.current_time())) == []
        # The moment is known: it is woken, and looks at nothing in between.
        assert trio.current_time() == 100
        assert len(told) == 1


def failure(apns: FakeAPNs, count: int) -> list[str]:
    """The lines of a failed assertion."""
    with pytest.raises(AssertionError) as raised:
        apns.assert_accepted(count)
    return str(raised.value).splitlines()


async def test_in_trio_what_is_there_is_judged_and_settling_is_asked_for(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect(TOPIC)
        for number in range(20):
            await stream.send_all(framed(number))
            await apns.settle()
            apns.assert_accepted(number + 1)
        assert trio.current_time() == 0
        await stream.send_all(framed(20)[:10])
        assert failure(apns, 21)[-1] == (
            "this form judges what is there: `await apns.settle()` first if more is on its way"
        )
        await apns.settle()
        half = "connection 1 is open: 10 of 72 bytes of a frame have come"
        assert failure(apns, 21)[-2] == half
        # Who waits has waited.
        with pytest.raises(AssertionError) as raised:
            await apns.wait_for(21)
        assert str(raised.value).splitlines()[-1] == half
    # Nothing is on its way to a server that is over.
    await apns.settle()
    assert "settle" not in "".join(failure(apns, 21))


@pytest.mark.parametrize("leaves", [False, True])
async def test_in_trio_what_is_taken_and_not_dealt_with_is_still_being_read(leaves: bool) -> None:
    said = "connection 1 was still being read"
    async with FakeAPNs() as apns:
        stream = await apns.connect(TOPIC)
        # In this order no two of them are judged together: that takes many turns.
        await stream.send_all(framed(order=(3, 2, 1)) * 500)
        if leaves:
            await stream.aclose()
        judged = set[int]()
        while len(apns.accepted) < 500:
            judged.add(len(apns.accepted))
            told = failure(apns, 501)
            assert said in told or not judged - {0}
            assert not any("is open" in each for each in told)
            await trio.lowlevel.checkpoint()
        assert len(judged) > 10
        await apns.settle()
        assert said not in failure(apns, 501)


async def test_in_trio_a_client_on_a_real_socket_is_waited_for_to_its_last_byte() -> None:
    async with FakeAPNs(settle="1h") as apns:
        raw = await trio.open_tcp_stream(apns.gateway.host, apns.gateway.port)
        client = trio.SSLStream(raw, apns.ssl_context(), server_hostname="localhost")
        for number in range(20):
            for _ in range(5):
                await client.send_all(framed(number))
            await apns.settle()
            apns.assert_accepted(5 * number + 5)
        await raw.aclose()


async def test_a_delay_is_not_waited_for_and_a_stall_ends_nothing(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Reject(delay="1h"), identifier=1)
        apns.inject(Stall("1h"), identifier=2)
        late, stalled = await apns.connect(TOPIC), await apns.connect(TOPIC)
        await late.send_all(framed(1) + framed(3))
        await stalled.send_all(framed(2) + framed(4))
        await apns.settle()
        assert trio.current_time() == 0
        apns.assert_rejected(1)
        apns.assert_discarded(1)
        apns.assert_accepted(1)
        assert "connection 2 is not read: stall for 1h" in failure(apns, 2)
        await trio.sleep(3600)
        await apns.settle()
        apns.assert_accepted(2)
