"""Two listeners of one service: with TLS as HTTP/2 wants it, and without any."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

import pytest
import trio
from trio.testing import MockClock

from fakeapns.certificates import Authority, Credentials, client_context
from fakeapns.fronts import Provider
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused

from ..frames import TOPIC
from ..providers import PATIENCE
from .echo import Echo, Echoing
from .streams import insist_on

T = TypeVar("T")
VERSIONS = ["1.2", "1.3"]
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def client(
    it: Echoing, credentials: Credentials | None = None, *protocols: str, version: str = "1.3"
) -> ssl.SSLContext:
    """A context of a client that speaks this version, and offers these protocols."""
    context = client_context(it.authority, credentials)
    insist_on(context, f"TLSv{version}")
    if protocols:
        context.set_alpn_protocols(protocols)
    return context


def knock(it: Echoing, name: str = "api") -> socket.socket:
    return socket.create_connection(("127.0.0.1", it.server.ports[name]), timeout=PATIENCE)


def say_hello(it: Echoing, context: ssl.SSLContext) -> str | None:
    """Shake hands, say something and hear it; what was agreed upon."""
    with context.wrap_socket(knock(it), server_hostname="localhost") as tls:
        tls.sendall(b"hello\n")
        assert tls.recv(100) == b"hello\n"
        return tls.selected_alpn_protocol()


async def in_thread(do: Callable[[], T]) -> T:
    return await trio.to_thread.run_sync(do)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("offered", "agreed"),
    [(["h2"], "h2"), (["http/1.1", "h2"], "h2"), (["http/1.1"], None), (["h3"], None), ([], None)],
)
async def test_h2_is_agreed_upon_with_who_offers_it_and_nobody_has_to(
    version: str, offered: list[str], agreed: str | None
) -> None:
    async with Echoing().listening("127.0.0.1") as it:
        context = client(it, None, *offered, version=version)
        assert await in_thread(lambda: say_hello(it, context)) == agreed
        assert it.connections[0].provider.alpn == agreed
    [opened] = it.ledger.of(ConnectionOpened)
    assert (opened.service, opened.alpn) == ("api", agreed)
    assert (opened.tls, opened.certificate) == (f"TLSv{version}", None)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scope", ["production", "sandbox", "both"])
async def test_a_certificate_of_whatever_environment_is_let_in_and_told_of(
    version: str, scope: str
) -> None:
    async with Echoing().listening("127.0.0.1") as it:
        credentials = it.authority.client(TOPIC, scope=scope)  # type: ignore[arg-type]
        await in_thread(lambda: say_hello(it, client(it, credentials, version=version)))
        found = it.connections[0].provider
    assert (found.topics, found.scope, found.address) == ((TOPIC,), scope, "127.0.0.1")
    assert found.subject is not None
    assert found.is_for("production") == (scope != "sandbox")
    assert found.is_for("sandbox") == (scope != "production")


async def test_without_a_certificate_there_is_nobody_who_is_for_another_environment() -> None:
    nobody = Provider((), None)
    assert nobody.is_for("production")
    assert nobody.is_for("sandbox")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("which", "reason", "alert"),
    [
        ("foreign", "client-certificate-untrusted", "UNKNOWN_CA"),
        ("expired", "client-certificate-expired", "CERTIFICATE_EXPIRED"),
    ],
)
async def test_a_certificate_that_is_no_good_fails_the_handshake_by_an_alert(
    version: str, which: str, reason: str, alert: str
) -> None:
    async with Echoing().listening("127.0.0.1") as it:
        foreign = Authority().client(TOPIC)
        expired = it.authority.client(TOPIC, validity="expired")
        context = client(it, foreign if which == "foreign" else expired, "h2", version=version)

        def try_it() -> None:
            # Under 1.3 the client has finished by then, and sees it at its first read.
            tls = context.wrap_socket(knock(it), server_hostname="localhost")
            with tls:
                assert version == "1.3"
                tls.recv(1)

        with pytest.raises(ssl.SSLError, match=alert):
            await in_thread(try_it)
    [refused] = it.ledger.of(ConnectionRefused)
    assert (refused.service, refused.reason) == ("api", reason)
    assert it.connections == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_nothing_is_handed_out_to_resume_with(
    autojump_clock: MockClock, version: str
) -> None:
    async with Echoing().listening() as it:
        stream, incoming, outgoing = it.over_memory("api"), ssl.MemoryBIO(), ssl.MemoryBIO()
        context = client(it, None, "h2", version=version)
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                await stream.send_all(outgoing.read())
                incoming.write(await stream.receive_some())
        if outgoing.pending:
            await stream.send_all(outgoing.read())
        # A NewSessionTicket would come now (RFC 8446, 4.6.1).
        with trio.move_on_after(60) as silence:
            await stream.receive_some()
        assert silence.cancelled_caught
        assert incoming.pending == 0
        assert tls.session is None or not tls.session.has_ticket


@pytest.mark.parametrize("version", VERSIONS)
async def test_who_comes_back_with_a_session_shows_its_certificate_again(version: str) -> None:
    async with Echoing().listening("127.0.0.1") as it:
        context = client(it, it.authority.client(TOPIC), "h2", version=version)

        def twice() -> None:
            with context.wrap_socket(knock(it), server_hostname="localhost") as first:
                first.sendall(b"\n")
                first.recv(1)
                session = first.session
            again = context.wrap_socket(knock(it), server_hostname="localhost", session=session)
            with again:
                again.sendall(b"\n")
                again.recv(1)
                assert not again.session_reused

        await in_thread(twice)
        assert [each.provider.topics for each in it.connections] == [(TOPIC,), (TOPIC,)]


@pytest.mark.parametrize(
    ("settings", "version", "taken"),
    [
        ({}, "1.2", True),
        ({}, "1.3", True),
        ({"api_tls_minimum": "1.3"}, "1.2", False),
        ({"api_tls_maximum": "1.2"}, "1.3", False),
        # Those of the binary ports have no say.
        ({"tls_minimum": "1.0"}, "1.1", False),
        ({"tls_maximum": "1.3", "tls_minimum": "1.3"}, "1.2", True),
        ({"client_certificate": "required"}, "1.3", True),
    ],
)
async def test_the_versions_are_those_of_the_settings_of_the_api(
    settings: dict[str, str], version: str, taken: bool
) -> None:
    async with Echoing(**settings).listening("127.0.0.1") as it:  # type: ignore[arg-type]
        if taken:
            await in_thread(lambda: say_hello(it, client(it, version=version)))
            return
        with pytest.raises(ssl.SSLError):
            await in_thread(lambda: say_hello(it, client(it, version=version)))
    [refused] = it.ledger.of(ConnectionRefused)
    assert refused.reason == "tls-version"


@pytest.mark.parametrize("suite", ["AES256-SHA", "AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384"])
async def test_no_suite_is_taken_that_http_2_forbids(suite: str) -> None:
    async with Echoing().listening("127.0.0.1") as it:
        context = client(it, None, "h2", version="1.2")
        context.set_ciphers(suite)
        with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
            await in_thread(lambda: say_hello(it, context))
    [refused] = it.ledger.of(ConnectionRefused)
    assert refused.reason == "no-shared-cipher"
    assert "let it offer ECDHE-RSA-AES128-GCM-SHA256" in refused.hint
    assert "tls_minimum" not in refused.hint


# ---- without TLS --------------------------------------------------------------------------


async def arrived(it: Echoing) -> Echo:
    """The only connection, once all that was sent has come."""
    await trio.testing.wait_all_tasks_blocked()
    [connection] = it.connections
    return connection


async def test_a_plain_port_reads_and_writes_bytes_as_they_are() -> None:
    async with Echoing().listening("127.0.0.1") as it:

        def try_it() -> None:
            with knock(it, "plain_api") as plain:
                plain.sendall(PREFACE)
                assert plain.recv(100) == PREFACE
                plain.shutdown(socket.SHUT_WR)
                assert plain.recv(100) == b""

        await in_thread(try_it)
        connection = it.connections[0]
        assert connection.left == "graceful"
        assert connection.provider == Provider((), None, address="127.0.0.1", secure=False)
    [opened] = it.ledger.of(ConnectionOpened)
    assert (opened.service, opened.tls, opened.alpn) == ("api", None, None)
    assert sorted(it.server.ports) == ["api", "plain_api"]


async def test_a_reset_at_the_plain_port_is_one() -> None:
    async with Echoing().listening("127.0.0.1") as it:
        stream = await trio.open_tcp_stream("127.0.0.1", it.server.ports["plain_api"])
        await stream.send_all(b"half")
        await it.server.drained(PATIENCE, lambda: None)
        assert it.connections[0].heard == b"half"
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        await trio.aclose_forcefully(stream)
        await it.server.drained(PATIENCE, lambda: None)
        assert it.connections[0].left == "reset"


async def test_a_plain_connection_is_read_as_slowly_as_its_front_wants(
    autojump_clock: MockClock,
) -> None:
    async with Echoing().listening() as it:
        stream = it.over_memory("plain_api")
        connection = await arrived(it)
        connection.appetite = 3
        await stream.send_all(b"a")
        await arrived(it)
        await stream.send_all(b"0123456789\n")
        await arrived(it)
        assert connection.heard == b"a0123456789\n"


async def test_a_plain_connection_that_is_not_read_hears_of_more_and_gets_it_later(
    autojump_clock: MockClock,
) -> None:
    async with Echoing().listening() as it:
        stream = it.over_memory("plain_api")
        connection = await arrived(it)
        connection.appetite, connection.deadline = 0, 10.0
        await stream.send_all(b"\n")
        await arrived(it)
        assert connection.heard == b"\n"
        await stream.send_all(b"held\n")
        await stream.send_eof()
        await arrived(it)
        assert (connection.heard, connection.kept) == (b"\n", True)
        assert await it.server.drained(1, lambda: None) == [
            "connection 1 is not read: nothing is read"
        ]
        await trio.sleep(20)
        assert connection.heard == b"\nheld\n"
        assert connection.left == "graceful"


async def test_half_a_request_at_the_plain_port_is_not_dealt_with(
    autojump_clock: MockClock,
) -> None:
    async with Echoing().listening() as it:
        stream = it.over_memory("plain_api")
        await stream.send_all(b"half")
        await arrived(it)
        assert await it.server.drained(1, lambda: None) == [
            "connection 1 is open: the rest of a line"
        ]
        await stream.send_all(b" and half\n")
        assert await it.server.drained(1, lambda: None) == []
