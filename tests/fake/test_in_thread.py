"""`FakeAPNs` in a thread of its own, for callers of every kind."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest
import trio

from fakeapns import (
    Drop,
    FakeAPNs,
    ThreadedAPNs,
)
from fakeapns.ledger.entries import ConnectionClosed

from ..frames import TOPIC, framed, numbered
from ..providers import dial, read_to_end
from .callers import RUNNERS, Runner, send


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
            f"If more was to be sent from the {loop} loop that this was called in, it had to wait: "
            "await apns.wait_for_async(…) instead."
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
