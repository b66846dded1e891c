"""Providers that do not read what the gateway says.

Over streams on which a writer waits until everything has been read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import MockClock, lockstep_stream_pair, memory_stream_pair

from fakeapns.fronts.gateway import gateway_front
from fakeapns.ledger.entries import ConnectionClosed, Response
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import encode_error
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.faults import Acknowledge, Reject
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import On, Step
from fakeapns.servers.pump import UNREAD_LIMIT
from fakeapns.servers.tls import TLSStream

from ..frames import framed
from .driven import drive
from .played import HOUR
from .streams import Recording, Transport, tls_pair


class Stuck(Recording):
    """A stream whose peer reads nothing from some moment on."""

    stuck = False

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        if self.stuck:
            await trio.sleep_forever()
        await super().send_all(data)


@asynccontextmanager
async def within_an_hour() -> AsyncIterator[trio.Nursery]:
    """A nursery for gateways, which fails if one of them never ends."""
    with trio.fail_after(HOUR):
        async with trio.open_nursery() as nursery:
            yield nursery


class Gateway:
    """A gateway for which these steps go wrong; each provider comes with its own transport."""

    def __init__(self, *steps: Step) -> None:
        triggers = Triggers()
        for step in steps:
            triggers.add(step)
        self.ledger = Ledger()
        judge = Judge(Settings(), Devices(lambda: 0.0), triggers)
        self.front = gateway_front(judge, self.ledger)
        self.connections = 0

    async def provider(
        self, nursery: trio.Nursery, transports: tuple[Transport, Transport]
    ) -> TLSStream:
        """A provider of this gateway after its handshake."""
        self.connections += 1
        client, server = await tls_pair(transports)
        nursery.start_soon(drive, server, self.front, self.ledger, self.connections)
        return client

    def ends(self) -> dict[int, ConnectionClosed]:
        return {each.connection: each for each in self.ledger.of(ConnectionClosed)}


async def test_a_provider_that_never_reads_its_acknowledgements_is_given_up(
    autojump_clock: MockClock,
) -> None:
    gateway = Gateway(Step(Acknowledge()))
    begin = trio.current_time()
    async with within_an_hour() as nursery:
        deaf = await gateway.provider(nursery, lockstep_stream_pair())
        await deaf.send_all(framed(1))
        # The nursery ends once the gateway has let go of it.
    assert trio.current_time() == pytest.approx(begin + UNREAD_LIMIT)
    end = gateway.ends()[1]
    assert (end.by, end.how, end.reason) == ("server", "no-close-notify", "limit")
    assert (end.received, end.accepted, end.unread_bytes) == (1, 1, 0)
    assert [each.status for each in gateway.ledger.of(Response)] == ["no-error"]


async def test_what_such_a_provider_writes_meanwhile_stays_unread(
    autojump_clock: MockClock,
) -> None:
    gateway = Gateway(Step(Acknowledge()))
    async with within_an_hour() as nursery:
        deaf = await gateway.provider(nursery, lockstep_stream_pair())
        await deaf.send_all(framed(1))
        begin = trio.current_time()
        with pytest.raises(trio.BrokenResourceError):
            await deaf.send_all(framed(2))
        assert trio.current_time() == pytest.approx(begin + UNREAD_LIMIT)
    assert [each.identifier for each in gateway.ledger.notifications()] == [1]


async def test_the_others_do_not_notice(autojump_clock: MockClock) -> None:
    gateway = Gateway(Step(Acknowledge()))
    async with within_an_hour() as nursery:
        deaf = await gateway.provider(nursery, lockstep_stream_pair())
        await deaf.send_all(framed(1))
        honest = await gateway.provider(nursery, memory_stream_pair())
        begin = trio.current_time()
        for number in range(2, 102):
            await honest.send_all(framed(number))
            assert await honest.receive_some() == encode_error(0, number)
        assert trio.current_time() == begin
        await trio.sleep(UNREAD_LIMIT + 1)
        assert set(gateway.ends()) == {1}
        await honest.send_all(framed(102))
        assert await honest.receive_some() == encode_error(0, 102)
        nursery.cancel_scope.cancel()
    assert (gateway.ends()[2].reason, gateway.ends()[2].accepted) == ("stopped", 101)


async def test_a_provider_that_reads_late_but_in_time_is_not_given_up(
    autojump_clock: MockClock,
) -> None:
    gateway = Gateway(Step(Acknowledge()))
    async with within_an_hour() as nursery:
        slow = await gateway.provider(nursery, lockstep_stream_pair())
        for number in (1, 2, 3):
            await slow.send_all(framed(number))
            await trio.sleep(UNREAD_LIMIT - 1)
            assert await slow.receive_some() == encode_error(0, number)
        assert gateway.ends() == {}
        nursery.cancel_scope.cancel()


async def test_an_error_that_nobody_reads_is_given_up_too(autojump_clock: MockClock) -> None:
    gateway = Gateway(Step(Reject(close="keep"), On(identifier=1)))
    async with within_an_hour() as nursery:
        deaf = await gateway.provider(nursery, lockstep_stream_pair())
        await deaf.send_all(framed(1))
    end = gateway.ends()[1]
    assert (end.by, end.rejected) == ("server", 1)
    assert end.reason == "limit"


async def test_stopping_does_not_wait_for_a_provider_that_does_not_read(
    autojump_clock: MockClock,
) -> None:
    gateway = Gateway(Step(Acknowledge()))
    theirs, ours = memory_stream_pair()
    stuck = Stuck(ours)
    async with within_an_hour() as nursery:
        deaf = await gateway.provider(nursery, (theirs, stuck))
        stuck.stuck = True
        await deaf.send_all(framed(1) + framed(2))
        await trio.testing.wait_all_tasks_blocked()
        begin = trio.current_time()
        nursery.cancel_scope.cancel()
    assert trio.current_time() <= begin + 1
    end = gateway.ends()[1]
    assert (end.by, end.reason, end.accepted) == ("server", "stopped", 2)
