"""Where the proxy leads, and what it says to those whom it leads nowhere."""

from __future__ import annotations

import pytest

from fakeapns.fronts import ESTABLISHED, NotLed, Proxy
from fakeapns.protocol import APPLE_HOSTS, NoTunnel, Tunnel

PORTS = {"gateway": 2195, "feedback": 2196, "api": 2197, "plain_api": 8080, "proxy": 3128}
HERE = Proxy(3128, ("127.0.0.1", "::1", "push.test", "10.1.2.3"), PORTS.get)
API = ["api.push.apple.com", "api.sandbox.push.apple.com", "api.development.push.apple.com"]
BROADCAST = [
    f"api-{what}broadcast{which}.push.apple.com"
    for what in ("", "manage-")
    for which in ("", ".sandbox")
]


def led(host: str, port: int, reached: str | None = "127.0.0.1") -> str | NotLed:
    return HERE.lead(Tunnel(host, port), reached)


def test_the_answer_has_the_words_that_aioapns_looks_for() -> None:
    assert ESTABLISHED == b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.mark.parametrize("port", [443, 2195, 2196, 2197, 1, 65_535])
def test_apples_names_lead_to_their_services_at_any_port(port: int) -> None:
    assert {led(host, port) for host in (*API, *BROADCAST)} == {"api"}
    for service in ("gateway", "feedback"):
        for which in ("", ".sandbox"):
            assert led(f"{service}{which}.push.apple.com", port) == service


def test_there_are_no_other_names_of_apples() -> None:
    binary = [
        f"{name}{which}.push.apple.com"
        for name in ("gateway", "feedback")
        for which in ("", ".sandbox")
    ]
    assert {*API, *BROADCAST, *binary} == set(APPLE_HOSTS)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "::1", "localhost", "push.test", "10.1.2.3", "::ffff:127.0.0.1"),
        *("0:0:0:0:0:0:0:1", "::ffff:10.1.2.3"),
    ],
)
def test_our_own_addresses_lead_to_what_has_that_port(host: str) -> None:
    for name, port in PORTS.items():
        found = led(host, port)
        assert found == name if name != "proxy" else isinstance(found, NotLed)


def test_the_address_that_a_client_has_come_to_is_ours_as_well() -> None:
    assert isinstance(led("192.0.2.7", 2197), NotLed)
    assert led("192.0.2.7", 2197, "192.0.2.7") == "api"
    assert led("127.0.0.1", 2197, None) == "api"


@pytest.mark.parametrize(
    "host",
    [
        *("example.com", "push.apple.com", "www.apple.com", "fcm.googleapis.com", "127.0.0.2"),
        *("api.push.apple.com.evil.test", "xapi.push.apple.com", "127.1", "0x7f000001", "0"),
        *(
            "2130706433",
            "::2",
            "0.0.0.0",
            "localhost.evil.test",
            "gateway.development.push.apple.com",
        ),
    ],
)
def test_any_other_host_is_told_so_in_one_sentence(host: str) -> None:
    found = led(host, 2197)
    assert isinstance(found, NotLed)
    assert found.reason == "foreign-host"
    shown = f"[{host}]" if ":" in host else host
    assert found.hint.startswith(f"the client asked the proxy for {shown}:2197, and ")
    head, _, body = found.reply.decode().partition("\r\n\r\n")
    status, *headers = head.split("\r\n")
    assert status == "HTTP/1.1 403 Forbidden"
    assert headers == [
        "content-type: text/plain",
        f"content-length: {len(body)}",
        "connection: close",
    ]
    assert body == f"T{found.hint[1:]}.\n"


def test_a_port_of_ours_that_no_service_has_is_told_which_have_one() -> None:
    found = led("localhost", 9999)
    assert isinstance(found, NotLed)
    assert "gateway 2195, feedback 2196, api 2197, plain_api 8080" in found.hint


def test_without_sockets_only_apples_names_lead_anywhere() -> None:
    nowhere = Proxy(0, ("127.0.0.1",), lambda _: None)
    assert nowhere.lead(Tunnel("api.push.apple.com", 443), None) == "api"
    assert isinstance(nowhere.lead(Tunnel("127.0.0.1", 443), None), NotLed)


@pytest.mark.parametrize(
    ("found", "status", "hint"),
    [
        (NoTunnel("names no port"), 400, "ask as in CONNECT api.push.apple.com:443 HTTP/1.1"),
        (NoTunnel("sends headers", 431), 431, "ask as in CONNECT"),
        (NoTunnel("asks for it", 405, path="http://a/"), 405, "write https in the URL"),
        (NoTunnel("asks for it", 405, path="/3/device/1b"), 405, "provider API, at port 2197"),
        (NoTunnel("speaks", None, "tls"), None, "let the URL of its proxy begin with http://"),
        (NoTunnel("speaks", None, "http2"), None, "let it ask a proxy in HTTP/1.1"),
        (NoTunnel("speaks", None, "frame"), None, "send it to the gateway, at port 2195"),
        (NoTunnel("speaks", None, "proxy"), None, "PROXY protocol"),
        (NoTunnel("speaks", None), None, "(not socks)"),
    ],
)
def test_what_was_no_request_for_a_tunnel_is_answered_where_that_is_read(
    found: NoTunnel, status: int | None, hint: str
) -> None:
    said = HERE.lead(found, None)
    assert isinstance(said, NotLed)
    assert said.reason == "no-connect"
    assert hint in said.hint
    assert said.reply[:12] == (b"" if status is None else f"HTTP/1.1 {status}".encode())
    assert (b"\r\nallow: CONNECT\r\n" in said.reply) is (status == 405)


def test_who_asks_for_a_head_gets_no_body() -> None:
    said = HERE.lead(NoTunnel("asks for it", 405, method="HEAD", path="http://a/"), None)
    assert isinstance(said, NotLed)
    assert said.reply.endswith(b"\r\n\r\n")
