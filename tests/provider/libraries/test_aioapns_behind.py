"""What a block for aioapns leaves behind: nothing that was not there, and nothing open."""

from __future__ import annotations

import asyncio
import gc
import importlib
import sys
import threading
import warnings
from types import ModuleType
from typing import Any

import pytest

from fakeapns import Reject, ThreadedAPNs, UsageError
from fakeapns.ledger import ApiClosed, ConnectionOpened

from ...providers import await_entries
from .aioapns_clients import TOKEN, all_there_is, own_client, request
from .on_purpose import OnPurpose, fails_on_purpose


def test_aioapns_is_as_it_was_whatever_happens_and_blocks_can_be_nested(
    apns: ThreadedAPNs, other: ThreadedAPNs, connection: Any
) -> None:
    before = all_there_is(connection)
    with apns.aioapns() as outer:
        between = all_there_is(connection)
        with fails_on_purpose(), other.aioapns() as inner:
            asyncio.run(inner.send_notification(request("inner")))
            assert other.api.host == connection.APNsDevelopmentClientProtocol.APNS_SERVER
            raise OnPurpose
        assert all_there_is(connection) == between
        asyncio.run(outer.send_notification(request("outer")))
    assert all_there_is(connection) == before
    assert connection.APNsProductionClientProtocol.APNS_SERVER == "api.push.apple.com"
    other.assert_accepted(1, payload={"aps": {"alert": "inner"}})
    apns.assert_accepted(1, payload={"aps": {"alert": "outer"}})


def test_blocks_of_two_tasks_may_end_in_any_order(
    apns: ThreadedAPNs, other: ThreadedAPNs, connection: Any
) -> None:
    before = all_there_is(connection)
    first_begun, second_begun = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        with apns.aioapns():
            first_begun.set()
            await second_begun.wait()

    async def second(until: asyncio.Task[None]) -> None:
        await first_begun.wait()
        with other.aioapns():
            second_begun.set()
            await until
            # Apple itself would be asked for, were it not for this block.
            assert other.api.port == connection.APNsProductionClientProtocol.APNS_PORT
            await own_client(other).send_notification(request())

    async def main() -> None:
        await second(asyncio.create_task(first()))

    asyncio.run(main())
    assert all_there_is(connection) == before
    other.assert_accepted(1)


def test_connections_that_nobody_closed_are_closed_with_their_event_loop(
    apns: ThreadedAPNs, aioapns: Any
) -> None:
    async def main() -> None:
        await own_client(apns).send_notification(request())

    with warnings.catch_warnings(), apns.aioapns() as client:
        warnings.simplefilter("error")
        asyncio.run(main())
        asyncio.run(client.send_notification(request()))
        # Warnings of what was left open come with the collector.
        gc.collect()
        await_entries(apns, ApiClosed, 2)
    assert {(each.by, each.how) for each in apns.ledger.of(ApiClosed)} == {("provider", "graceful")}


def test_connections_are_closed_behind_the_block_in_whichever_thread_their_loop_runs(
    apns: ThreadedAPNs, aioapns: Any
) -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        with apns.aioapns() as client:
            sending = asyncio.run_coroutine_threadsafe(client.send_notification(request()), loop)
            assert sending.result().is_successful
            assert len(apns.ledger.of(ConnectionOpened)) == 1
            assert apns.ledger.of(ApiClosed) == []
        await_entries(apns, ApiClosed, 1)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_who_still_waits_for_an_answer_learns_that_the_connection_is_gone(
    apns: ThreadedAPNs, aioapns: Any
) -> None:
    apns.inject(Reject("TooManyRequests", delay="1h"))
    gone = importlib.import_module("aioapns.exceptions").MaxAttemptsExceeded

    async def main() -> None:
        with apns.aioapns(max_connection_attempts=1) as client:
            sending = asyncio.create_task(client.send_notification(request()))
            await apns.wait_for_async(token=TOKEN, outcome="rejected")
        with pytest.raises(gone):
            await sending

    asyncio.run(main())


def test_a_client_of_the_block_never_goes_to_apple_behind_it(
    apns: ThreadedAPNs,
    connection: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    apns.inject(Reject("TooManyRequests", delay="1h"))
    gone = importlib.import_module("aioapns.exceptions").MaxAttemptsExceeded
    asked_for: list[str] = []

    async def main() -> None:
        def create_connection(*_: Any, host: str, **__: Any) -> Any:
            asked_for.append(host)
            raise OSError(host)

        loop = asyncio.get_running_loop()
        with apns.aioapns(max_connection_attempts=2) as client:
            sending = asyncio.create_task(client.send_notification(request()))
            await apns.wait_for_async(token=TOKEN, outcome="rejected")
            monkeypatch.setattr(loop, "create_connection", create_connection)
        with pytest.raises(gone):
            await sending
        with pytest.raises(gone):
            await client.send_notification(request())

    asyncio.run(main())
    assert asked_for == []
    assert "the block of apns.aioapns() has ended: use its client inside it" in caplog.text


def test_aioapns_that_is_not_there_or_of_another_kind_is_one_sentence(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange: Any = ModuleType("aioapns")
    strange.__path__, strange.APNs = [], lambda **arguments: None
    newer: Any = ModuleType("aioapns.connection")
    newer.APNsBaseConnectionPool = type("APNsBaseConnectionPool", (), {})
    before = dict(vars(newer))
    monkeypatch.setitem(sys.modules, "aioapns", strange)
    monkeypatch.setitem(sys.modules, "aioapns.connection", newer)
    with pytest.raises(UsageError, match=r"another way than 3\.0 to 4\.0: pip install aioapns==4"):
        apns.aioapns().__enter__()
    assert dict(vars(newer)) == before
    monkeypatch.setitem(sys.modules, "aioapns", None)
    with pytest.raises(UsageError, match=r"aioapns==4\.0 is not installed here"):
        apns.aioapns().__enter__()
