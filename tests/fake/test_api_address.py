"""Where the provider API is, and how a test gets there: both forms, sockets and memory."""

from __future__ import annotations

import socket
import ssl

import h2.connection
import h2.events
import pytest
import trio
from h2.config import H2Configuration
from trio.testing import MockClock

from fakeapns import FakeAPNs, StartError, UsageError
from fakeapns.ledger.entries import ConnectionOpened

from ..frames import TOPIC
from ..providers import PATIENCE

DEVICE = "/3/device/" + "1b" * 32


def asking(authority: str) -> tuple[h2.connection.H2Connection, bytes]:
    """A client that has asked, and what it has to send for that."""
    client = h2.connection.H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
    client.initiate_connection()
    names = {":method": "POST", ":path": DEVICE, ":scheme": "https", ":authority": authority}
    client.send_headers(1, [*names.items(), ("apns-topic", TOPIC)])
    client.send_data(1, b'{"aps":{"alert":"Hello"}}', end_stream=True)
    return client, client.data_to_send()


def status(client: h2.connection.H2Connection, data: bytes) -> int | None:
    """The status in an answer, once that is there."""
    for event in client.receive_data(data):
        if isinstance(event, h2.events.ResponseReceived):
            return int(event.headers[0][1])
    return None


@pytest.mark.parametrize("certificate", [True, False])
async def test_a_push_goes_over_memory_by_a_certificate_or_is_asked_for_a_token(
    autojump_clock: MockClock, certificate: bool
) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect(service="api", certificate=certificate)
        assert stream.selected_alpn_protocol() == "h2"
        client, asked = asking("localhost")
        await stream.send_all(asked)
        found = None
        while found is None:
            data = bytes(await stream.receive_some())
            assert data, "the server left without an answer"
            found = status(client, data)
        assert found == (200 if certificate else 403)
        assert len(apns.accepted) == certificate
        [opened] = apns.ledger.of(ConnectionOpened)
        assert (opened.service, opened.certificate is not None) == ("api", certificate)


@pytest.mark.parametrize("host", ["localhost", "api.push.apple.com"])
async def test_a_stream_over_memory_asks_for_a_name(autojump_clock: MockClock, host: str) -> None:
    async with FakeAPNs() as apns:
        await apns.connect(service="api", host=host)
        await apns.settle()
        [opened] = apns.ledger.of(ConnectionOpened)
        assert opened.host == host


async def test_a_certificate_can_be_left_out_at_every_service(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        with pytest.raises((ssl.SSLError, trio.BrokenResourceError)):
            await apns.connect(certificate=False)
    async with FakeAPNs(client_certificate="optional") as apns:
        await apns.connect(TOPIC, certificate=False)
        [opened] = apns.ledger.of(ConnectionOpened)
        assert (opened.certificate, opened.alpn) == (None, None)


@pytest.mark.parametrize("certificate", [True, False])
def test_a_push_goes_over_a_socket(certificate: bool) -> None:
    with FakeAPNs().in_thread() as apns:
        context = apns.ssl_context(certificate=certificate)
        context.set_alpn_protocols(["h2"])
        where = (apns.api.host, apns.api.port)
        with (
            socket.create_connection(where, PATIENCE) as transport,
            context.wrap_socket(transport, server_hostname="localhost") as tls,
        ):
            client, asked = asking("localhost")
            tls.sendall(asked)
            found = None
            while found is None:
                data = tls.recv(65_536)
                assert data, "the server left without an answer"
                found = status(client, data)
        assert found == (200 if certificate else 403)
        apns.assert_accepted(int(certificate))


def test_half_a_request_is_not_dealt_with_at_either_port() -> None:
    with FakeAPNs(plain_api_port=0, settle="300ms").in_thread() as apns:
        context = apns.ssl_context()
        context.set_alpn_protocols(["h2"])
        _, asked = asking("localhost")
        for address, wrap in ((apns.plain_api, False), (apns.api, True)):
            apns.reset()
            with socket.create_connection((address.host, address.port), PATIENCE) as transport:
                sender = transport
                if wrap:
                    sender = context.wrap_socket(transport, server_hostname="localhost")
                sender.sendall(asked[:-5])
                with pytest.raises(AssertionError, match="a request is not complete"):
                    apns.assert_accepted(1)
                sender.close()


async def test_it_has_an_address_and_a_url_and_keeps_both() -> None:
    apns = FakeAPNs(plain_api_port=0)
    with pytest.raises(UsageError, match="the server is not running"):
        _ = apns.api
    async with apns:
        before = apns.api, apns.plain_api
        assert apns.api.url == f"https://127.0.0.1:{apns.api.port}"
        assert apns.plain_api.url == f"http://127.0.0.1:{apns.plain_api.port}"
        assert apns.ports[2:] == (apns.api.port, apns.plain_api.port)
        assert apns.endpoint().plain_api == apns.plain_api
    assert (apns.api, apns.plain_api) == before


async def test_an_address_of_ipv6_is_in_brackets_in_a_url() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no ::1, so nothing here proves what a URL of it is")
    async with FakeAPNs(hosts=["::1"]) as apns:
        assert apns.api.url == f"https://[::1]:{apns.api.port}"


async def test_there_is_no_port_without_tls_unless_asked_for() -> None:
    async with FakeAPNs() as apns:
        with pytest.raises(UsageError, match="make the server with plain_api_port=0"):
            _ = apns.plain_api
        assert apns.endpoint().plain_api is None


@pytest.mark.parametrize("name", ["api_port", "plain_api_port", "proxy_port"])
async def test_a_port_that_is_asked_for_and_taken_fails_the_start(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        option = name.replace("_", "-")
        with pytest.raises(StartError, match=rf"port {port} is in use.* --{option}"):
            async with FakeAPNs(**{name: port}):
                pass


@pytest.mark.parametrize("name", ["api_port", "plain_api_port", "proxy_port"])
def test_a_number_that_is_no_port_is_a_sentence(name: str) -> None:
    with pytest.raises(UsageError, match="65536 is no port"):
        FakeAPNs(**{name: 65_536})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["api_port", "plain_api_port", "proxy_port"])
async def test_under_virtual_time_no_port_can_be_asked_for(
    autojump_clock: MockClock, name: str
) -> None:
    with pytest.raises(UsageError, match="real sockets and an autojump clock"):
        async with FakeAPNs(**{name: 4711}):  # type: ignore[arg-type]
            pass
