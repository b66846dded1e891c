"""Faults at the door over real sockets: what the kernel and OpenSSL tell a blocking client."""

from __future__ import annotations

import socket
import ssl
from typing import Literal

import pytest

from fakeapns import (
    AcceptThenClose,
    Alert,
    BadCertificate,
    ReconnectBlock,
    Refuse,
    SlowHandshake,
    ThreadedAPNs,
)
from fakeapns.certificates import client_context
from fakeapns.ledger.entries import ConnectionClosed, ConnectionRefused, FaultFired
from fakeapns.scenario.faults import Service
from fakeapns.scenario.settings_keywords import SettingsKeywords

from ..frames import framed
from ..providers import await_entries, dial, knock, read_to_end, vanish
from .played import playing, step
from .streams import hello, insist_on

SERVICES: tuple[Service, ...] = ("gateway", "feedback")


def refusal(apns: ThreadedAPNs) -> ConnectionRefused:
    [refused] = await_entries(apns, ConnectionRefused)
    assert refused.reason == "fault"
    return refused


# ---- refuse ---------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_a_refusal_by_reset_is_a_reset_on_the_wire(service: Service) -> None:
    with playing(step(Refuse("reset"))).in_thread() as apns:
        # It may come before the kernel has told the client that it is connected.
        with pytest.raises(ConnectionResetError), knock(apns, service) as connection:
            connection.recv(1)
        assert refusal(apns).service == service


@pytest.mark.parametrize("service", SERVICES)
def test_a_refusal_by_close_is_a_fin_and_no_byte(service: Service) -> None:
    with playing(step(Refuse("close"))).in_thread() as apns:
        with knock(apns, service) as connection:
            assert connection.recv(1) == b""
        assert refusal(apns).service == service


def test_a_refusal_by_close_is_no_reset_for_those_who_have_written_already() -> None:
    with playing(step(Refuse("close"))).in_thread() as apns, knock(apns) as connection:
        await_entries(apns, FaultFired)
        connection.sendall(b"x" * 100_000)
        assert read_to_end(connection) == b""


def test_a_refusal_before_the_handshake_waits_for_the_first_byte() -> None:
    server = playing(step(Refuse("before-handshake"))).in_thread()
    with server as apns, knock(apns) as waiting, knock(apns) as speaking:
        await_entries(apns, FaultFired, 2)
        speaking.sendall(b"\x16")
        assert read_to_end(speaking) == b""
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(1)
        assert refusal(apns).hint == "step 1 of the scenario, refuse, asked for this"


def test_a_client_that_vanishes_before_it_is_refused_does_no_harm() -> None:
    fault = step(Refuse("before-handshake"), connection="1..2")
    with playing(fault).in_thread() as apns:
        for number in (1, 2):
            connection = knock(apns)
            await_entries(apns, FaultFired, number)
            vanish(connection)
        await_entries(apns, ConnectionRefused, 2)
        with dial(apns) as provider:
            provider.sendall(framed())
            apns.wait_for()


def test_a_client_that_never_speaks_is_refused_when_the_handshake_is_due() -> None:
    steps = [step(Refuse("before-handshake"), connection=1), step(Alert(), connection=2)]
    with playing(*steps, handshake_timeout="50ms").in_thread() as apns:
        with knock(apns) as refused, knock(apns) as alerted:
            assert read_to_end(refused) == read_to_end(alerted) == b""
        hints = sorted(each.hint for each in await_entries(apns, ConnectionRefused, 2))
        assert [hint.split()[1] for hint in hints] == ["1", "2"]


def test_a_blocked_client_gets_a_reset() -> None:
    with playing(step(ReconnectBlock(connections=1))).in_thread() as apns:
        with dial(apns) as provider:
            provider.sendall(framed())
            apns.wait_for()
        with pytest.raises(ConnectionResetError), knock(apns) as connection:
            connection.recv(1)
        assert "reconnect_block" in refusal(apns).hint


# ---- the handshake --------------------------------------------------------------------

VERSIONS = ["1.2 only", "up to 1.3"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        ("certificate-revoked", "SSLV3_ALERT_CERTIFICATE_REVOKED"),
        ("certificate-expired", "SSLV3_ALERT_CERTIFICATE_EXPIRED"),
        ("unknown-ca", "TLSV1_ALERT_UNKNOWN_CA"),
        (44, "SSLV3_ALERT_CERTIFICATE_REVOKED"),
        (45, "SSLV3_ALERT_CERTIFICATE_EXPIRED"),
        (48, "TLSV1_ALERT_UNKNOWN_CA"),
        (90, "TLSV1_ALERT_USER_CANCELLED"),
    ],
)
def test_openssl_reports_the_alert(alert: str | int, reason: str, version: str) -> None:
    with playing(step(Alert(alert))).in_thread() as apns:  # type: ignore[arg-type]
        context = apns.ssl_context()
        context.maximum_version = {
            "1.2 only": ssl.TLSVersion.TLSv1_2,
            "up to 1.3": ssl.TLSVersion.TLSv1_3,
        }[version]
        with pytest.raises(ssl.SSLError) as caught:
            dial(apns, context)
        assert caught.value.reason == reason
        assert refusal(apns).hint == "step 1 of the scenario, alert, asked for this"


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1"])
def test_an_old_client_gets_its_alert_too(version: str) -> None:
    old: SettingsKeywords = {"tls_minimum": "1.0"}
    with playing(step(Alert()), **old).in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, version)
        with pytest.raises(ssl.SSLError) as caught:
            dial(apns, context)
        assert caught.value.reason == "SSLV3_ALERT_CERTIFICATE_REVOKED"


