"""People who took one port for another, over real sockets: each is told where to go."""

from __future__ import annotations

import contextlib
import shutil
import ssl
import subprocess

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger.entries import ConnectionClosed, ConnectionRefused, Malformed
from fakeapns.scenario.faults import Service
from fakeapns.scenario.settings_keywords import SettingsKeywords

from ..frames import enhanced, framed, simple
from ..processes import PATIENCE
from ..providers import await_entries, dial, knock, presenting, read_to_end
from .streams import hello

VERSIONS: tuple[SettingsKeywords, ...] = ({}, {"tls_maximum": "1.3"})
SERVICES: tuple[Service, ...] = ("gateway", "feedback")
REQUEST = b"POST /3/device/00 HTTP/1.1\r\nhost: localhost\r\n\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
ELSEWHERE = "connect to the provider API, at port {api}, which speaks HTTP/2 over TLS"
PROXIED = b"PROXY TCP4 10.0.0.1 10.0.0.2 5000 2195\r\n"


def offering(apns: ThreadedAPNs, *protocols: str, certificate: bool = True) -> ssl.SSLContext:
    credentials = apns.client_certificate().credentials if certificate else None
    context = presenting(apns, credentials)
    context.set_alpn_protocols(protocols)
    return context


def told(apns: ThreadedAPNs, service: Service) -> ConnectionRefused:
    """What is said of somebody who did not get in."""
    [refused] = await_entries(apns, ConnectionRefused)
    assert refused.service == service
    return refused


@pytest.mark.parametrize("settings", VERSIONS)
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("certificate", [True, False])
@pytest.mark.parametrize("trusting", [True, False])
def test_who_asks_for_http_2_is_refused_whatever_else_it_lacks(
    settings: SettingsKeywords, service: Service, certificate: bool, trusting: bool
) -> None:
    with FakeAPNs(**settings).in_thread() as apns:
        context = offering(apns, "h2", "http/1.1", certificate=certificate)
        if not trusting:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.set_alpn_protocols(["h2"])
        with contextlib.suppress(ssl.SSLError, OSError), dial(apns, context, service) as client:
            assert read_to_end(client) == b""
        refused = told(apns, service)
        assert refused.reason == "http"
        assert refused.hint == (
            f"the client speaks HTTP, and the {service} port speaks Apple's binary protocol over "
            f"TLS: {ELSEWHERE.format(api=apns.api.port)}"
        )


def test_who_asks_for_http_2_learns_that_there_is_none() -> None:
    server = FakeAPNs().in_thread()
    with server as apns, pytest.raises(ssl.SSLError, match="no application protocol"):
        dial(apns, offering(apns, "h2"))


@pytest.mark.parametrize("settings", VERSIONS)
def test_who_offers_only_http_1_1_and_shows_no_certificate_lacks_another_port(
    settings: SettingsKeywords,
) -> None:
    with FakeAPNs(**settings).in_thread() as apns:
        context = offering(apns, "http/1.1", certificate=False)
        with contextlib.suppress(ssl.SSLError, OSError), dial(apns, context) as client:
            client.recv(1)
        assert told(apns, "gateway").reason == "http"


def test_who_shows_no_certificate_and_offers_nothing_hears_of_both() -> None:
    with FakeAPNs().in_thread() as apns:
        with pytest.raises(ssl.SSLError):
            dial(apns, presenting(apns, None))
        assert told(apns, "gateway").reason == "no-client-certificate"
        assert "is one for HTTP/2" in told(apns, "gateway").hint
        assert ELSEWHERE.format(api=apns.api.port) in told(apns, "gateway").hint


@pytest.mark.parametrize("settings", VERSIONS)
@pytest.mark.parametrize("certificate", [True, False])
@pytest.mark.parametrize("bytewise", [True, False])
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (REQUEST, "http: the client speaks HTTP/1.1, and the gateway port speaks"),
        (PREFACE, "http: the client speaks HTTP/2, and the gateway port speaks"),
        (bytes.fromhex("160301 00"), "the client starts TLS a second time inside TLS"),
        (PROXIED, "a proxy in front announces the client (PROXY protocol)"),
    ],
)
def test_first_bytes_inside_tls_that_are_no_frame_are_named(
    settings: SettingsKeywords, certificate: bool, bytewise: bool, said: bytes, reason: str
) -> None:
    optional: SettingsKeywords = {**settings, "client_certificate": "optional"}
    with FakeAPNs(**optional).in_thread() as apns:
        # Without ALPN, as of clients that know before what they will get.
        context = None if certificate else presenting(apns, None)
        with dial(apns, context) as client:
            for piece in [said[at : at + 1] for at in range(len(said))] if bytewise else [said]:
                with contextlib.suppress(OSError):
                    client.sendall(piece)
            assert read_to_end(client) == b""
        [malformed] = await_entries(apns, Malformed)
        assert malformed.reason.startswith(reason)
        assert (malformed.outcome, malformed.status) == ("rejected", None)
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.by, closed.reason) == ("server", "silent-error")
        assert closed.detail == f"nothing is read behind frame 1: {malformed.reason}"


