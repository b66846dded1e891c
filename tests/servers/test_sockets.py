"""Where the kernel has a say: resets, closes with unread input, addresses."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest

from fakeapns import Drop, FakeAPNs, Reject, Shutdown
from fakeapns.ledger.entries import ConnectionClosed
from fakeapns.protocol import encode_error
from fakeapns.scenario.settings_keywords import TLSVersion

from ..frames import framed, numbered
from ..providers import await_entries, dial, read_to_end, shake_hands, vanish


def tls_by_hand(connection: socket.socket, context: ssl.SSLContext) -> bytes:
    """A handshake whose end of the stream is then read raw: what came after the last record.

    Returns the TLS records that were sent after the handshake, still encrypted.
    """
    tls, _, outgoing = shake_hands(connection, context)
    connection.sendall(outgoing.read())
    tls.write(framed())
    connection.sendall(outgoing.read())
    return read_to_end(connection)


def bare(apns: Any) -> socket.socket:
    return socket.create_connection((apns.gateway.host, apns.gateway.port), timeout=30)


def test_a_drop_by_reset_is_a_reset_on_the_wire() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Drop("reset"))
        with bare(apns) as connection, pytest.raises(ConnectionResetError):
            tls_by_hand(connection, apns.ssl_context())
        [end] = await_entries(apns, ConnectionClosed)
        assert (end.by, end.how, end.reason, end.accepted) == ("server", "reset", "fault", 1)


def test_a_graceful_drop_says_goodbye_before_the_fin() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Drop())
        with bare(apns) as connection:
            wire = tls_by_hand(connection, apns.ssl_context())
        # One record of the type alert: close_notify, encrypted.
        assert wire[:3] == bytes.fromhex("15 0303")
        assert len(wire) == 5 + int.from_bytes(wire[3:5], "big")


def test_a_drop_without_close_notify_sends_nothing_but_the_fin() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Drop("no-close-notify"))
        with bare(apns) as connection:
            assert tls_by_hand(connection, apns.ssl_context()) == b""
        [end] = await_entries(apns, ConnectionClosed)
        assert end.how == "no-close-notify"


def test_a_shutdown_names_the_last_accepted_one_and_closes() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Shutdown(), notification=2)
        with dial(apns) as connection:
            connection.sendall(framed(41) + framed(42) + framed(43))
            assert read_to_end(connection) == encode_error(10, 42)
        [end] = await_entries(apns, ConnectionClosed)
        assert (end.reason, end.accepted, end.discarded) == ("shutdown", 2, 1)


def test_an_error_survives_a_provider_that_keeps_writing() -> None:
    # A kernel answers unread input at a close with a reset, which would wipe out the six
    # bytes on their way.
    with FakeAPNs().in_thread() as apns:
        with dial(apns) as connection:
            connection.sendall(framed(1, token=b""))
            connection.sendall(framed(2) * 2_000)
            assert read_to_end(connection) == encode_error(2, 1)
        [end] = await_entries(apns, ConnectionClosed)
        assert (end.how, end.rejected, end.discarded) == ("graceful", 1, 2_000)


def test_a_provider_that_writes_and_leaves_without_reading_loses_nothing() -> None:
    with FakeAPNs().in_thread() as apns:
        with dial(apns) as connection:
            connection.sendall(b"".join(framed(n, numbered(n)) for n in range(20_000)))
        assert len(apns.wait_for(20_000, timeout=60)) == 20_000
        [end] = await_entries(apns, ConnectionClosed)
        assert (end.by, end.how, end.unread_bytes) == ("provider", "no-close-notify", 0)


@pytest.mark.parametrize("maximum", ["1.2", "1.3"])
def test_an_orderly_goodbye_is_answered_and_told_from_a_bare_end(maximum: TLSVersion) -> None:
    with FakeAPNs(tls_maximum=maximum).in_thread() as apns:
        with dial(apns) as connection:
            connection.sendall(framed())
            apns.wait_for(timeout=30)
            # Raises unless the server says goodbye too.
            with connection.unwrap() as bare_again:
                assert bare_again.recv(1) == b""
        [end] = await_entries(apns, ConnectionClosed)
        assert (end.by, end.how) == ("provider", "graceful")


def test_a_goodbye_right_behind_the_last_notification_is_answered() -> None:
    with FakeAPNs().in_thread() as apns:
        for number in range(10):
            with dial(apns) as connection:
                connection.sendall(framed(number) * 100)
                connection.unwrap().close()
        ends = await_entries(apns, ConnectionClosed, 10)
        assert {(end.by, end.how, end.accepted) for end in ends} == {("provider", "graceful", 100)}


def test_a_provider_that_resets_is_recorded_and_hurts_nobody() -> None:
    with FakeAPNs().in_thread() as apns:
        connection = dial(apns)
        connection.sendall(framed(1))
        apns.wait_for(timeout=30)
        vanish(connection)
        [end] = await_entries(apns, ConnectionClosed)
        assert (end.by, end.how, end.reason) == ("provider", "reset", "ended")
        with dial(apns) as other:
            other.sendall(framed(2))
            apns.wait_for(2, timeout=30)


def test_a_feedback_reader_that_resets_hurts_nobody() -> None:
    with FakeAPNs().in_thread() as apns:
        device = apns.devices.add("com.example.app", state="uninstalled")
        with dial(apns) as connection:
            connection.sendall(framed(1, device.token_bytes))
            apns.wait_for(timeout=30)
        await_entries(apns, ConnectionClosed)
        reader = dial(apns, service="feedback")
        assert reader.recv(100)[6:] == device.token_bytes
        vanish(reader)
        end = await_entries(apns, ConnectionClosed, 2)[-1]
        assert (end.by, end.how) == ("provider", "reset")
        with dial(apns) as connection:
            connection.sendall(framed(2))
            apns.wait_for(2, timeout=30)


def test_an_error_that_is_pending_reaches_a_provider_that_half_closes() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Reject(delay="1h"))
        with dial(apns) as connection:
            connection.sendall(framed(7))
            apns.wait_for(outcome="rejected", timeout=30)
            # Not `connection.shutdown`, which would take TLS off the reading side as well.
            socket.socket.shutdown(connection, socket.SHUT_WR)
            assert read_to_end(connection) == encode_error(8, 7)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_both_addresses_have_the_same_ports(host: str) -> None:
    with FakeAPNs().in_thread() as apns:
        context = apns.ssl_context()
        for port in (apns.gateway.port, apns.feedback.port):
            raw = socket.create_connection((host, port), timeout=30)
            with context.wrap_socket(raw, server_hostname=host) as connection:
                assert connection.version() == "TLSv1.2"
