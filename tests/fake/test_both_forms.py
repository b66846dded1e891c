"""What a server in either form tells of itself: its ports, and what it has failed with."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from fakeapns import Drop, FakeAPNs, UsageError

from ..frames import framed
from ..providers import dial, read_to_end


def mistaken(_: object) -> bool:
    raise ZeroDivisionError


async def test_it_has_ports_from_its_first_start_on() -> None:
    apns = FakeAPNs()
    assert not apns.ports
    async with apns:
        before = apns.gateway.port, apns.feedback.port
        assert apns.ports == before
    assert apns.ports == before


async def test_in_memory_it_has_none(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        assert not apns.ports


async def test_it_knows_what_it_has_failed_with() -> None:
    apns = FakeAPNs()
    assert apns.failure is None

    async def fail() -> None:
        async with apns:
            assert apns.failure is None
            apns.inject(Drop(), where=mistaken)
            stream = await apns.connect()
            await stream.send_all(framed(1))
            await trio.sleep_forever()

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert isinstance(apns.failure, ZeroDivisionError)


def test_in_a_thread_it_can_be_asked_whether_it_has_failed() -> None:
    apns = FakeAPNs().in_thread()
    assert not apns.has_failed()
    apns.start()
    assert not apns.has_failed()
    apns.inject(Drop(), where=mistaken)
    with dial(apns) as connection:
        connection.sendall(framed(1))
        assert read_to_end(connection) == b""
    assert apns.has_failed()
    assert isinstance(apns.failure, ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        apns.stop()
    # Now it is stopped, and that is no failure.
    assert not apns.has_failed()


def test_catching_up_needs_a_server_that_runs() -> None:
    apns = FakeAPNs().in_thread()
    with pytest.raises(UsageError, match="the server is not running: enter it with `with` first"):
        apns.catch_up()
    with apns:
        apns.catch_up()
    with pytest.raises(UsageError, match="the server was stopped"):
        apns.catch_up()
