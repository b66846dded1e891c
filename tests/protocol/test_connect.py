"""The head of a CONNECT request, whole, cut anywhere, and whatever else may come in its place."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakeapns.protocol import ConnectHead, NoTunnel, Spoken, Tunnel
from fakeapns.protocol.connect import LONGEST

API = b"CONNECT api.push.apple.com:443 HTTP/1.1\r\nHost: api.push.apple.com:443\r\n\r\n"
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


def read(data: bytes, bite: int = 1) -> tuple[Tunnel | NoTunnel | None, bytes]:
    """What a head says, and what was left to whoever comes behind it."""
    head = ConnectHead()
    while data and head.found is None:
        size = head.belongs(data[:bite])
        assert 1 <= size <= max(bite, 1)
        head.take(data[:size])
        data = data[size:]
    return head.found, data


def words(line: str, *headers: str) -> str:
    """What is said of a request that is none for a tunnel."""
    found, _ = read("\r\n".join((line, *headers, "", "")).encode("latin-1"), 4096)
    assert isinstance(found, NoTunnel)
    return f"{found.status} {found.words}"


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("api.push.apple.com:443", Tunnel("api.push.apple.com", 443)),
        ("API.Push.Apple.COM.:2197", Tunnel("api.push.apple.com", 2197)),
        ("127.0.0.1:2195", Tunnel("127.0.0.1", 2195)),
        ("[::1]:2197", Tunnel("::1", 2197)),
        ("[::FFFF:127.0.0.1]:1", Tunnel("::ffff:127.0.0.1", 1)),
        ("a:65535", Tunnel("a", 65_535)),
        (f"{'a' * 255}:443", Tunnel("a" * 255, 443)),
    ],
)
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_a_host_and_a_port_are_asked_for(target: str, asked: Tunnel, version: str) -> None:
    assert read(f"CONNECT {target} {version}\r\n\r\n".encode()) == (asked, b"")


@pytest.mark.parametrize("head", [API, API.replace(b"\r\n", b"\n"), b"\r\n\r\n" + API])
@pytest.mark.parametrize("bite", [1, 2, 3, 7, 64, 4096])
@pytest.mark.parametrize("behind", [b"", HELLO, b"\r\n\r\n", b"\n", b"PRI * HTTP/2.0\r\n\r\nSM"])
def test_what_comes_behind_the_head_is_left_where_it_is(
    head: bytes, bite: int, behind: bytes
) -> None:
    assert read(head + behind, bite) == (Tunnel("api.push.apple.com", 443), behind)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("CONNECT api.push.apple.com HTTP/1.1", "400 asks for a tunnel to api.push.apple.com, and"),
        ("CONNECT api.push.apple.com: HTTP/1.1", "names no port"),
        ("CONNECT a:https HTTP/1.1", "which is no port from 1 to 65535"),
        ("CONNECT a:0 HTTP/1.1", "which is no port from 1 to 65535"),
        ("CONNECT a:65536 HTTP/1.1", "which is no port from 1 to 65535"),
        ("CONNECT a:-1 HTTP/1.1", "which is no port from 1 to 65535"),
        ("CONNECT a:１ HTTP/1.1".encode().decode("latin-1"), "400 sends a first line that is none"),
        ("CONNECT :443 HTTP/1.1", "which is no host with a port"),
        ("CONNECT .:443 HTTP/1.1", "which names no host"),
        (
            "CONNECT ::1:443 HTTP/1.1",
            "tunnel to ::1:443, and an IPv6 address stands in",
        ),
        ("CONNECT fe80:0:0:0:0:0:0:1:443 HTTP/1.1", "stands in brackets, as in [::1]:443"),
        ("CONNECT a:b:443 HTTP/1.1", "which is no port from 1 to 65535"),
        ("CONNECT [::1:443 HTTP/1.1", "which is no host with a port"),
        ("CONNECT user:secret@a:443 HTTP/1.1", "400 asks for a tunnel to a:443, which is no host"),
        ("CONNECT https://api.push.apple.com:443 HTTP/1.1", "which is no host with a port"),
        ("CONNECT a:443/3/device HTTP/1.1", "400"),
        (f"CONNECT {'a' * 256}:443 HTTP/1.1", "400 asks for a tunnel to a host of 256 characters"),
        ("CONNECT a\0b:443 HTTP/1.1", "400 sends a first line that is none of an HTTP/1.1 request"),
        ("CONNECT a:443", "400 sends a first line that is none of an HTTP/1.1 request"),
        ("CONNECT  a:443 HTTP/1.1", "400 sends a first line that is none of an HTTP/1.1 request"),
        ("CONNECT a:443 HTTP/2.0", "400 sends a first line that is none of an HTTP/1.1 request"),
        ("SSH-2.0-OpenSSH_9.2", "400 sends a first line that is none of an HTTP/1.1 request"),
        ("connect a:443 HTTP/1.1", "405 asks the proxy for connect a:443"),
        ("GET http://a/ HTTP/1.1", "405 asks the proxy for GET http://a/"),
        ("GET http://user:secret@a/@ HTTP/1.1", "405 asks the proxy for GET http://a/@"),
        ("GET http://a/?key=secret HTTP/1.1", "405 asks the proxy for GET http://a/?…"),
        ("POST /3/device/1b HTTP/1.1", "405 asks the proxy for POST /3/device/1b"),
    ],
)
def test_what_is_wrong_is_said(line: str, said: str) -> None:
    assert said in words(line, "Host: a")


@pytest.mark.parametrize("password", ["secret", "se@ret", "@secret@", "se?ret", "se#ret", "se/ret"])
@pytest.mark.parametrize("target", ["user:{}@a:443", "{}@a:443", "@{}@a:443", "http://{}@a:443"])
def test_a_password_is_not_repeated(target: str, password: str) -> None:
    said = words(f"CONNECT {target.format(password)} HTTP/1.1", "Host: a")
    assert said == "400 asks for a tunnel to a:443, which is no host with a port"


@pytest.mark.parametrize("password", ["secret", "se@ret", "@secret@"])
def test_nor_is_that_of_a_url(password: str) -> None:
    said = words(f"GET http://user:{password}@a/@ HTTP/1.1", "Host: a")
    assert said == "405 asks the proxy for GET http://a/@"


@pytest.mark.parametrize("method", ["HEAD", "GET", "connect"])
def test_another_method_is_told_by_its_name(method: str) -> None:
    found, _ = read(f"{method} http://a/ HTTP/1.1\r\n\r\n".encode())
    assert isinstance(found, NoTunnel)
    assert (found.method, found.path) == (method, "http://a/")


def test_a_header_with_a_nul_is_none() -> None:
    assert words("CONNECT a:443 HTTP/1.1", "x: \0") == "400 sends a header with a NUL in it"


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"CONNECT " + b"h" * 65_536, 414, "a request line of more than 8,192 bytes"),
        (b"\r\n" * 65_536, 414, "a request line of more than 8,192 bytes"),
        (API[:-2] + b"x: y\r\n" * 20_000, 431, "headers of more than 8,192 bytes"),
        (API[:-2] + b"x: " + b"y" * 65_536, 431, "headers of more than 8,192 bytes"),
    ],
)
@pytest.mark.parametrize("bite", [1000, 65_536])
def test_a_head_without_end_comes_to_one(data: bytes, status: int, said: str, bite: int) -> None:
    found, left = read(data, bite)
    assert isinstance(found, NoTunnel)
    assert (found.status, found.words) == (status, f"sends {said}")
    assert len(data) - len(left) == LONGEST


@pytest.mark.parametrize(
    ("data", "spoken"),
    [
        (HELLO, "tls"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http2"),
        (b"\0\0\x20" + b"\x1b" * 32, "frame"),
        (b"\2\0\0\0\x2b\1\0\x20" + b"\x1b" * 32, "frame"),
        (b"PROXY TCP4 10.0.0.1 10.0.0.2 5000 2195\r\n", "proxy"),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x11", "proxy"),
        (b"\5\1\0", None),
        (b"\xff\xfb\x01", None),
        (b"\x80\x2e\1\0\2", None),
    ],
)
@pytest.mark.parametrize("bite", [1, 4096])
def test_what_is_no_http_is_known_by_its_first_bytes(
    data: bytes, spoken: Spoken | None, bite: int
) -> None:
    found, _ = read(data, bite)
    assert found == NoTunnel("speaks no HTTP/1.1", None, spoken)


@pytest.mark.parametrize("size", range(len(API)))
def test_half_a_head_says_nothing_yet(size: int) -> None:
    assert read(API[:size], 4096) == (None, b"")


@pytest.mark.parametrize(
    ("begin", "http"), [(b"", True), (b"CONNECT a", True), (b"CONN", True), (b"\x16", False)]
)
def test_whether_http_is_spoken_shows_early(begin: bytes, http: bool) -> None:
    head = ConnectHead()
    head.take(begin)
    assert (head.found, head.speaks_http, head.begun) == (None, http, bool(begin))


_PIECES = st.sampled_from(
    [
        *(b"CONNECT ", b"api.push.apple.com", b":443", b" HTTP/1.1", b"\r\n", b"\n", b"\r", b" "),
        *(b"[::1]", b":", b"\0", b"GET ", b"/", b"x: y", b"\x16\x03", b"PRI * HTTP/2.0", b"a" * 99),
    ]
)
_ANYTHING = st.lists(st.one_of(_PIECES, st.binary(max_size=8)), max_size=30).map(b"".join)


@given(_ANYTHING, st.integers(1, 200), st.integers(1, 200))
@example(API + HELLO, 1, 4096)
@example(b"\n\x16\x03", 1, 3)
@example(b"\1\0\0\0\n\0\0\0\0\0\x20", 1, 16)
@example(b"\n\r\n\rCONNECT a:1 HTTP/1.1\r\n\r\n\r\n", 1, 3)
def test_what_a_head_says_does_not_depend_on_how_it_is_cut(
    data: bytes, one: int, other: int
) -> None:
    first, second = read(data, one), read(data, other)
    assert first[0] == second[0]
    if isinstance(first[0], Tunnel):
        assert first == second
        assert first[0].host.isascii()
        assert 0 < first[0].port < 65_536
