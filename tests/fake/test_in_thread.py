"""`FakeAPNs` in a thread of its own, for callers of every kind."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import trio

from fakeapns import (
    Drop,
    FakeAPNs,
    Notification,
    ReconnectBlock,
    Reject,
    StartError,
    ThreadedAPNs,
    UsageError,
)
from fakeapns.fake.server_thread import NAME
from fakeapns.ledger.entries import ConnectionClosed, ConnectionOpened, ServerStarted
from fakeapns.ledger.reader import RecordedLedger

from ..frames import TOPIC, framed, numbered
from ..providers import dial, read_to_end

Runner = Callable[[Callable[[], Coroutine[Any, Any, None]]], object]


def in_asyncio(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())


RUNNERS = pytest.mark.parametrize(
    ("loop", "run"), [("asyncio", in_asyncio), ("trio", trio.run)], ids=["asyncio", "trio"]
)


def send(apns: ThreadedAPNs, *frames: bytes) -> None:
    """Send and leave, as a provider in the caller's thread."""
    with dial(apns) as connection:
        connection.sendall(b"".join(frames))


def test_a_plain_test_needs_no_loop() -> None:
    with FakeAPNs().in_thread() as apns:
        send(apns, framed(1), framed(2))
        assert [each.identifier for each in apns.wait_for(2, timeout=30)] == [1, 2]
        apns.assert_accepted(2)
        assert apns.audit([(each.token, each.payload) for each in apns.accepted]).ok


def test_it_may_be_started_and_stopped_by_hand() -> None:
    apns = FakeAPNs().in_thread()
    apns.start()
    send(apns, framed(1))
    apns.wait_for(timeout=30)
    apns.stop()
    apns.stop()
    assert "fakeapns" not in [thread.name for thread in threading.enumerate()]
    assert apns.ledger.of(ConnectionClosed)


def test_stopping_what_never_ran_is_no_mistake() -> None:
    FakeAPNs().in_thread().stop()


def test_an_end_of_the_server_is_seen_by_its_providers_and_recorded() -> None:
    with FakeAPNs().in_thread() as apns:
        connection = dial(apns)
        connection.sendall(framed(1))
        apns.wait_for(timeout=30)
    with connection:
        assert read_to_end(connection) == b""
    [end] = apns.ledger.of(ConnectionClosed)
    assert (end.by, end.reason) == ("server", "stopped")


def test_waiting_until_quiet_blocks_and_returns() -> None:
    with FakeAPNs().in_thread() as apns:
        send(apns, framed(1))
        apns.wait_until_quiet(0.01)


def test_a_reset_happens_before_it_returns() -> None:
    with FakeAPNs().in_thread() as apns:
        send(apns, framed(1))
        apns.wait_for(timeout=30)
        apns.reset()
        assert apns.accepted == []
        send(apns, framed(2))
        assert [each.identifier for each in apns.wait_for(timeout=30)] == [2]


def test_devices_and_faults_can_be_changed_while_it_runs() -> None:
    with FakeAPNs(tokens="registered").in_thread() as apns:
        device = apns.devices.add(TOPIC)
        apns.inject(Drop(), identifier=2)
        send(apns, framed(1, device.token_bytes), framed(2, device.token_bytes))
        apns.wait_for(2, token=device.token, timeout=30)
        device.uninstall()
        apns.clear_faults()
        send(apns, framed(3, device.token_bytes))
        apns.wait_for(3, timeout=30)
        with dial(apns, service="feedback") as reader:
            assert read_to_end(reader)[6:] == device.token_bytes


def test_several_threads_may_wait_at_once() -> None:
    found: list[int] = []
    with FakeAPNs().in_thread() as apns:

        def wait(number: int) -> None:
            found.append(len(apns.wait_for(token=numbered(number), timeout=30)))

        waiting = [threading.Thread(target=wait, args=(number,)) for number in range(5)]
        for thread in waiting:
            thread.start()
        send(apns, *(framed(number, numbered(number)) for number in range(5)))
        for thread in waiting:
            thread.join()
    assert found == [1] * 5


