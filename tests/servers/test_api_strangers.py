"""Who comes to the port of the API and lacks something is told what, and where else to go."""

from __future__ import annotations

import pytest

from fakeapns.certificates import default_authority
from fakeapns.fronts import binary_words
from fakeapns.ledger.entries import ConnectionRefused
from fakeapns.scenario.faults import Service
from fakeapns.scenario.settings import Settings

from ..frames import enhanced, framed, simple
from ..providers import read_to_end
from .echo import Echoing
from .made import issued, presenting, refusal
from .test_api_port import in_thread, knock

REQUEST = b"POST /3/device/00 HTTP/1.1\r\nhost: localhost\r\n\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HTTPS = "write https instead of http in its URL, or use port {plain} for HTTP/2 without TLS"
BINARY = (
    "the client speaks Apple's binary protocol, and the api port speaks HTTP/2: send it to the "
    "gateway, and switch TLS on"
)


async def told(said: bytes) -> tuple[str, str]:
    """What is said of a client that begins like this at the port of the API: reason and hint."""
    async with Echoing().listening("127.0.0.1") as it:

        def try_it() -> None:
            with knock(it) as plain:
                plain.sendall(said)
                assert read_to_end(plain) == b""

        await in_thread(try_it)
        plain = it.server.ports["plain_api"]
    [refused] = it.ledger.of(ConnectionRefused)
    assert refused.service == "api"
    return refused.reason, refused.hint.replace(str(plain), "{plain}")


@pytest.mark.parametrize(
    ("said", "reason", "hint"),
    [
        (REQUEST, "plain-http", HTTPS),
        (PREFACE, "plain-http", HTTPS),
        (b"GET / HTTP/1.0\r\n\r\n", "plain-http", HTTPS),
        (b"CONNECT api.push.apple.com:443 HTTP/1.1\r\n\r\n", "plain-http", "for an HTTP proxy"),
        (b"PROXY TCP4 10.0.0.1 10.0.0.2 5000 2197\r\n", "not-tls", "PROXY protocol"),
        (simple(), "not-tls", BINARY),
        (enhanced(1), "not-tls", BINARY),
        (framed(1), "not-tls", BINARY),
        (b"EHLO localhost\r\n", "not-tls", "switch TLS on"),
    ],
)
async def test_first_bytes_outside_tls_are_named(said: bytes, reason: str, hint: str) -> None:
    found = await told(said)
    assert found[0] == reason
    assert hint in found[1]


def test_who_sends_a_frame_to_the_api_is_told_where_the_gateway_is() -> None:
    assert binary_words(lambda name: 2195 if name == "gateway" else None) == (
        "the client speaks Apple's binary protocol, and the api port speaks HTTP/2: send it to the "
        "gateway, at port 2195"
    )


@pytest.mark.parametrize("service", ["gateway", "feedback"])
async def test_who_comes_to_a_binary_port_without_a_certificate_is_told_where_the_api_is(
    service: Service,
) -> None:
    authority = default_authority()
    client = presenting(authority, "1.2")
    found = await refusal(authority, client, Settings(), 4711, service)
    assert found.reason == "no-client-certificate"
    assert "connect to the provider API, at port 4711, which speaks HTTP/2" in found.hint


@pytest.mark.parametrize("service", ["gateway", "feedback"])
@pytest.mark.parametrize("certificate", [True, False])
async def test_who_offers_http_2_to_a_binary_port_is_told_where_the_api_is(
    service: Service, certificate: bool
) -> None:
    authority = default_authority()
    chain = [issued(authority)] if certificate else []
    client = presenting(authority, "1.2", *chain)
    client.set_alpn_protocols(["h2"])
    found = await refusal(authority, client, Settings(), 4711, service)
    assert found.reason == "http"
    assert "connect to the provider API, at port 4711" in found.hint


@pytest.mark.parametrize(
    ("version", "settings", "hint"),
    [
        ("1.1", {}, "speaks TLS 1.1 at most: update it, since HTTP/2 takes no TLS below 1.2"),
        ("1.2", {"api_tls_minimum": "1.3"}, "or set api_tls_minimum=1.2 for one that cannot"),
        ("1.3", {"api_tls_maximum": "1.2"}, "let it speak 1.2, or set api_tls_maximum=1.3"),
    ],
)
async def test_who_speaks_another_version_is_told_of_the_settings_of_the_api(
    version: str, settings: dict[str, str], hint: str
) -> None:
    authority = default_authority()
    found = await refusal(
        authority, presenting(authority, version), Settings.of(settings), service="api"
    )
    assert found.reason == "tls-version"
    assert hint in found.hint
    assert " tls_m" not in found.hint
