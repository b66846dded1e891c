"""aioapns is pointed at a server, whoever made the client and when."""

from __future__ import annotations

import asyncio
import importlib
import ssl
from typing import Any

import pytest
import trio

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiClosed

from ...providers import await_entries
from .aioapns_clients import TOKEN, all_there_is, own_client, request

# ---- its own client -------------------------------------------------------------------------


def test_its_client_sends_by_certificate_in_one_event_loop_after_the_other(
    apns: ThreadedAPNs, aioapns: Any
) -> None:
    with apns.aioapns() as client:
        assert isinstance(client, aioapns.APNs)
        for alert in ("one", "two"):
            answer = asyncio.run(client.send_notification(request(alert)))
            assert answer.is_successful
            apns.assert_accepted(
                1, token=TOKEN, topic="com.example.app", payload={"aps": {"alert": alert}}
            )


def test_its_client_signs_with_a_key_in_a_loop_that_runs(apns: ThreadedAPNs, aioapns: Any) -> None:
    key = apns.provider_key()
    who = {"key": key.p8, "key_id": key.key_id, "team_id": key.team_id}

    async def main() -> None:
        with apns.aioapns("com.example.other", **who) as client:
            answer = await client.send_notification(request())
            assert answer.is_successful

    asyncio.run(main())
    [push] = apns.assert_accepted(1, topic="com.example.other")
    assert push.key_id == key.key_id


def test_async_with_is_the_same(apns: ThreadedAPNs, aioapns: Any) -> None:
    async def main() -> None:
        async with apns.aioapns() as client:
            assert (await client.send_notification(request())).is_successful
        await_entries(apns, ApiClosed, 1)

    asyncio.run(main())


async def test_the_trio_form_has_the_same(aioapns: Any) -> None:
    async with FakeAPNs() as apns:
        with apns.aioapns() as client:

            def elsewhere() -> Any:
                return asyncio.run(client.send_notification(request()))

            assert (await trio.to_thread.run_sync(elsewhere)).is_successful
        await apns.wait_for(token=TOKEN)


def test_what_the_client_was_told_to_do_with_errors_is_done(
    apns: ThreadedAPNs, aioapns: Any
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
    arguments: dict[str, Any], apns: ThreadedAPNs, aioapns: Any
) -> None:
    async def main() -> Any:
        return await own_client(apns, **arguments).send_notification(request())

    with apns.aioapns():
        assert asyncio.run(main()).is_successful
    apns.assert_accepted(1, token=TOKEN)


def test_a_context_of_the_application_is_as_it_was_behind_the_block(
    apns: ThreadedAPNs, aioapns: Any
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


def test_a_certificate_that_apple_would_refuse_is_refused(apns: ThreadedAPNs, aioapns: Any) -> None:
    expired = apns.client_certificate(validity="expired").pem_file

    async def main() -> Any:
        return await own_client(apns, client_cert=expired).send_notification(request())

    refused = importlib.import_module("aioapns.exceptions").MaxAttemptsExceeded
    with apns.aioapns(), pytest.raises(refused):
        asyncio.run(main())
    apns.assert_nothing_accepted()
