"""Who speaks something else than HTTP/2 here is told so in words of its own."""

from __future__ import annotations

import pytest

from fakeapns.fronts.actions import Send, ShutWrite
from fakeapns.fronts.front import Provider
from fakeapns.ledger import ApiResponse, Malformed, SettingsSeen
from fakeapns.protocol import encode_enhanced, encode_framed, encode_simple

from ...moments import GRACE, PAUSE
from .dialogue import NOBODY, Dialogue

PLAIN = b"GET /3/device/00 HTTP/1.1\r\nHost: localhost\r\n\r\n"


def stranger(data: bytes, size: int = 4096) -> Dialogue:
    """Somebody who writes this, so many bytes at a time."""
    talk = Dialogue(provider=NOBODY, greet=False)
    for begin in range(0, len(data), size):
        talk.raw(data[begin : begin + size])
    talk.wait(PAUSE)
    return talk


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_http_1_is_answered_in_http_1(size: int) -> None:
    talk = stranger(PLAIN, size)
    answer, end = talk.done
    assert isinstance(answer, Send)
    head, _, body = answer.data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-type: text/plain")
    assert f"content-length: {len(body)}".encode() in head
    assert body == (
        b"This is Apple's provider API, which speaks HTTP/2 and nothing else: switch HTTP/2 on in "
        b"the client (curl --http2, httpx http2=True), or offer the protocol h2 in its TLS "
        b"(ALPN).\n"
    )
    assert end == ShutWrite(close_notify=True)
    [request] = talk.requests
    assert (request.method, request.path, request.http_status) == ("GET", "/3/device/00", 505)
    assert (request.stream, request.ordinal) == (0, 1)
    assert (request.detail or "").startswith("the client speaks HTTP/1.1; this is Apple's")
    [response] = talk.ledger.of(ApiResponse)
    assert (response.stream, response.http_status, response.reason) == (0, 505, None)
    # Nobody has said SETTINGS to it.
    assert not talk.ledger.of(SettingsSeen)


def test_a_head_has_no_body() -> None:
    answer = stranger(PLAIN.replace(b"GET", b"HEAD")).done[0]
    assert isinstance(answer, Send)
    assert answer.data.endswith(b"\r\n\r\n")


def test_a_line_without_an_end_is_answered_all_the_same() -> None:
    talk = stranger(b"POST /" + b"x" * 4000)
    assert talk.requests[0].http_status == 505


@pytest.mark.parametrize(
    "frame",
    [
        encode_simple(b"\1" * 32, b"{}"),
        encode_enhanced(b"\1" * 32, b"{}", identifier=7, expiration=0),
        encode_framed(b"\1" * 32, b"{}", identifier=7, expiration=0, priority=10),
    ],
)
@pytest.mark.parametrize("size", [1, 4096])
def test_a_frame_of_the_binary_protocol_is_sent_to_the_gateway(frame: bytes, size: int) -> None:
    talk = stranger(frame, size)
    [malformed] = talk.ledger.of(Malformed)
    assert malformed.reason == (
        "the client speaks Apple's binary protocol, and the api port speaks HTTP/2: send it to the "
        "gateway, at port 2195"
    )
    assert (malformed.command, malformed.outcome) == (frame[0], "rejected")
    assert frame.hex().startswith(malformed.bytes_hex)
    assert talk.done == [ShutWrite(close_notify=True)]
    talk.wait(GRACE)
    assert talk.end.detail == malformed.reason


def test_a_second_tls_inside_the_first_is_recognised() -> None:
    [malformed] = stranger(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").ledger.of(Malformed)
    assert "starts TLS a second time" in malformed.reason


def test_who_starts_tls_at_the_port_without_is_told_which_one_has_it() -> None:
    talk = Dialogue(provider=Provider((), None, secure=False), greet=False)
    talk.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    [malformed] = talk.ledger.of(Malformed)
    assert malformed.reason == (
        "the client starts TLS at the port that has none: connect to the provider API, at port "
        "2197, which speaks HTTP/2 over TLS"
    )


def test_what_is_no_protocol_gets_the_answer_of_http2() -> None:
    talk = stranger(b"hello, is anybody there?\n\n")
    talk.wait(10)
    assert talk.end.reason == "error"
    assert "PROTOCOL_ERROR" in (talk.end.detail or "")


def test_a_preface_byte_by_byte_is_a_preface() -> None:
    talk = Dialogue(greet=False)
    talk.client.initiate_connection()
    talk.begin()
    data = talk.client.data_to_send()
    for byte in data:
        talk.raw(bytes([byte]))
    assert talk.latest.outcome == "accepted"


def test_who_begins_and_leaves_has_left_something_unread() -> None:
    talk = Dialogue(greet=False)
    talk.raw(b"PRI * HT")
    talk.leave()
    assert talk.end.unread_bytes == 8