# ---- callers inside a loop ------------------------------------------------------------------


@RUNNERS
def test_a_caller_in_a_loop_can_await(loop: str, run: Runner) -> None:
    async def main() -> None:
        with FakeAPNs().in_thread() as apns:
            sender = threading.Thread(target=send, args=(apns, framed(1)))
            sender.start()
            [notification] = await apns.wait_for_async(timeout=30)
            assert notification.identifier == 1
            await apns.wait_until_quiet_async(0.01)
            sender.join()

    run(main)


@RUNNERS
def test_a_caller_in_a_loop_can_block(loop: str, run: Runner) -> None:
    async def main() -> None:
        with FakeAPNs().in_thread() as apns:
            sender = threading.Thread(target=send, args=(apns, framed(1)))
            sender.start()
            assert len(apns.wait_for(timeout=30)) == 1
            apns.wait_until_quiet(0.01)
            sender.join()

    run(main)


@RUNNERS
def test_a_blocking_wait_in_vain_tells_of_the_loop_that_stood_still(loop: str, run: Runner) -> None:
    async def main() -> None:
        with FakeAPNs().in_thread() as apns, pytest.raises(AssertionError) as raised:
            apns.wait_for(timeout=0.01)
        lines = str(raised.value).splitlines()
        assert lines[0] == "waited 0.01 s for 1 accepted, found 0"
        assert lines[-1] == (
            f"This blocking wait stood still the {loop} loop that called it, and whatever was to "
            "send in that loop: await apns.wait_for_async(…) instead."
        )

    run(main)


@RUNNERS
def test_an_awaited_wait_in_vain_says_nothing_of_loops(loop: str, run: Runner) -> None:
    async def main() -> None:
        with FakeAPNs().in_thread() as apns, pytest.raises(AssertionError) as raised:
            await apns.wait_for_async(timeout=0.01)
        assert "loop" not in str(raised.value)

    run(main)


def test_a_plain_wait_in_vain_says_nothing_of_loops() -> None:
    with FakeAPNs().in_thread() as apns, pytest.raises(AssertionError, match="found 0") as raised:
        apns.wait_for(timeout=0.01)
    assert "loop" not in str(raised.value)


def test_an_asyncio_caller_may_give_up_waiting() -> None:
    async def give_up(apns: ThreadedAPNs) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(apns.wait_for_async(timeout=30), 0.01)

    with FakeAPNs().in_thread() as apns:
        asyncio.run(give_up(apns))
        send(apns, framed(1))
        assert len(apns.wait_for(timeout=30)) == 1


def test_a_trio_caller_may_give_up_waiting(caplog: pytest.LogCaptureFixture) -> None:
    async def give_up(apns: ThreadedAPNs) -> None:
        with trio.move_on_after(0.01):
            await apns.wait_for_async(timeout=30)

    with FakeAPNs().in_thread() as apns:
        trio.run(give_up, apns)
        send(apns, framed(1))
        assert len(apns.wait_for(timeout=30)) == 1
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


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


def mistaken(_: object) -> bool:
    raise ZeroDivisionError


def test_a_mistake_inside_the_server_comes_out_at_its_end() -> None:
    apns = FakeAPNs().in_thread()
    apns.start()
    apns.inject(Drop(), where=mistaken)
    with dial(apns) as connection:
        connection.sendall(framed(1))
        assert read_to_end(connection) == b""
    with pytest.raises(ZeroDivisionError):
        apns.stop()


def make_a_mistake(failure_of_the_body: Exception | None) -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Drop(), where=mistaken)
        with dial(apns) as connection:
            connection.sendall(framed(1))
            read_to_end(connection)
        if failure_of_the_body is not None:
            raise failure_of_the_body


def test_a_mistake_inside_the_server_comes_out_of_the_block() -> None:
    with pytest.raises(ZeroDivisionError):
        make_a_mistake(None)


