"""Coming by the proxy: where it leads goes on as if there were none, with the name on record."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, Refuse, Reject, ThreadedAPNs
from fakeapns.ledger import ApiRequest
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused, FaultFired
from fakeapns.scenario.faults import Service

from ..frames import TOPIC, framed
from ..providers import await_entries, dial, knock, read_to_end, shake_hands
from .played import playing, step
from .proxied import ESTABLISHED, ask, come_in, dial_by_proxy, request

HOSTS: dict[Service, str] = {
    "gateway": "gateway.push.apple.com",
    "feedback": "feedback.sandbox.push.apple.com",
    "api": "api.push.apple.com",
}
each_service = pytest.mark.parametrize("service", HOSTS)


@pytest.fixture
def apns() -> Iterator[ThreadedAPNs]:
    """A server with a proxy, and with the API without TLS too."""
    with FakeAPNs(proxy_port=0, plain_api_port=0).in_thread() as running:
        yield running


# ---- where it leads ---------------------------------------------------------------------


@each_service
def test_apples_names_lead_to_our_services_with_certificates_for_these_names(
    apns: ThreadedAPNs, service: Service
) -> None:
    with dial_by_proxy(apns, HOSTS[service]) as connection:
        [opened] = await_entries(apns, ConnectionOpened)
        assert (opened.connection, opened.service, opened.host) == (1, service, HOSTS[service])
        assert opened.peer == "{}:{}".format(*connection.getsockname())


def test_a_push_through_the_proxy_is_a_push_like_any(apns: ThreadedAPNs) -> None:
    with dial_by_proxy(apns, "gateway.push.apple.com") as connection:
        connection.sendall(framed(7))
        apns.assert_accepted(1, topic=TOPIC)
    apns.inject(Reject("invalid-token"))
    with dial_by_proxy(apns, "gateway.push.apple.com") as connection:
        connection.sendall(framed(8))
        assert read_to_end(connection) == b"\x08\x08\0\0\0\x08"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "LOCALHOST."])
def test_our_own_ports_lead_to_what_is_there(apns: ThreadedAPNs, host: str) -> None:
    for number, port in enumerate((apns.gateway.port, apns.feedback.port, apns.api.port), start=1):
        with ask(apns, host, port) as connection:
            context = apns.ssl_context()
            context.wrap_socket(connection, server_hostname="localhost").close()
            assert len(await_entries(apns, ConnectionOpened, number)) == number
    opened = apns.ledger.of(ConnectionOpened)
    assert [each.service for each in opened] == ["gateway", "feedback", "api"]
    assert {each.host for each in opened} == {host.strip("[]").rstrip(".").lower()}
    with ask(apns, host, apns.plain_api.port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert read_to_end(connection).startswith(b"HTTP/1.1 505 ")
    assert await_entries(apns, ApiRequest)[0].http_status == 505
    assert await_entries(apns, ConnectionOpened, 4)[-1].tls is None


@each_service
def test_what_was_sent_together_with_the_request_is_not_lost(
    apns: ThreadedAPNs, service: Service
) -> None:
    class Eager:
        """A socket that asks the proxy together with the first thing that it says."""

        def __init__(self, inner: socket.socket) -> None:
            self._inner = inner
            self._first = request(HOSTS[service])

        def sendall(self, data: bytes) -> None:
            self._inner.sendall(self._first + data)
            self._first = b""

        def recv(self, size: int) -> bytes:
            if not (answer := self._inner.recv(len(ESTABLISHED), socket.MSG_PEEK)) or (
                answer != ESTABLISHED
            ):
                return self._inner.recv(size)
            self._inner.recv(len(ESTABLISHED))
            return self._inner.recv(size)

    with knock(apns, "proxy") as connection:
        _, _, outgoing = shake_hands(Eager(connection), apns.ssl_context())  # type: ignore[arg-type]
        connection.sendall(outgoing.read())
        [opened] = await_entries(apns, ConnectionOpened)
        assert opened.service == service


async def test_over_memory_not_a_byte_too_much_is_read(autojump_clock: MockClock) -> None:
    async with FakeAPNs(proxy_port=0) as apns:
        client = come_in(apns)
        stream = trio.SSLStream(
            _Behind(client, request("gateway.push.apple.com", 2195)),
            apns.ssl_context(),
            server_hostname="gateway.push.apple.com",
        )
        await stream.do_handshake()
        await stream.send_all(framed())
        await apns.wait_for()
        [opened] = apns.ledger.of(ConnectionOpened)
        assert (opened.peer, opened.host) == ("memory", "gateway.push.apple.com")
        await trio.aclose_forcefully(stream)


class _Behind(trio.abc.Stream):
    """A transport whose first bytes go out behind a request, and whose first answer is that."""

    def __init__(self, inner: trio.abc.Stream, asking: bytes) -> None:
        self._inner, self._asking = inner, asking
        self._heard = False

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._inner.send_all(self._asking + bytes(data))
        self._asking = b""

    async def wait_send_all_might_not_block(self) -> None:
        await self._inner.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        said = await self._inner.receive_some(max_bytes)
        if self._heard:
            return said
        self._heard = True
        assert said[: len(ESTABLISHED)] == ESTABLISHED
        return said[len(ESTABLISHED) :] or await self._inner.receive_some(max_bytes)

    async def aclose(self) -> None:
        await self._inner.aclose()


# ---- the name on record -----------------------------------------------------------------


@each_service
def test_the_name_of_sni_is_on_record_without_a_proxy(apns: ThreadedAPNs, service: Service) -> None:
    context = apns.ssl_context()
    for name in ("localhost", "API.Push.Apple.com"):
        context.wrap_socket(knock(apns, service), server_hostname=name).close()
    opened = await_entries(apns, ConnectionOpened, 2)
    assert [each.host for each in opened] == ["localhost", "api.push.apple.com"]


def test_whom_the_proxy_was_asked_for_wins(apns: ThreadedAPNs) -> None:
    context = apns.ssl_context()
    with ask(apns, "gateway.push.apple.com") as connection:
        context.wrap_socket(connection, server_hostname="localhost").close()
    assert await_entries(apns, ConnectionOpened)[0].host == "gateway.push.apple.com"


@pytest.mark.parametrize(("name", "host"), [(None, None), ("x." * 100 + "y", "x." * 100 + "y")])
def test_a_client_that_is_refused_has_asked_for_a_name_too(
    apns: ThreadedAPNs, name: str | None, host: str | None
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with contextlib.suppress(ssl.SSLError, OSError):
        context.wrap_socket(knock(apns), server_hostname=name).recv(1)
    [refused] = await_entries(apns, ConnectionRefused)
    assert (refused.reason, refused.host) == ("no-client-certificate", host)


def test_where_nobody_has_asked_for_a_name_there_is_none(apns: ThreadedAPNs) -> None:
    context = apns.ssl_context()
    context.check_hostname = False
    context.wrap_socket(knock(apns), server_hostname=None).close()
    with socket.create_connection((apns.plain_api.host, apns.plain_api.port)):
        opened = await_entries(apns, ConnectionOpened, 2)
    assert [each.host for each in opened] == [None, None]


# ---- faults and counting ----------------------------------------------------------------


def test_a_connection_has_one_number_and_counts_for_the_service_that_it_is_led_to() -> None:
    second = step(Refuse("close"), service="gateway", connection=2)
    with playing(second, proxy_port=0).in_thread() as apns:
        with dial(apns):
            pass
        with knock(apns, "proxy") as connection:
            connection.sendall(request("example.com"))
            assert b" 403 " in read_to_end(connection)
        dial(apns, service="api").close()
        with ask(apns, "gateway.push.apple.com") as connection:
            assert read_to_end(connection) == b""
        with dial_by_proxy(apns, "gateway.push.apple.com"):
            opened = await_entries(apns, ConnectionOpened, 3)
        assert [each.connection for each in opened] == [1, 3, 5]
        refused = await_entries(apns, ConnectionRefused, 2)
        assert [(each.connection, each.service, each.reason) for each in refused] == [
            (2, "proxy", "foreign-host"),
            (4, "gateway", "fault"),
        ]
        assert [each.host for each in refused] == ["example.com", "gateway.push.apple.com"]
        assert [each.connection for each in apns.ledger.of(FaultFired)] == [4]


def test_a_refusal_by_reset_comes_behind_the_answer_of_the_proxy() -> None:
    with playing(step(Refuse("reset")), proxy_port=0).in_thread() as apns:
        with knock(apns, "proxy") as connection:
            connection.sendall(request("gateway.push.apple.com"))
            with pytest.raises(ConnectionResetError):
                read_to_end(connection)
        assert await_entries(apns, ConnectionRefused)[0].reason == "fault"
