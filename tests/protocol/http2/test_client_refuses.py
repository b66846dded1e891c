"""The client's side: what a server must not say, and how much of it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from fakeapns.protocol.http2 import (
    ClientWire,
    ConnectionEnded,
    EngineChoice,
    ErrorCode,
    Limits,
    Response,
    StreamRefused,
)

from .client import (
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    PING,
    PUSH,
    PUSH_PROMISE,
    RST_STREAM,
    SETTINGS,
    SETTINGS_ACK,
    Pair,
    block,
    credit,
    data,
    frame,
    goaway,
    headers,
    reset,
    settings,
)
from .differences import differs
from .server import REFUSED, TAKEN, Exchange, refused, taken

PROTOCOL = ErrorCode.PROTOCOL_ERROR
WHOLE = END_HEADERS | END_STREAM


@pytest.fixture
def talk(engine: EngineChoice) -> Exchange:
    """A connection with two open streams."""
    talk = Exchange(engine).greeted()
    talk.ask()
    talk.ask()
    talk.said.clear()
    return talk


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ((b"apns-id", b"x"),),
        ((b":status", b"abc"),),
        ((b":status", b"2000"),),
        ((b":status", b"200"), (b":status", b"200")),
        ((b":status", b"200"), (b":path", b"/")),
        ((b":status", b"200"), (b"Apns-Id", b"x")),
        ((b":status", b"200"), (b"connection", b"close")),
        ((b"apns-id", b"x"), (b":status", b"200")),
    ],
)
def test_headers_that_no_answer_has_cost_their_stream_only(
    talk: Exchange, fields: tuple[Pair, ...]
) -> None:
    refused = talk.one(StreamRefused, headers(1, fields))
    assert (refused.stream, refused.code) == (1, PROTOCOL)
    assert refused.reason
    assert [(said.stream, said.code) for said in talk.of(RST_STREAM)] == [(1, PROTOCOL)]
    assert talk.one(Response, taken(3)).stream == 3


def test_a_body_without_headers_is_no_answer(talk: Exchange) -> None:
    ended = talk.one(ConnectionEnded, data(1, b"{}"))
    assert ended.code == PROTOCOL


def test_an_answer_that_is_too_long_is_given_up(engine: EngineChoice) -> None:
    talk = Exchange(engine, limits=Limits(body=100)).greeted()
    talk.ask()
    talk.ask()
    refused = talk.one(StreamRefused, headers(1, REFUSED) + data(1, bytes(101), flags=0))
    assert (refused.code, refused.reason) == (
        ErrorCode.CANCEL,
        "the answer is longer than 100 bytes, and no more is kept",
    )
    assert [(said.stream, said.code) for said in talk.of(RST_STREAM)] == [(1, ErrorCode.CANCEL)]
    assert talk.send(data(1, bytes(50))) == []
    assert talk.one(Response, taken(3)).stream == 3


def test_one_that_is_reset_besides_is_reset_by_nobody_else(engine: EngineChoice) -> None:
    talk = Exchange(engine, limits=Limits(body=100)).greeted()
    talk.ask()
    talk.one(StreamRefused, headers(1, REFUSED) + data(1, bytes(101), flags=0) + reset(1, 0))
    assert talk.of(RST_STREAM) == []


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n" * 9,
        frame(SETTINGS, b"12345"),
        frame(GOAWAY, b"short"),
        frame(DATA, bytes(16_384), stream=0),
        frame(HEADERS, b"\xff\xff\xff\xff\xff", stream=1, flags=WHOLE),
        b"\xff\xff\xff" + bytes(6),
        frame(PUSH_PROMISE, b"\0\0\0\2" + block(TAKEN), stream=1, flags=END_HEADERS),
    ],
    ids=["http-1", "settings", "goaway", "data", "hpack", "length", "promise"],
)
def test_what_nobody_understands_ends_the_connection(talk: Exchange, wire: bytes) -> None:
    ended = talk.send(wire)[-1]
    assert isinstance(ended, ConnectionEnded)
    assert ended.code
    assert ended.reason
    assert talk.wire.ended
    assert len(talk.of(GOAWAY)) == 1
    # Those that will never be answered.
    assert talk.wire.unanswered == {1, 3}
    assert talk.send(taken(1)) == []


def test_an_answer_on_a_stream_that_nobody_opened_is_nobody_s(talk: Exchange) -> None:
    events = talk.send(headers(2, TAKEN, flags=WHOLE))
    if differs(talk.engine, "unasked"):
        assert events == []
    else:
        assert [type(each) for each in events] == [ConnectionEnded]


SPOKEN = (
    settings({3: 100})
    + SETTINGS_ACK
    + headers(1, TAKEN, flags=WHOLE)
    + refused(3)
    + frame(PING, bytes(8))
    + credit(100)
    + reset(5, 7)
    + goaway(9, 0, b"{}")
    + taken(7)
    + taken(9)
)


@given(
    changes=st.lists(st.tuples(st.integers(0, len(SPOKEN) - 1), st.integers(0, 255)), max_size=6),
    more=st.binary(max_size=40),
    piece=st.integers(1, len(SPOKEN)),
)
@settings_of_hypothesis(deadline=None, max_examples=150)
def test_no_bytes_make_it_raise(
    engine: EngineChoice, changes: list[tuple[int, int]], more: bytes, piece: int
) -> None:
    spoken = bytearray(SPOKEN)
    for at, value in changes:
        spoken[at] = value
    wire, events = ClientWire(engine.make_client), []
    for part in (spoken, more):
        for at in range(0, len(part), piece):
            events += wire.receive_data(bytes(part[at : at + piece]))
            while wire.room and len(wire.unanswered) < 5:
                wire.request(PUSH, b"{}")
            wire.data_to_send()
    ends = [each for each in events if isinstance(each, ConnectionEnded)]
    assert len(ends) == wire.ended
    assert not ends or events[-1] is ends[0]


def test_behind_the_end_nothing_is_asked(talk: Exchange) -> None:
    talk.send(frame(SETTINGS, b"12345"), goaway(0))
    assert talk.wire.room == 0
    talk.wire.goodbye()
