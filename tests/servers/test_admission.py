"""Handshakes over real sockets that succeed: with which certificate, topic and version."""

from __future__ import annotations

import socket
import ssl
import warnings
from pathlib import Path

import pytest

from fakeapns import Authority, FakeAPNs
from fakeapns.certificates import client_context, server_context
from fakeapns.ledger.entries import ConnectionOpened
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.settings_keywords import SettingsKeywords, TLSVersion

from ..frames import TOPIC, framed
from ..providers import dial, knock, presenting, read_to_end
from .streams import insist_on


@pytest.mark.parametrize(
    ("scope", "environment"),
    [("sandbox", "sandbox"), ("production", "production"), ("both", "sandbox")],
)
def test_a_certificate_for_the_environment_is_let_in(scope: str, environment: str) -> None:
    settings: SettingsKeywords = {"environment": "sandbox"} if environment == "sandbox" else {}
    with FakeAPNs(**settings).in_thread() as apns:
        certificates = {
            "sandbox": apns.client_certificate(scope="sandbox"),
            "production": apns.client_certificate(scope="production"),
            "both": apns.client_certificate(),
        }
        with dial(apns, presenting(apns, certificates[scope].credentials)) as connection:
            connection.sendall(framed())
            apns.wait_for(timeout=30)


def test_without_a_certificate_the_topic_is_that_of_the_settings() -> None:
    with FakeAPNs(client_certificate="optional", topic="com.example.given").in_thread() as apns:
        with dial(apns, presenting(apns, None)) as connection:
            connection.sendall(framed())
            assert apns.wait_for(timeout=30)[0].topic == "com.example.given"
        [opened] = apns.ledger.of(ConnectionOpened)
        assert (opened.topic, opened.certificate) == ("com.example.given", None)


def test_where_a_certificate_is_optional_it_still_gives_the_topic() -> None:
    given = FakeAPNs(client_certificate="optional", topic="com.example.given")
    with given.in_thread() as apns, dial(apns) as connection:
        connection.sendall(framed())
        assert apns.wait_for(timeout=30)[0].topic == TOPIC


@pytest.mark.parametrize("topic", [None, "", " \t"])
def test_without_a_certificate_and_a_topic_every_notification_is_refused(
    topic: str | None,
) -> None:
    with FakeAPNs(client_certificate="optional", topic=topic).in_thread() as apns:
        with dial(apns, presenting(apns, None)) as connection:
            connection.sendall(framed(7))
            assert read_to_end(connection) == bytes.fromhex("080300000007")
        [rejected] = apns.rejected
        assert (rejected.status, rejected.topic) == ("missing-topic", None)
        [opened] = apns.ledger.of(ConnectionOpened)
        assert opened.topic is None


def test_a_foreign_ca_can_be_trusted_beside_ours(tmp_path: Path) -> None:
    foreign = Authority()
    file = tmp_path / "theirs.pem"
    file.write_bytes(foreign.ca_pem)
    with FakeAPNs(client_ca=file).in_thread() as apns:
        with dial(apns, presenting(apns, foreign.client("com.example.theirs"))) as connection:
            connection.sendall(framed())
            assert apns.wait_for(timeout=30)[0].topic == "com.example.theirs"
        with dial(apns) as connection:
            connection.sendall(framed())
            apns.wait_for(2, timeout=30)


def test_a_single_certificate_can_be_trusted_without_its_ca(tmp_path: Path) -> None:
    foreign = Authority()
    file = tmp_path / "theirs.pem"
    file.write_bytes(foreign.client(TOPIC).certificate_pem)
    with FakeAPNs(client_ca=file).in_thread() as apns:
        with pytest.raises(ssl.SSLError, match="UNKNOWN_CA"):
            dial(apns, presenting(apns, foreign.client("com.example.sibling")))
        with dial(apns, presenting(apns, foreign.client(TOPIC))) as connection:
            connection.sendall(framed())
            apns.wait_for(timeout=30)


@pytest.mark.parametrize(
    ("settings", "version"),
    [
        ({}, "TLSv1.2"),
        ({"tls_maximum": "1.3"}, "TLSv1.3"),
        ({"tls_minimum": "1.0"}, "TLSv1"),
        ({"tls_minimum": "1.0"}, "TLSv1.1"),
    ],
)
def test_old_and_new_versions_are_spoken_when_asked(
    settings: SettingsKeywords, version: str
) -> None:
    with FakeAPNs(**settings).in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, version)
        with dial(apns, context) as connection:
            connection.sendall(framed())
            apns.wait_for(timeout=30)
        assert [each.tls for each in apns.ledger.of(ConnectionOpened)] == [version]


@pytest.mark.parametrize("maximum", ["1.2", "1.3"])
def test_no_session_ticket_is_issued(maximum: TLSVersion) -> None:
    with FakeAPNs(tls_maximum=maximum).in_thread() as apns, dial(apns) as connection:
        connection.sendall(framed(token=b""))
        assert len(read_to_end(connection)) == 6
        assert connection.session is None or not connection.session.has_ticket


def test_a_client_that_trusts_the_ca_gets_by_with_any_name_of_the_server() -> None:
    with FakeAPNs().in_thread() as apns:
        for name in ("localhost", "127.0.0.1", "::1", "gateway.sandbox.push.apple.com"):
            context = client_context(apns.folder.authority, apns.client_certificate().credentials)
            with context.wrap_socket(knock(apns), server_hostname=name) as connection:
                assert isinstance(connection, socket.socket)


def test_asking_for_old_versions_warns_nobody() -> None:
    with warnings.catch_warnings(record=True) as caught:
        server_context(FakeAPNs().folder.authority, Settings.of({"tls_minimum": "1.0"}))
    assert caught == []