def test_the_failure_of_the_body_is_worth_more_than_one_of_the_server() -> None:
    with pytest.raises(KeyError):
        make_a_mistake(KeyError())


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


# ---- waits and what happens to the server meanwhile -----------------------------------------


def waiting(apns: ThreadedAPNs, *arguments: Any, **criteria: Any) -> Future[list[Notification]]:
    """A wait in a thread of its own, which has begun."""
    begun = threading.Event()
    future: Future[list[Notification]] = Future()
    listen = apns.ledger.listen

    def noted(listener: Callable[[int], None]) -> Callable[[], None]:
        stop_listening = listen(listener)
        begun.set()
        return stop_listening

    def wait() -> None:
        try:
            future.set_result(apns.wait_for(*arguments, timeout=30, **criteria))
        except BaseException as failure:
            future.set_exception(failure)

    with mock.patch.object(apns.ledger, "listen", noted):
        threading.Thread(target=wait, daemon=True).start()
        assert begun.wait(30)
    return future


def test_a_wait_outlives_a_restart() -> None:
    with FakeAPNs().in_thread() as apns:
        found = waiting(apns)
        apns.restart()
        send(apns, framed(7))
        assert [each.identifier for each in found.result(30)] == [7]


def test_a_wait_goes_on_in_a_renewed_server() -> None:
    with FakeAPNs().in_thread() as apns:
        send(apns, framed(1))
        apns.wait_for(timeout=30)
        found = waiting(apns, 2)
        apns.renew()
        send(apns, framed(7), framed(8))
        assert [each.identifier for each in found.result(30)] == [7, 8]


def test_what_was_forgotten_meanwhile_does_not_count() -> None:
    with FakeAPNs().in_thread() as apns:
        send(apns, framed(1))
        apns.wait_for(timeout=30)
        found = waiting(apns, 2)
        apns.reset()
        send(apns, framed(7))
        apns.wait_for(timeout=30)
        send(apns, framed(8))
        assert [each.identifier for each in found.result(30)] == [7, 8]


def test_what_is_there_is_found_in_a_server_that_is_over() -> None:
    with FakeAPNs().in_thread() as apns:
        send(apns, framed(7))
        apns.wait_for(timeout=30)
    assert [each.identifier for each in apns.wait_for()] == [7]


def test_whatever_a_criterion_raises_is_raised_where_it_was_made() -> None:
    class Skipped(BaseException):
        pass

    def skip(_: Notification) -> bool:
        assert threading.current_thread().name != NAME
        raise Skipped

    with FakeAPNs().in_thread() as apns:
        found = waiting(apns, where=skip)
        send(apns, framed(7))
        with pytest.raises(Skipped):
            found.result(30)
        # The server has not noticed.
        assert apns.wait_for(timeout=30)


@RUNNERS
def test_who_gives_up_an_awaited_wait_leaves_nothing_behind(loop: str, run: Runner) -> None:
    with FakeAPNs().in_thread() as apns:
        listen = apns.ledger.listen
        listening: list[Callable[[int], None]] = []

        def noted(listener: Callable[[int], None]) -> Callable[[], None]:
            stop_listening = listen(listener)
            listening.append(listener)

            def forget() -> None:
                stop_listening()
                listening.remove(listener)

            return forget

        async def main() -> None:
            if loop == "trio":
                with trio.move_on_after(0.01):
                    await apns.wait_for_async(timeout=60)
            else:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(apns.wait_for_async(timeout=60), 0.01)

        with mock.patch.object(apns.ledger, "listen", wraps=noted) as asked:
            run(main)
        assert asked.called
        assert listening == []


def test_renewing_at_once_from_several_threads_is_no_deadlock() -> None:
    with FakeAPNs().in_thread() as apns:
        threads = [threading.Thread(target=apns.renew, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)


def test_a_block_of_reconnects_ends_in_its_time_though_the_server_comes_back() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(ReconnectBlock(connections=1, within="1h", for_="1h"))
        dial(apns).close()
        apns.restart()
        with pytest.raises(OSError, match=r"reset|EOF"):
            dial(apns)
