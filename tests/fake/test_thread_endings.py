"""A server in a thread that fails, stops, and comes back."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from fakeapns import (
    FakeAPNs,
    Notification,
    Reject,
    StartError,
    ThreadedAPNs,
    UsageError,
)
from fakeapns.ledger.entries import ConnectionOpened, ServerStarted
from fakeapns.ledger.reader import RecordedLedger

from ..breaking import BrittleLedger
from ..frames import framed
from ..providers import dial, read_to_end
from .callers import send

# ---- mistakes and failures ------------------------------------------------------------------


def test_what_the_body_raises_comes_out_as_it_is() -> None:
    with pytest.raises(KeyError, match="mine") as raised, FakeAPNs().in_thread():
        raise KeyError("mine")
    assert raised.type is KeyError


def test_what_keeps_it_from_starting_comes_out_as_it_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        apns = FakeAPNs(gateway_port=taken.getsockname()[1]).in_thread()
        with pytest.raises(StartError, match="is in use"):
            apns.start()
    assert "fakeapns" not in [thread.name for thread in threading.enumerate()]


def break_by_a_notification(apns: ThreadedAPNs, ledger: BrittleLedger) -> None:
    with dial(apns) as connection:
        ledger.break_it()
        connection.sendall(framed(1))
        assert read_to_end(connection) == b""


def test_a_failure_inside_the_server_comes_out_at_its_end(tmp_path: Path) -> None:
    ledger = BrittleLedger(tmp_path)
    apns = FakeAPNs(ledger=ledger.path).in_thread()
    apns.start()
    break_by_a_notification(apns, ledger)
    with pytest.raises(StartError, match="cannot write the ledger"):
        apns.stop()


def make_it_fail(folder: Path, failure_of_the_body: Exception | None) -> None:
    ledger = BrittleLedger(folder)
    with FakeAPNs(ledger=ledger.path).in_thread() as apns:
        break_by_a_notification(apns, ledger)
        if failure_of_the_body is not None:
            raise failure_of_the_body


def test_a_failure_inside_the_server_comes_out_of_the_block(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot write the ledger"):
        make_it_fail(tmp_path, None)


def test_the_failure_of_the_body_is_worth_more_than_one_of_the_server(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        make_it_fail(tmp_path, KeyError())


def test_who_waits_while_the_server_stops_is_told() -> None:
    failures: list[str] = []
    begun = threading.Event()

    def look(_: Notification) -> bool:
        begun.set()
        return True

    def wait() -> None:
        try:
            apns.wait_for(2, where=look, timeout=30)
        except UsageError as failure:
            failures.append(str(failure))

    waiting = threading.Thread(target=wait)
    with FakeAPNs().in_thread() as apns:
        send(apns, framed(1))
        apns.wait_for(timeout=30)
        waiting.start()
        assert begun.wait(30)
    waiting.join()
    assert failures == ["the server was stopped: start it again, or do this before it ends"]


def test_waiting_takes_a_running_server() -> None:
    apns = FakeAPNs().in_thread()
    with pytest.raises(UsageError, match="not running: enter it with `with` first"):
        apns.wait_for()
    with apns:
        pass
    with pytest.raises(UsageError, match="was stopped: start it again, or do this before it ends"):
        apns.wait_for()


def test_a_second_start_beside_the_first_is_a_mistake() -> None:
    apns = FakeAPNs().in_thread()
    with apns, pytest.raises(UsageError, match=r"running already, .*: use it, without `with`"):
        apns.start()


def test_after_a_stop_it_comes_back_on_the_same_ports_with_all_it_knew() -> None:
    apns = FakeAPNs().in_thread()
    with apns:
        before = apns.gateway, apns.feedback
        device = apns.devices.add("com.example.app")
        apns.inject(Reject("invalid-token"), token=device.token)
        send(apns, framed(1))
        apns.wait_for(timeout=30)
        apns.wait_until_quiet(0.1)
        count = len(apns.ledger)
    assert (apns.gateway, apns.feedback) == before
    with pytest.raises(ConnectionRefusedError):
        dial(apns)
    with apns:
        assert (apns.gateway, apns.feedback) == before
        send(apns, framed(2))
        send(apns, framed(3, device.token_bytes))
        apns.wait_for(2, timeout=30)
        [rejected] = apns.wait_for(outcome="rejected", timeout=30)
    assert rejected.identifier == 3
    # One record, one numbering, one clock.
    assert [entry.seq for entry in apns.ledger] == list(range(1, len(apns.ledger) + 1))
    assert [type(entry) for entry in apns.ledger].count(ServerStarted) == 1
    assert len(apns.ledger) > count
    moments = [entry.t for entry in apns.ledger]
    assert moments == sorted(moments)
    numbers = [each.connection for each in apns.ledger.of(ConnectionOpened)]
    assert numbers == [1, 2, 3]


def test_a_restart_is_a_stop_and_a_start() -> None:
    with FakeAPNs().in_thread() as apns:
        before = apns.gateway
        with dial(apns) as old:
            apns.restart()
            assert read_to_end(old) == b""
        assert apns.gateway == before
        send(apns, framed(1))
        apns.wait_for(timeout=30)


def test_a_file_goes_on_behind_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with FakeAPNs(ledger=path).in_thread() as apns:
        for identifier in (1, 2):
            send(apns, framed(identifier))
            apns.wait_for(identifier, timeout=30)
            apns.restart()
    recorded = RecordedLedger(path)
    assert [each.identifier for each in recorded.notifications()] == [1, 2]
    assert [each.seq for each in recorded] == [each.seq for each in apns.ledger]
