"""What a server in either form tells of itself: its ports, and what it has failed with."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, StartError, UsageError

from ..breaking import BrittleLedger
from ..frames import framed
from ..providers import dial, read_to_end


async def test_it_has_ports_from_its_first_start_on() -> None:
    apns = FakeAPNs()
    assert not apns.ports
    async with apns:
        before = apns.gateway.port, apns.feedback.port, apns.api.port
        assert apns.ports == before
    assert apns.ports == before


async def test_in_memory_it_has_none(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        assert not apns.ports


async def test_it_knows_what_it_has_failed_with(tmp_path: Path) -> None:
    ledger = BrittleLedger(tmp_path)
    apns = FakeAPNs(ledger=ledger.path)
    assert apns.failure is None

    async def fail() -> None:
        async with apns:
            assert apns.failure is None
            stream = await apns.connect()
            ledger.break_it()
            await stream.send_all(framed(1))
            await trio.sleep_forever()

    with pytest.raises(StartError):
        await fail()
    assert str(apns.failure) == ledger.said()


def test_in_a_thread_it_can_be_asked_whether_it_has_failed(tmp_path: Path) -> None:
    ledger = BrittleLedger(tmp_path)
    apns = FakeAPNs(ledger=ledger.path).in_thread()
    assert not apns.has_failed()
    apns.start()
    assert not apns.has_failed()
    with dial(apns) as connection:
        ledger.break_it()
        connection.sendall(framed(1))
        # What fails says no goodbye: the end may be a reset.
        with contextlib.suppress(ConnectionResetError):
            assert read_to_end(connection) == b""
    assert apns.has_failed()
    assert str(apns.failure) == ledger.said()
    with pytest.raises(StartError):
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
