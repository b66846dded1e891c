"""aioapns is pointed at a server, whoever made the client and when, and nothing stays behind."""

from __future__ import annotations

import asyncio
import gc
import importlib
import ssl
import sys
import threading
import warnings
from types import ModuleType
from typing import Any

import pytest

from fakeapns import Reject, ThreadedAPNs, UsageError
from fakeapns.ledger import ApiClosed, ConnectionOpened

from ...end_to_end.runtimes import need_python
from ...providers import await_entries
from .on_purpose import OnPurpose, fails_on_purpose

TOKEN = "1b" * 32


@pytest.fixture
def library() -> Any:
    """aioapns itself."""
    need_python("aioapns")
    return importlib.import_module("aioapns")


@pytest.fixture
def connection(library: Any) -> Any:
    """Its module that connects."""
    return importlib.import_module("aioapns.connection")


def request(alert: str = "Hello") -> Any:
    """A push to the phone."""
    from aioapns import NotificationRequest

    return NotificationRequest(TOKEN, {"aps": {"alert": alert}})


def own_client(apns: ThreadedAPNs, **arguments: Any) -> Any:
    """A client as an application makes it, in an event loop."""
    from aioapns import APNs

    pem = apns.client_certificate().pem_file
    given: dict[str, Any] = {"client_cert": pem, "topic": "com.example.app"}
    return APNs(max_connection_attempts=1, **(given | arguments))


def all_there_is(connection: Any) -> list[dict[str, Any]]:
    """Every attribute of every class that the helper may change."""
    classes = [each for each in vars(connection).values() if isinstance(each, type)]
    return [dict(vars(each)) for each in classes]


# ---- its own client -------------------------------------------------------------------------


def test_its_client_sends_by_certificate_in_one_event_loop_after_the_other(
    apns: ThreadedAPNs, library: Any
) -> None:
    with apns.aioapns() as client:
        assert isinstance(client, library.APNs)
        for alert in ("one", "two"):
            answer = asyncio.run(client.send_notification(request(alert)))
            assert answer.is_successful
            apns.assert_accepted(
                1, token=TOKEN, topic="com.example.app", payload={"aps": {"alert": alert}}
            )


def test_its_client_signs_with_a_key_in_a_loop_that_runs(apns: ThreadedAPNs, library: Any) -> None:
    key = apns.provider_key()
    who = {"key": key.p8, "key_id": key.key_id, "team_id": key.team_id}

    async def main() -> None:
        with apns.aioapns("com.example.other", **who) as client:
            answer = await client.send_notification(request())
            assert answer.is_successful

    asyncio.run(main())
    [push] = apns.assert_accepted(1, topic="com.example.other")
    assert push.key_id == key.key_id


def test_what_the_client_was_told_to_do_with_errors_is_done(
    apns: ThreadedAPNs, library: Any
) -> None:
    apns.devices.add("com.example.app", TOKEN, state="uninstalled", since=1_600_000_000)
    seen = []

    async def pruned(request: Any, answer: Any) -> None:
        seen.append((request.device_token, answer.status, answer.description))

    with apns.aioapns(err_func=pruned) as client:
        answer = asyncio.run(client.send_notification(request()))
    assert seen == [(TOKEN, "410", "Unregistered")]
    assert answer.timestamp == 1_600_000_000_000


def test_an_argument_that_it_has_not_is_said_at_once(apns: ThreadedAPNs, connection: Any) -> None:
    before = all_there_is(connection)
    with pytest.raises(TypeError, match="sandbox"):
        apns.aioapns(sandbox=True).__enter__()
    assert all_there_is(connection) == before


# ---- those of the application ---------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"use_sandbox": True},
        {"no_cert_validation": True},
        {"proxy_host": "proxy.example.com", "proxy_port": 3128},
    ],
    ids=str,
)
def test_clients_that_the_application_makes_reach_the_server(
    arguments: dict[str, Any], apns: ThreadedAPNs, library: Any
) -> None:
    async def main() -> Any:
        return await own_client(apns, **arguments).send_notification(request())

    with apns.aioapns():
        assert asyncio.run(main()).is_successful
    apns.assert_accepted(1, token=TOKEN)


def test_a_context_of_the_application_is_as_it_was_behind_the_block(
    apns: ThreadedAPNs, library: Any
) -> None:
    own = ssl.create_default_context()
    own.minimum_version = ssl.TLSVersion.TLSv1_3
    trusted = own.get_ca_certs()

    async def main() -> Any:
        client = own_client(apns, ssl_context=own)
        answer = await client.send_notification(request())
        assert client.pool.ssl_context is own
        return answer

    with apns.aioapns():
        assert asyncio.run(main()).is_successful
    assert own.get_ca_certs() == trusted
    with pytest.raises(importlib.import_module("aioapns.exceptions").MaxAttemptsExceeded):
        asyncio.run(main_elsewhere(apns, own))


async def main_elsewhere(apns: ThreadedAPNs, own: ssl.SSLContext) -> Any:
    """A client with that context, led to the server by hand, which it does not trust."""
    from aioapns.connection import APNsProductionClientProtocol

    class Here(APNsProductionClientProtocol):
        APNS_SERVER = apns.api.host
        APNS_PORT = apns.api.port

    client = own_client(apns, ssl_context=own)
    client.pool.protocol_class = Here
    return await client.send_notification(request())


def test_a_client_that_was_there_before_and_one_that_is_derived_are_led_here(
    apns: ThreadedAPNs, connection: Any
) -> None:
    class Staging(connection.APNsDevelopmentClientProtocol):  # type: ignore[misc]
        APNS_SERVER = "push.staging.example.com"

    async def main() -> None:
        before, staging = own_client(apns), own_client(apns)
        staging.pool.protocol_class = Staging
        with apns.aioapns():
            for client in (before, staging):
                assert (await client.send_notification(request())).is_successful

    asyncio.run(main())
    assert Staging.APNS_SERVER == "push.staging.example.com"
    apns.assert_accepted(2)


def test_a_certificate_that_apple_would_refuse_is_refused(apns: ThreadedAPNs, library: Any) -> None:
    expired = apns.client_certificate(validity="expired").pem_file

    async def main() -> Any:
        return await own_client(apns, client_cert=expired).send_notification(request())

    refused = importlib.import_module("aioapns.exceptions").MaxAttemptsExceeded
    with apns.aioapns(), pytest.raises(refused):
        asyncio.run(main())
    apns.assert_nothing_accepted()


# ---- what stays behind ----------------------------------------------------------------------


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


def test_connections_that_nobody_closed_are_closed_with_their_event_loop(
    apns: ThreadedAPNs, library: Any
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
    apns: ThreadedAPNs, library: Any
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
    apns: ThreadedAPNs, library: Any
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


def test_aioapns_that_is_not_there_or_of_another_kind_is_one_sentence(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange: Any = ModuleType("aioapns")
    strange.__path__, strange.APNs = [], lambda **arguments: None
    monkeypatch.setitem(sys.modules, "aioapns", strange)
    monkeypatch.setitem(sys.modules, "aioapns.connection", ModuleType("aioapns.connection"))
    with pytest.raises(UsageError, match=r"another way than 3\.0 to 4\.0: pip install aioapns==4"):
        apns.aioapns().__enter__()
    monkeypatch.setitem(sys.modules, "aioapns", None)
    with pytest.raises(UsageError, match=r"aioapns==4\.0 is not installed here"):
        apns.aioapns().__enter__()
