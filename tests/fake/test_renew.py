"""`renew()`: one server for many tests, each of which finds it as new."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from fakeapns import FakeAPNs, FakeAPNsError, Reject, Scenario, UsageError
from fakeapns.fake.in_thread import RUNNING
from fakeapns.ledger.entries import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    ServerStarted,
)
from fakeapns.ledger.reader import RecordedLedger
from fakeapns.scenario.inhabitants import DeviceEntry
from fakeapns.scenario.steps import On, Step
from fakeapns.servers import Server

from ..frames import TOPIC, framed
from ..providers import dial, read_to_end

STORY = Scenario(
    about="The second notification is refused, once.",
    device=(DeviceEntry(topic=TOPIC, token="1b"),),
    step=(Step(Reject("processing-error"), On(notification=2), times=1),),
)


async def test_everything_is_as_it_was_at_the_start(autojump_clock: MockClock) -> None:
    async with FakeAPNs(scenario=STORY) as apns:
        for _ in range(3):
            assert [type(entry) for entry in apns.ledger] == [ServerStarted]
            assert [device.token[:2] for device in apns.devices] == ["1b"]
            apns.devices.add(TOPIC, "1c").uninstall()
            apns.inject(Reject("invalid-token"), identifier=1)
            stream = await apns.connect()
            await stream.send_all(framed(1))
            await apns.wait_for(outcome="rejected", status="invalid-token")
            other = await apns.connect()
            await other.send_all(framed(2, b"\x1c" * 32))
            await apns.wait_for(outcome="rejected", status="processing-error")
            assert [entry.connection for entry in apns.ledger.of(ConnectionOpened)] == [1, 2]
            await apns.renew()
        assert apns.devices.feedback([TOPIC]) == []


async def test_what_was_open_is_closed_and_belongs_to_the_record_that_was(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect()
        await stream.send_all(framed(1))
        await apns.wait_for()
        before = apns.ledger
        await apns.renew()
        assert await stream.receive_some() == b""
        [end] = before.of(ConnectionClosed)
        assert (end.by, end.reason, end.accepted) == ("server", "stopped", 1)
        assert len(apns.ledger) == 1


async def test_time_counts_from_then_on(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        before = apns.ledger[0].wall
        await trio.sleep(3600)
        await apns.renew()
        assert apns.ledger[0].t == 0
        assert apns.ledger[0].wall >= before


async def test_a_connection_that_comes_meanwhile_is_of_the_new_one(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeAPNs() as apns:
        before = apns.ledger
        await apns.connect()
        async with trio.open_nursery() as nursery:

            async def come() -> None:
                stream = await apns.connect()
                await stream.send_all(framed(1))

            @asynccontextmanager
            async def emptied_while_one_comes(server: Server) -> AsyncIterator[None]:
                async with emptied(server):
                    nursery.start_soon(come)
                    await wait_all_tasks_blocked()
                    yield

            emptied = Server.emptied
            monkeypatch.setattr(Server, "emptied", emptied_while_one_comes)
            await apns.renew()
            [notification] = await apns.wait_for()
        assert notification.connection == 1
        assert len(before.of(ConnectionOpened)) == 1
        assert len(apns.ledger.of(ConnectionOpened)) == 1


def test_a_handshake_that_has_not_ended_is_cut_off() -> None:
    with FakeAPNs().in_thread() as apns:
        before = apns.ledger
        with socket.create_connection((apns.gateway.host, apns.gateway.port)) as raw:
            # The next connection is accepted behind this one.
            dial(apns).close()
            apns.renew()
            assert raw.recv(1) == b""
        assert [each.reason for each in before.of(ConnectionRefused)] == ["stopped"]
        assert len(apns.ledger) == 1


def test_the_thread_form_keeps_its_ports_and_its_connections_do_not() -> None:
    with FakeAPNs().in_thread() as apns:
        ports = apns.gateway.port, apns.feedback.port
        for number in range(3):
            with dial(apns) as connection:
                connection.sendall(framed(number))
                [notification] = apns.wait_for(timeout=30)
                assert notification.identifier == number
                apns.renew()
                assert read_to_end(connection) == b""
        assert (apns.gateway.port, apns.feedback.port) == ports


def test_a_server_that_was_stopped_is_started() -> None:
    apns = FakeAPNs().in_thread()
    apns.start()
    try:
        port = apns.gateway.port
        with dial(apns) as connection:
            connection.sendall(framed(1))
            apns.wait_for(timeout=30)
        apns.stop()
        apns.renew()
        assert apns.gateway.port == port
        assert len(apns.ledger) == 1
    finally:
        apns.stop()


def test_a_file_has_one_run_behind_the_other(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    with FakeAPNs(ledger=path).in_thread() as apns:
        for number in (1, 2):
            with dial(apns) as connection:
                connection.sendall(framed(number))
                apns.wait_for(timeout=30)
                apns.renew()
    kinds = [line.split('"')[3] for line in path.read_text().splitlines()]
    run = ["server.started", "connection.opened", "notification", "connection.closed"]
    assert kinds == [*run, *run, "server.started"]
    assert len(list(RecordedLedger(path))) == 1


def test_it_needs_a_running_server() -> None:
    with pytest.raises(UsageError, match="the server is not running: enter it with `async with`"):
        trio.run(FakeAPNs().renew)


def test_the_wrong_way_to_enter_says_the_right_one() -> None:
    with pytest.raises(UsageError, match="write `async with`, or"), FakeAPNs():
        pass

    async def main() -> None:
        async with FakeAPNs().in_thread():
            pass

    with pytest.raises(UsageError, match="write `with`, without `async`"):
        trio.run(main)


def test_it_is_known_who_runs_and_where_it_was_started_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apns = FakeAPNs().in_thread()
    assert apns not in RUNNING
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "test_one (call)")
    with apns:
        assert apns in RUNNING
        monkeypatch.setenv("PYTEST_CURRENT_TEST", "test_two (call)")
        apns.restart()
        assert apns.started_in == "test_one (call)"
    assert apns not in RUNNING


def test_one_that_does_not_start_does_not_run() -> None:
    with FakeAPNs().in_thread() as apns:
        other = FakeAPNs(gateway_port=apns.gateway.port).in_thread()
        with pytest.raises(FakeAPNsError):
            other.start()
        assert other not in RUNNING