@pytest.mark.parametrize(
    ("how", "code", "alert"),
    # X.509 verification results of OpenSSL; what the client then says, and we report.
    [
        ("expired", 10, "certificate_expired, alert 45"),
        ("untrusted", 20, "unknown_ca, alert 48"),
        ("wrong-host", 62, "bad_certificate, alert 42"),
    ],
)
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_client_that_refuses_a_bad_certificate_is_told_to_have_done_right(
    how: str, code: int, alert: str, version: Literal["1.2", "1.3"]
) -> None:
    fault = BadCertificate(how)  # type: ignore[arg-type]
    server = playing(step(fault, connection="1..2"), tls_maximum=version)
    with server.in_thread() as apns:
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            dial(apns)
        assert caught.value.verify_code == code
        # Those who check nothing are let in, by somebody who is not Apple.
        careless = client_context(apns.folder.authority, apns.client_certificate().credentials)
        careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
        with dial(apns, careless) as provider:
            provider.sendall(framed())
            apns.wait_for(outcome="discarded")
        assert refusal(apns).connection == 1
        assert refusal(apns).hint == (
            f"step 1 of the scenario, bad_certificate, asked for this ({how}): "
            f"the client sent {alert}, and was right to"
        )
        faults = [(each.connection, each.step, each.detail) for each in apns.ledger.of(FaultFired)]
        assert faults == [(1, 1, how), (2, 1, how)]
        dial(apns).close()


def test_a_slow_handshake_holds_up_nobody_else() -> None:
    with playing(step(SlowHandshake("1h"), connection=1)).in_thread() as apns, knock(apns) as slow:
        slow.sendall(hello(apns.ssl_context()))
        await_entries(apns, FaultFired)
        with dial(apns) as provider:
            provider.sendall(framed())
            apns.wait_for()
        slow.setblocking(False)
        with pytest.raises(BlockingIOError):
            slow.recv(1)


def test_a_connection_that_is_accepted_and_closed_says_goodbye() -> None:
    with playing(step(AcceptThenClose())).in_thread() as apns:
        with dial(apns) as provider:
            assert provider.recv(1) == b""
            assert isinstance(provider.unwrap(), socket.socket)
        [closed] = await_entries(apns, ConnectionClosed)
        assert (closed.by, closed.how, closed.reason) == ("server", "graceful", "fault")


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_who_leaves_a_slow_handshake_did_what_the_story_asked_for(
    version: Literal["1.2", "1.3"],
) -> None:
    server = playing(step(SlowHandshake("50ms"), connection=1), tls_maximum=version)
    with server.in_thread() as apns:
        with knock(apns) as impatient:
            impatient.sendall(hello(apns.ssl_context()))
        assert refusal(apns).hint == (
            "step 1 of the scenario, slow_handshake, asked for this: the "
            "client left, and was right to"
        )


@pytest.mark.parametrize("fault", [SlowHandshake("1ms"), BadCertificate("expired")])
def test_what_a_story_did_not_ask_for_is_told_all_the_same(
    fault: SlowHandshake | BadCertificate,
) -> None:
    with playing(step(fault)).in_thread() as apns:
        careless = client_context(apns.folder.authority, None)
        careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
        with pytest.raises(ssl.SSLError):
            dial(apns, careless)
        [refused] = await_entries(apns, ConnectionRefused)
        assert refused.reason == "no-client-certificate"


def test_who_doubts_us_behind_a_slow_handshake_is_told_whom_to_trust() -> None:
    with playing(step(SlowHandshake("1ms"))).in_thread() as apns:
        with pytest.raises(ssl.SSLError):
            dial(apns, ssl.create_default_context())
        [refused] = await_entries(apns, ConnectionRefused)
        assert refused.reason == "client-does-not-trust-ca"


def test_a_failed_assertion_names_the_story_and_no_setting_of_the_client() -> None:
    with playing(step(BadCertificate("untrusted"))).in_thread() as apns:
        with pytest.raises(ssl.SSLError):
            dial(apns)
        await_entries(apns, ConnectionRefused)
        with pytest.raises(AssertionError) as failed:
            apns.assert_accepted()
        assert "bad_certificate, asked for this (untrusted): the client sent" in str(failed.value)
        assert "ca.pem" not in str(failed.value)
