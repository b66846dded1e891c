"""Handshakes over real sockets that fail: what the client sees, and what is said about it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from functools import partial

import pytest
import trio
from trio.testing import MockClock, memory_stream_pair

from fakeapns import Authority, FakeAPNs, ThreadedAPNs
from fakeapns.certificates import server_context
from fakeapns.fronts.front import Connection, Front
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused
from fakeapns.ledger.ledger import Ledger
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.settings_keywords import SettingsKeywords
from fakeapns.scenario.tls_terms import TLSTerms
from fakeapns.servers.handshake import shake_hands
from fakeapns.servers.reception import Reception
from fakeapns.servers.refusals import Refused
from fakeapns.servers.tls import TLSStream
from fakeapns.servers.turns import Turn
from fakeapns.servers.visitors import Visitor, Visitors

from ..frames import TOPIC, framed
from ..providers import await_entries, dial, knock, presenting, read_to_end, vanish
from .driven import running_clock
from .streams import contexts, door, insist_on

Attempt = Callable[[ThreadedAPNs], str]
SHORT_HELLO = bytes.fromhex("16 0301 0007 01 000003 030300")
SSL3_HELLO = bytes.fromhex("16 0300 002f 01 00002b 0300") + bytes(33) + b"\0\4\0\x0a\0\5\1\0"


def connect(apns: ThreadedAPNs, context: ssl.SSLContext) -> str:
    """Connect and read; the name of the TLS error that this ends with, or what was read."""
    try:
        with dial(apns, context) as connection:
            return read_to_end(connection).hex()
    except ssl.SSLError as wrong:
        return wrong.reason or ""


def distrusting(apns: ThreadedAPNs) -> str:
    return connect(apns, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def by_another_name(apns: ThreadedAPNs) -> str:
    with socket.create_connection((apns.gateway.host, apns.gateway.port)) as raw:
        try:
            apns.ssl_context().wrap_socket(raw, server_hostname="push.example.com")
        except ssl.SSLCertVerificationError as wrong:
            return wrong.reason
    raise AssertionError("the name was not looked at")


def without_certificate(apns: ThreadedAPNs) -> str:
    return connect(apns, presenting(apns, None))


def expired(apns: ThreadedAPNs) -> str:
    credentials = apns.client_certificate(validity="expired").credentials
    return connect(apns, presenting(apns, credentials))


def not_yet_valid(apns: ThreadedAPNs) -> str:
    credentials = apns.client_certificate(validity="not-yet-valid").credentials
    return connect(apns, presenting(apns, credentials))


def from_a_foreign_ca(apns: ThreadedAPNs) -> str:
    return connect(apns, presenting(apns, Authority().client(TOPIC)))


def for_sandbox_only(apns: ThreadedAPNs) -> str:
    credentials = apns.client_certificate(scope="sandbox").credentials
    return connect(apns, presenting(apns, credentials))


def for_production_only(apns: ThreadedAPNs) -> str:
    credentials = apns.client_certificate(scope="production").credentials
    return connect(apns, presenting(apns, credentials))


def with_tls_1_1_only(apns: ThreadedAPNs) -> str:
    context = apns.ssl_context()
    insist_on(context, "TLSv1.1")
    return connect(apns, context)


def with_a_cipher_for_other_keys(apns: ThreadedAPNs) -> str:
    context = apns.ssl_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
    return connect(apns, context)


def saying(data: bytes) -> Attempt:
    """Somebody who does not speak TLS, and how much of an answer that gets."""

    def attempt(apns: ThreadedAPNs) -> str:
        with knock(apns) as connection:
            connection.sendall(data)
            return read_to_end(connection).hex()

    return attempt


def leaving_after(data: bytes) -> Attempt:
    def attempt(apns: ThreadedAPNs) -> str:
        with knock(apns) as connection:
            connection.sendall(data)
        return ""

    return attempt


def vanishing(apns: ThreadedAPNs) -> str:
    connection = knock(apns)
    connection.sendall(SSL3_HELLO[:20])
    vanish(connection)
    return ""


def accept(apns: ThreadedAPNs) -> None:
    """Prove that an ordinary provider is served."""
    with dial(apns) as connection:
        connection.sendall(framed())
        assert [each.topic for each in apns.wait_for(timeout=30)] == [TOPIC]


@pytest.mark.parametrize(
    ("attempt", "settings", "seen", "reason", "hint"),
    [
        (distrusting, {}, "CERTIFICATE_VERIFY_FAILED", "client-does-not-trust-ca", "ca.pem"),
        (
            by_another_name,
            {},
            "CERTIFICATE_VERIFY_FAILED",
            "client-refused-certificate",
            "by a name that our certificate does not have: use localhost, 127.0.0.1 or one of "
            "Apple's names instead of 'push.example.com'",
        ),
        (
            without_certificate,
            {},
            "SSLV3_ALERT_HANDSHAKE_FAILURE",
            "no-client-certificate",
            "client_certificate=optional",
        ),
        (
            expired,
            {},
            "SSLV3_ALERT_CERTIFICATE_EXPIRED",
            "client-certificate-expired",
            "issue a new one",
        ),
        (
            not_yet_valid,
            {},
            "SSLV3_ALERT_BAD_CERTIFICATE",
            "client-certificate-not-yet-valid",
            "begins in the future",
        ),
        (
            from_a_foreign_ca,
            {},
            "TLSV1_ALERT_UNKNOWN_CA",
            "client-certificate-untrusted",
            "client_ca",
        ),
        (
            for_sandbox_only,
            {},
            "SSLV3_ALERT_CERTIFICATE_REVOKED",
            "wrong-environment",
            "environment=sandbox",
        ),
        (
            for_production_only,
            {"environment": "sandbox"},
            "",
            "wrong-environment",
            "environment=production",
        ),
        (for_sandbox_only, {"tls_maximum": "1.3"}, "", "wrong-environment", "environment=sandbox"),
        (with_tls_1_1_only, {}, "TLSV1_ALERT_PROTOCOL_VERSION", "tls-version", "tls_minimum"),
        (
            with_a_cipher_for_other_keys,
            {},
            "SSLV3_ALERT_HANDSHAKE_FAILURE",
            "no-shared-cipher",
            "(ECDHE-ECDSA-AES128-GCM-SHA256): let it offer AES256-SHA or AES128-SHA",
        ),
        (saying(SHORT_HELLO), {}, "15030300020232", "tls-error", "length"),
        (saying(SSL3_HELLO), {}, "15030000020228", "tls-version", "SSL 3.0 at most"),
        # So much unread input would make the kernel overtake the alert with a reset.
        (saying(SSL3_HELLO + bytes(500_000)), {}, "15030000020228", "tls-version", "update it"),
        (saying(b"GET / HTTP/1.1\r\n\r\n"), {}, "", "plain-http", "over TLS"),
        (saying(b"CONNECT a:1 HTTP/1.1\r\n\r\n"), {}, "", "plain-http", "HTTP proxy"),
        (saying(framed()), {}, "", "not-tls", "switch TLS on"),
        (saying(bytes(range(100, 200))), {}, "", "not-tls", "switch TLS on"),
        (leaving_after(b""), {}, "", "disconnected", "port check"),
        (leaving_after(SSL3_HELLO[:20]), {}, "", "disconnected", "port check"),
        (vanishing, {}, "", "disconnected", "port check"),
    ],
)
def test_who_cannot_come_in_is_recorded_with_advice_and_does_no_harm(
    attempt: Attempt, settings: SettingsKeywords, seen: str, reason: str, hint: str
) -> None:
    with FakeAPNs(**settings).in_thread() as apns:
        assert attempt(apns) == seen
        [refused] = await_entries(apns, ConnectionRefused)
        assert (refused.connection, refused.service, refused.reason) == (1, "gateway", reason)
        assert hint in refused.hint
        assert refused.peer.startswith("127.0.0.1:") or refused.peer == "gone"
        accept(apns)
        assert [each.connection for each in apns.ledger.of(ConnectionOpened)] == [2]


def test_the_feedback_port_refuses_in_the_same_way() -> None:
    with FakeAPNs().in_thread() as apns:
        with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
            dial(apns, presenting(apns, None), "feedback")
        [refused] = await_entries(apns, ConnectionRefused)
        assert (refused.service, refused.reason) == ("feedback", "no-client-certificate")


def test_somebody_who_stops_half_way_is_let_go_and_keeps_nobody_waiting() -> None:
    with FakeAPNs(handshake_timeout="1500ms").in_thread() as apns, dial(apns) as early:
        with knock(apns) as connection:
            connection.sendall(SSL3_HELLO[:20])
            assert read_to_end(connection) == b""
        [refused] = await_entries(apns, ConnectionRefused)
        assert (refused.service, refused.reason) == ("gateway", "handshake-timeout")
        assert "1500ms" in refused.hint
        early.sendall(framed())
        apns.wait_for(timeout=30)


async def test_a_handshake_may_take_ten_seconds_and_no_longer(autojump_clock: MockClock) -> None:
    authority, settings = FakeAPNs().folder.authority, Settings()
    ledger, clock = Ledger(), running_clock()
    theirs, ours = memory_stream_pair()

    def nobody(*_: object) -> Connection:
        raise AssertionError("nobody has come in")

    front = Front("gateway", 2195, TLSTerms.of("gateway", settings), nobody)

    async with trio.open_nursery() as nursery:
        context = partial(server_context, authority, settings)
        reception = Reception(context, settings, Triggers(), ledger, clock, {}, lambda _: None)
        nursery.start_soon(reception.receive, front, Visitor(ours, Visitors()))
        begin = trio.current_time()
        await trio.sleep(9.9)
        await theirs.send_all(SSL3_HELLO[:20])
        assert await theirs.receive_some() == b""
        assert trio.current_time() == pytest.approx(begin + 10)
        await theirs.aclose()
    [refused] = ledger.of(ConnectionRefused)
    assert refused.reason == "handshake-timeout"


async def test_nobody_is_blamed_for_a_handshake_that_waited_for_our_turn(
    autojump_clock: MockClock,
) -> None:
    class Never(Turn):
        """Others are always before."""

        async def come(self, work: float, *, begun: bool = False) -> None:
            await trio.sleep_forever()

    theirs, ours = memory_stream_pair()
    context, server = contexts()
    client = trio.SSLStream(theirs, context, server_hostname="localhost")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client.do_handshake)
        stream = TLSStream(ours, server, turn=Never())
        with pytest.raises(Refused) as raised:
            await shake_hands(stream, door())
        nursery.cancel_scope.cancel()
    assert raised.value.reason == "handshake-timeout"
    assert raised.value.hint.startswith("the server had too much to do to answer the client")
