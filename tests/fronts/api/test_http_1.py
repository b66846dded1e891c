"""HTTP/1.1 without TLS is told how HTTP/2 begins there: other than where TLS agrees upon it."""

from __future__ import annotations

import msgspec
import pytest

from fakeapns.fronts.actions import Send

from ...moments import PAUSE
from .dialogue import NOBODY, Dialogue

WORDS = (
    "this is Apple's provider API, which speaks HTTP/2 and nothing else: let the client begin with "
    "HTTP/2, without asking for it first (curl --http2-prior-knowledge, httpx http1=False and "
    "http2=True), or connect to the provider API, at port 2197, which speaks HTTP/2 over TLS"
)
UPGRADE = (
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n"
)


@pytest.mark.parametrize("further", [b"", UPGRADE])
def test_without_tls_http_2_has_to_be_known_beforehand(further: bytes) -> None:
    talk = Dialogue(provider=msgspec.structs.replace(NOBODY, secure=False), greet=False)
    talk.raw(b"POST /3/device/00 HTTP/1.1\r\nHost: localhost\r\n" + further + b"\r\n")
    talk.wait(PAUSE)
    answer = talk.done[0]
    assert isinstance(answer, Send)
    assert answer.data.startswith(b"HTTP/1.1 505 ")
    assert answer.data.endswith(f"\r\n\r\nT{WORDS[1:]}.\n".encode())
    [request] = talk.requests
    assert request.detail == f"the client speaks HTTP/1.1; {WORDS}"


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("GET http://user:se@ret@a/b HTTP/1.1", "http://a/b"),
        ("GET http://a/b?key=secret HTTP/1.1", "http://a/b?…"),
        ("CONNECT user:secret@a:443 HTTP/1.1", "a:443"),
        ("GET /3/device?a@b HTTP/1.1", "/3/device?a@b"),
        ("GET \xff HTTP/1.1", "\ufffd"),
    ],
)
def test_who_takes_the_port_for_a_proxy_has_no_password_on_record(line: str, path: str) -> None:
    talk = Dialogue(provider=msgspec.structs.replace(NOBODY, secure=False), greet=False)
    talk.raw(f"{line}\r\nHost: a\r\n\r\n".encode("latin-1"))
    talk.wait(PAUSE)
    [request] = talk.requests
    assert request.path == path
