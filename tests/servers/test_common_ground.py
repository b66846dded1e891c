"""Versions and cipher suites over real sockets: what Apple's gateway chose, and what nobody has."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from fakeapns import FakeAPNs
from fakeapns.ledger.entries import ConnectionRefused
from fakeapns.scenario.faults import Service

from ..frames import framed
from ..providers import await_entries, dial, knock, read_to_end
from .streams import hello, insist_on


@pytest.mark.parametrize("suite", ["AES256-SHA", "AES128-SHA"])
@pytest.mark.parametrize("maximum", ["1.2", "1.3"])
@pytest.mark.parametrize("service", ["gateway", "feedback"])
def test_a_client_that_has_only_what_apples_gateway_chose_is_served(
    suite: str, maximum: Any, service: Service
) -> None:
    with FakeAPNs(tls_maximum=maximum).in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, "TLSv1.2")
        context.set_ciphers(suite)
        with dial(apns, context, service) as provider:
            chosen = provider.cipher()
            assert chosen is not None
            assert chosen[0] == suite
            if service == "gateway":
                provider.sendall(framed())
                apns.wait_for()


def test_nobody_gets_them_who_has_something_better() -> None:
    with FakeAPNs().in_thread() as apns:
        context = apns.ssl_context()
        context.set_ciphers("AES256-SHA:ECDHE-RSA-AES128-GCM-SHA256")
        with dial(apns, context) as provider:
            chosen = provider.cipher()
            assert chosen is not None
            assert chosen[0] == "ECDHE-RSA-AES128-GCM-SHA256"


def with_suites(said: bytes, *suites: int) -> bytes:
    """The hello of a client that offers these suites, which OpenSSL itself may not know."""
    at = 5 + 4 + 34
    at += 1 + said[at]
    end = at + 2 + int.from_bytes(said[at : at + 2], "big")
    listed = b"".join(each.to_bytes(2, "big") for each in suites)
    body = said[9:at] + len(listed).to_bytes(2, "big") + listed + said[end:]
    message = b"\1" + len(body).to_bytes(3, "big") + body
    return b"\x16\3\1" + len(message).to_bytes(2, "big") + message


def test_a_client_with_nothing_but_3des_is_told_why_that_is_over() -> None:
    with FakeAPNs().in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, "TLSv1.2")
        with knock(apns) as client:
            client.sendall(with_suites(hello(context), 0x000A, 0x00FF))
            assert read_to_end(client) == bytes([21, 3, 3, 0, 2, 2, 40])
        [refused] = await_entries(apns, ConnectionRefused)
        assert refused.reason == "no-shared-cipher"
        assert refused.hint == (
            "the client offers no cipher suite that we have (DES-CBC3-SHA), and today's OpenSSL "
            "was built without these: let it offer AES256-SHA or AES128-SHA, as Apple's gateway "
            "chose"
        )


@pytest.mark.parametrize(
    ("version", "settings", "hint"),
    [
        ("TLSv1", {}, "the client speaks TLS 1.0 at most: update it, or set tls_minimum=1.0"),
        ("TLSv1.1", {}, "the client speaks TLS 1.1 at most: update it, or set tls_minimum=1.1"),
        ("TLSv1.1", {"tls_maximum": "1.3"}, "set tls_minimum=1.1"),
        (
            "TLSv1.2",
            {"tls_minimum": "1.3", "tls_maximum": "1.3"},
            "the client speaks TLS 1.2 at most: update it, or set tls_minimum=1.2",
        ),
        (
            "TLSv1.3",
            {},
            "the client speaks TLS 1.3 at least: let it speak 1.2, or set tls_maximum=1.3",
        ),
    ],
)
def test_a_client_of_another_version_is_told_which_setting_is_for_it(
    version: str, settings: dict[str, Any], hint: str
) -> None:
    with FakeAPNs(**settings).in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, version)
        with pytest.raises(ssl.SSLError):
            dial(apns, context)
        [refused] = await_entries(apns, ConnectionRefused)
        assert refused.reason == "tls-version"
        assert hint in refused.hint


@pytest.mark.parametrize(
    ("version", "settings"),
    [("TLSv1", {"tls_minimum": "1.0"}), ("TLSv1.3", {"tls_maximum": "1.3"})],
)
def test_what_the_hint_says_lets_the_client_in(version: str, settings: dict[str, Any]) -> None:
    with FakeAPNs(**settings).in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, version)
        with dial(apns, context) as provider:
            assert provider.version() == version


def test_a_client_whose_curves_nobody_has_is_not_told_that_its_suites_are_wrong() -> None:
    with FakeAPNs().in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, "TLSv1.2")
        context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
        context.set_ecdh_curve("sect571r1")
        with pytest.raises(ssl.SSLError):
            dial(apns, context)
        [refused] = await_entries(apns, ConnectionRefused)
        assert refused.reason == "no-shared-cipher"
        assert (
            "cipher suites that we have (ECDHE-RSA-AES128-GCM-SHA256), and no curve" in refused.hint
        )


@pytest.mark.parametrize(
    ("version", "reason", "hint"),
    [
        (b"\3\1", "tls-version", "the client speaks TLS 1.0 at most"),
        (b"\0\2", "tls-version", "SSL 3.0 at most"),
        (b"\3\3", "no-shared-cipher", "accepts no signature that our RSA key can make"),
    ],
)
def test_a_client_that_begins_as_java_6_did_is_told_the_same_as_others(
    version: bytes, reason: str, hint: str
) -> None:
    body = b"\1" + version + b"\0\3\0\0\0\x10" + b"\0\0\x2f" + bytes(16)
    with FakeAPNs().in_thread() as apns:
        with knock(apns) as client:
            client.sendall(b"\x80" + bytes([len(body)]) + body)
            read_to_end(client)
        [refused] = await_entries(apns, ConnectionRefused)
        assert refused.reason == reason
        assert hint in refused.hint
