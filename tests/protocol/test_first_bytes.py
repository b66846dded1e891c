"""What is recognised by its first bytes, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.protocol import ENOUGH, FrameMalformed, GatewayParser, recognise
from fakeapns.protocol.first_bytes import undecided

from ..frames import enhanced, framed, simple
from .binary.cases import events_of, single_bytes

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
TLS = bytes.fromhex("16 0301 0007 01 000003 030300")
FOREIGN = [
    (b"GET / HTTP/1.1\r\n\r\n", "http"),
    (b"POST /3/device/00 HTTP/1.1\r\n", "http"),
    (b"OPTIONS * HTTP/1.1\r\n", "http"),
    (b"PATCH / HTTP/1.1\r\n", "http"),
    (b"DELETE /1/apps HTTP/1.1\r\n", "http"),
    (PREFACE, "http2"),
    (TLS, "tls"),
    (b"PROXY TCP4 127.0.0.1 127.0.0.1 5 6\r\n", "proxy"),
    (b"\r\n\r\n\0\r\nQUIT\n\x21\x11", "proxy"),
]


@pytest.mark.parametrize(
    ("begin", "spoken"),
    [
        *FOREIGN,
        (simple(), "frame"),
        (enhanced(1), "frame"),
        (framed(1), "frame"),
        (framed(None), "frame"),
        (b"", None),
        (b"G", None),
        (b"get / HTTP/1.1\r\n\r\n", None),
        (b"PRIORITY", None),
        (b"\x16\x02", None),
        (b"{}", None),
        (b"\0\0", None),
        (b"\0\0\0", None),
        (b"\0\0\x65", None),
        (b"\1" + bytes(9), None),
        (b"\1" + bytes(10), None),
        (b"\2\0\0\0", None),
        (b"\2\0\1\0\0\1", None),
        (b"\2\0\0\0\x20\x06", None),
    ],
)
def test_what_it_is_shows_in_the_first_bytes(begin: bytes, spoken: str | None) -> None:
    assert recognise(begin) == recognise(begin[:ENOUGH]) == spoken


@pytest.mark.parametrize(("begin", "spoken"), FOREIGN)
def test_somebody_else_s_first_bytes_are_named_however_tcp_splits_them(
    begin: bytes, spoken: str
) -> None:
    for chunks in ([begin], single_bytes(begin)):
        [event] = events_of(chunks)
        assert isinstance(event, FrameMalformed)
        assert (event.spoken, event.framed) == (spoken, False)


@given(st.binary(max_size=ENOUGH))
def test_what_is_recognised_takes_no_further_bytes(begin: bytes) -> None:
    assert not (undecided(begin) and (len(begin) == ENOUGH or recognise(begin) is not None))


def test_who_has_sent_frames_before_is_not_waited_for() -> None:
    parser = GatewayParser()
    assert events_of([b"P"], parser) == []
    assert parser.unread == 1
    [other] = events_of([b"x"], parser)
    assert isinstance(other, FrameMalformed)
    assert other.spoken is None
    [_, letter] = events_of([framed(1), b"P"])
    assert isinstance(letter, FrameMalformed)
    [_, whole] = events_of([framed(1), PREFACE])
    assert isinstance(whole, FrameMalformed)
    assert whole.spoken == "http2"
