"""Waits in the thread form, and what happens to the server meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any
from unittest import mock

import pytest
import trio

from fakeapns import (
    FakeAPNs,
    Notification,
    ReconnectBlock,
    ThreadedAPNs,
)
from fakeapns.fake.server_thread import NAME

from ..frames import framed
from ..providers import dial
from .callers import RUNNERS, Runner, send

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
