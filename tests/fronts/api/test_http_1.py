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
