"""What TLS itself has to say of what was read is sent, and on record."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from fakeapns import FakeAPNs
from fakeapns.ledger.entries import ConnectionClosed, ConnectionOpened
from fakeapns.servers.refusals import RENEGOTIATION

from ..frames import framed
from ..providers import PATIENCE, await_entries, dial, knock, read_to_end, shake_hands
from .bare import ALERT, DATA, HANDSHAKE, HELLO, BareClient
from .streams import insist_on

VERSIONS = ["TLSv1.2", "TLSv1.3"]
NO_RENEGOTIATION, CLOSE_NOTIFY, BAD_RECORD_MAC = b"\1\x64", b"\1\0", b"\2\x14"
OPENSSL = shutil.which("openssl")


def record(kind: int, size: int, version: int = 0x0303) -> bytes:
    return bytes([kind]) + version.to_bytes(2, "big") + size.to_bytes(2, "big") + bytes(size)


# Feedback has ended its side before it reads, and may say no more then (RFC 5246, 7.2.1).
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "broken",
    [
        record(DATA, 40),
        record(DATA, 3),
        record(DATA, 40) + bytes(500_000),
        record(DATA, 20_000),
        record(HANDSHAKE, 40),
        record(ALERT, 40),
        record(99, 40),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x17\x03\x03\xff\xff" + bytes(65_535),
    ],
)
def test_whoever_breaks_tls_is_told_by_an_alert_before_the_close(
    broken: bytes, version: str
) -> None:
    with FakeAPNs(tls_maximum="1.3").in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, version)
        with knock(apns) as raw:
            tls, incoming, outgoing = shake_hands(raw, context)
            raw.sendall(outgoing.read() + broken)
            # No reset, whatever is unread.
            incoming.write(read_to_end(raw))
            with pytest.raises(ssl.SSLError, match="ALERT"):
                tls.read()
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.by, closed.how) == ("provider", "lost")
        assert closed.detail is not None
        assert closed.detail.startswith("what the client sent is no TLS any more (")
        with dial(apns) as other:
            other.sendall(framed())
            apns.wait_for(timeout=PATIENCE)
    assert apns.failure is None


def test_what_came_before_a_broken_record_is_judged_and_the_reason_is_kept(tmp_path: Path) -> None:
    with FakeAPNs().in_thread() as apns, knock(apns) as raw:
        client = BareClient(raw, apns.ssl_context(), tmp_path)
        client.send(DATA, framed(1))
        raw.sendall(record(DATA, 40))
        assert client.receive() == (ALERT, BAD_RECORD_MAC)
        assert client.receive() is None
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.accepted, closed.how) == (1, "lost")
        assert closed.detail is not None
        # OpenSSL gives its reason once: it is kept, though it came behind something good.
        assert "(decryption failed or bad record mac)" in closed.detail


@pytest.mark.parametrize("times", [1, 200])
def test_who_asks_to_renegotiate_is_told_no_and_may_go_on(tmp_path: Path, times: int) -> None:
    with FakeAPNs().in_thread() as apns, knock(apns) as raw:
        client = BareClient(raw, apns.ssl_context(), tmp_path)
        client.send(DATA, framed(1))
        for _ in range(times):
            client.send(HANDSHAKE, HELLO)
        for _ in range(times):
            assert client.receive() == (ALERT, NO_RENEGOTIATION)
        client.send(DATA, framed(2))
        client.send(ALERT, CLOSE_NOTIFY)
        assert client.receive() == (ALERT, CLOSE_NOTIFY)
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.how, closed.accepted, closed.detail) == ("graceful", 2, RENEGOTIATION)
    assert apns.failure is None


def test_that_it_was_asked_for_is_told_whoever_ends_the_connection(tmp_path: Path) -> None:
    with FakeAPNs().in_thread() as apns, knock(apns) as raw:
        client = BareClient(raw, apns.ssl_context(), tmp_path)
        client.send(HANDSHAKE, HELLO)
        client.send(DATA, framed(7, token=b""))
        assert client.receive() == (ALERT, NO_RENEGOTIATION)
        assert client.receive() == (DATA, bytes.fromhex("080200000007"))
        assert client.receive() == (ALERT, CLOSE_NOTIFY)
        client.send(ALERT, CLOSE_NOTIFY)
        assert client.receive() is None
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.by, closed.reason, closed.detail) == ("server", "error", RENEGOTIATION)


def test_behind_our_own_goodbye_nothing_is_answered_and_all_is_well(tmp_path: Path) -> None:
    with FakeAPNs().in_thread() as apns, knock(apns, "feedback") as raw:
        client = BareClient(raw, apns.ssl_context(), tmp_path)
        assert client.receive() == (ALERT, CLOSE_NOTIFY)
        client.send(HANDSHAKE, HELLO)
        client.send(ALERT, CLOSE_NOTIFY)
        assert client.receive() is None
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.by, closed.how, closed.unread_bytes) == ("server", "graceful", 0)


@pytest.mark.skipif(OPENSSL is None, reason="without openssl no other client is proven")
def test_openssl_is_told_that_it_cannot_renegotiate() -> None:
    assert OPENSSL is not None
    with FakeAPNs().in_thread() as apns:
        to = f"{apns.gateway.host}:{apns.gateway.port}"
        pem = apns.client_certificate().pem_file
        command = [OPENSSL, "s_client", "-connect", to, "-CAfile", apns.ca_file, "-cert", pem]
        with subprocess.Popen(
            [*command, "-tls1_2"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as client:
            assert client.stdin is not None
            assert client.stderr is not None
            await_entries(apns, ConnectionOpened)
            client.stdin.write("R\n")
            client.stdin.flush()
            # It ends by itself, for that.
            assert "no renegotiation" in client.stderr.read()
        [closed] = await_entries(apns, ConnectionClosed)
        assert closed.detail == RENEGOTIATION