@pytest.mark.parametrize(
    ("said", "reason", "hint"),
    [
        (REQUEST, "plain-http", ELSEWHERE),
        (PREFACE, "plain-http", ELSEWHERE),
        (b"DELETE /1/apps HTTP/1.1\r\n\r\n", "plain-http", ELSEWHERE),
        (b"CONNECT api.push.apple.com:443 HTTP/1.1\r\n\r\n", "plain-http", "for an HTTP proxy"),
        (PROXIED, "not-tls", "PROXY protocol"),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", "not-tls", "PROXY protocol"),
        (b"EHLO localhost\r\n", "not-tls", "switch TLS on"),
    ],
)
@pytest.mark.parametrize("service", SERVICES)
def test_first_bytes_outside_tls_are_named(
    service: Service, said: bytes, reason: str, hint: str
) -> None:
    with FakeAPNs().in_thread() as apns:
        with knock(apns, service) as client:
            client.sendall(said)
            assert read_to_end(client) == b""
        assert told(apns, service).reason == reason
        assert hint.format(api=apns.api.port) in told(apns, service).hint


@pytest.mark.parametrize("frame", [simple(), enhanced(1), framed(1)])
@pytest.mark.parametrize("service", SERVICES)
def test_a_notification_outside_tls_is_known_for_one(service: Service, frame: bytes) -> None:
    with FakeAPNs().in_thread() as apns:
        with knock(apns, service) as client:
            client.sendall(frame)
            assert read_to_end(client) == b""
        refused = told(apns, service)
        assert refused.reason == "not-tls"
        assert "sends a notification without TLS" in refused.hint
        assert "switch TLS on" in refused.hint
        assert (f"the gateway, at port {apns.gateway.port}" in refused.hint) == (
            service == "feedback"
        )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (simple(), "they look like a notification: send it to the gateway, at port {port}"),
        (enhanced(1), "they look like a notification: send it to the gateway, at port {port}"),
        (framed(1) * 3, "they look like a notification: send it to the gateway, at port {port}"),
        (REQUEST, "http: the client speaks HTTP/1.1, and the feedback port"),
        (PREFACE, "http: the client speaks HTTP/2, and the feedback port"),
        (b"list, please", "is it the right port?"),
    ],
)
def test_what_is_written_to_feedback_is_told_in_ledger_log_and_failed_assertion(
    said: bytes, words: str
) -> None:
    with FakeAPNs().in_thread() as apns:
        with dial(apns, None, "feedback") as client:
            client.sendall(said)
            assert read_to_end(client) == b""
        [closed] = await_entries(apns, ConnectionClosed)
        assert closed.detail is not None
        assert closed.detail.startswith(
            f"{len(said)} bytes were written to feedback, which only speaks"
        )
        assert words.format(port=apns.gateway.port) in closed.detail
        with pytest.raises(AssertionError) as failed:
            apns.assert_accepted()
        assert closed.detail in str(failed.value)


def test_a_reader_of_feedback_that_writes_nothing_needs_no_words() -> None:
    with FakeAPNs().in_thread() as apns:
        with dial(apns, None, "feedback") as client:
            assert read_to_end(client) == b""
        [closed] = await_entries(apns, ConnectionClosed)
        assert closed.detail is None


@pytest.mark.parametrize("option", ["--http2", "--http2-prior-knowledge", "--http1.1"])
def test_curl_is_told_to_speak_something_else(option: str) -> None:
    # Not promised to be here, even in CI.
    if shutil.which("curl") is None:
        pytest.skip("curl is missing, so nothing here proves that it is told where it has come to")
    with FakeAPNs().in_thread() as apns:
        url = f"https://localhost:{apns.gateway.port}/3/device/00"
        command = ["curl", "--silent", option, "--cacert", apns.ca_file, "--data", "{}", url]
        subprocess.run(command, timeout=PATIENCE, check=False, capture_output=True)
        assert told(apns, "gateway").reason == "http"


# ---- those who leave ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "hint"),
    [(0, "left without a byte"), (20, "left in the middle of its first message")],
)
def test_who_leaves_early_is_told_how_far_it_came(part: int, hint: str) -> None:
    with FakeAPNs().in_thread() as apns:
        with knock(apns) as client:
            client.sendall(hello(apns.ssl_context())[:part])
        assert told(apns, "gateway").reason == "disconnected"
        assert hint in told(apns, "gateway").hint


def test_who_leaves_when_it_has_seen_our_certificate_may_not_trust_it() -> None:
    with FakeAPNs().in_thread() as apns:
        with knock(apns) as client:
            client.sendall(hello(apns.ssl_context()))
            client.recv(65_536)
        assert told(apns, "gateway").reason == "disconnected"
        assert "if it does not trust our CA, give ca.pem" in told(apns, "gateway").hint


@pytest.mark.parametrize(
    ("part", "hint"),
    [
        (0, "the client said nothing within 50ms: switch TLS on"),
        (20, "the client's first message was not complete within 50ms"),
        (5000, "the client did not answer within 50ms"),
    ],
)
def test_who_takes_too_long_is_told_what_was_waited_for(part: int, hint: str) -> None:
    with FakeAPNs(handshake_timeout="50ms").in_thread() as apns:
        with knock(apns) as client:
            client.sendall(hello(apns.ssl_context())[:part])
            read_to_end(client)
        assert told(apns, "gateway").reason == "handshake-timeout"
        assert told(apns, "gateway").hint.startswith(hint)


def test_who_leaves_behind_the_handshake_without_a_byte_may_be_node_or_read_feedback() -> None:
    with FakeAPNs().in_thread() as apns:
        dial(apns).close()
        [closed] = await_entries(apns, ConnectionClosed)
        assert closed.detail is not None
        assert "set NODE_EXTRA_CA_CERTS" in closed.detail
        assert f"waits for feedback, which is another service, at port {apns.feedback.port}" in (
            closed.detail
        )
        with dial(apns) as provider:
            provider.sendall(framed())
            apns.wait_for()
        assert await_entries(apns, ConnectionClosed, 2)[1].detail is None
