"""Nobody brings the API down: what is kept for one connection is bounded, it is told what it met,
and others are served meanwhile. Amounts and turns are counted, never seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from fakeapns.fronts.actions import Send
from fakeapns.ledger import ResetSeen
from fakeapns.protocol.http2 import Limits

from ...moments import GRACE, PAUSE, at
from ...protocol.http2.client import (
    CONTINUATION,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    HELLO,
    PING,
    PRIORITY,
    PUSH,
    RST_STREAM,
    SETTINGS_ACK,
    block,
    credit,
    data,
    frame,
    goaway,
    headers,
    post,
    reset,
    settings,
)
from .dialogue import Dialogue
from .frames import FINE, Frames

ENGINES = pytest.mark.parametrize("engine", ["ngh2", "h2"])
BIG = (b"apns-collapse-id", b"x" * 4000)
LIMITS = Limits()


def two(engine: str) -> tuple[Frames, Frames]:
    """Two connections of one server: one that floods it, and another."""
    flooder = Frames(engine).greeted()
    other = Frames(engine, beside=flooder).greeted()
    return flooder, other


def turns(talk: Dialogue, wire: bytes, size: int = 65_536) -> Iterator[int]:
    """Have this dealt with as the loop does, and give after each turn how much was to be sent."""
    for begin in range(0, len(wire), size):
        if talk.connection.finished:
            return
        talk.connection.receive(wire[begin : begin + size], at(talk.now))
        while talk.connection.busy:
            talk.connection.wake(at(talk.now))
            yield 0
        sent = talk.connection.actions()
        yield sum(len(each.data) for each in sent if isinstance(each, Send))


#: What leaves nothing behind, however much of it comes.
IDLE = {
    "PING": frame(PING, bytes(8)),
    "answers to no PING": frame(PING, bytes(8), flags=1),
    "credit": credit(1),
    "PRIORITY": frame(PRIORITY, bytes(5), stream=9),
    "frames of no known type": frame(99, bytes(20)),
    "DATA without data": data(1, b"", flags=0),
    "padding": frame(0, b"\x05" + bytes(5), stream=1, flags=8),
}


@ENGINES
@pytest.mark.parametrize("what", IDLE)
def test_what_says_nothing_leaves_nothing_and_the_connection_goes_on(
    engine: str, what: str
) -> None:
    talk, other = two(engine)
    talk.send(headers(1, FINE))
    before = talk.ledger.last_seq
    for _ in turns(talk, IDLE[what] * 5000):
        assert len(talk.connection.actions()) <= 1
    assert talk.ledger.last_seq == before
    assert other.is_usable
    talk.send(data(1))
    assert (talk.latest.outcome, talk.latest.answered) == ("accepted", True)


@ENGINES
def test_a_slice_is_little_however_many_frames_it_has(engine: str) -> None:
    talk, _ = two(engine)
    # A hundred in one read are not done in one go: others have their turn in between.
    wire = b"".join(post(2 * number + 1, FINE) for number in range(100))
    pushes = []
    for _ in turns(talk, wire):
        pushes.append(len(talk.pushes))
    assert pushes[-1] == 100
    # Of half a millisecond each takes 7 µs at least (measured).
    assert max(b - a for a, b in pairwise(pushes)) <= 500 // 7


#: What ends the connection, and in which words.
ENDING = {
    "SETTINGS": (settings({4: 1}) * 10_001, "SETTINGS"),
    "rapid resets": (
        b"".join(headers(2 * each + 1, FINE) + reset(2 * each + 1) for each in range(10_001)),
        "RST_STREAM",
    ),
}


@pytest.mark.parametrize("what", ENDING)
def test_ten_thousand_in_a_row_are_too_many(what: str) -> None:
    talk, other = two("ngh2")
    wire, last = ENDING[what]
    for _ in turns(talk, wire):
        pass
    [goodbye] = talk.goodbyes
    said = "over 10,000 RST_STREAM, SETTINGS and GOAWAY in a row, the last: " + last
    assert (goodbye.code, goodbye.debug) == (11, said)
    talk.wait(PAUSE + GRACE)
    assert (talk.end.by, talk.end.reason) == ("server", "limit")
    assert talk.end.detail == f"ENHANCE_YOUR_CALM: {said}"
    assert other.is_usable


def test_goodbyes_without_end_are_too_many() -> None:
    talk, other = two("ngh2")
    talk.send(headers(1, FINE))
    for _ in turns(talk, goaway(0, 0, b"x" * 100) * 10_001):
        pass
    assert talk.goodbyes[0].debug.endswith("in a row, the last: GOAWAY")
    assert other.is_usable


def test_resets_of_what_was_complete_are_on_record_and_fine() -> None:
    talk, other = two("ngh2")
    talk.send(*(post(2 * each + 1, FINE) + reset(2 * each + 1) for each in range(500)))
    assert len(talk.pushes) == 500
    assert {each.answered for each in talk.pushes} == {False}
    assert len(talk.ledger.of(ResetSeen)) == 500
    assert talk.is_usable
    assert other.is_usable


@ENGINES
def test_a_header_block_without_end_is_ended(engine: str) -> None:
    talk, other = two(engine)
    for _ in turns(talk, frame(HEADERS, block(PUSH), stream=1)):
        pass
    for _ in turns(talk, frame(CONTINUATION, stream=1) * 5000):
        pass
    assert len(talk.goodbyes) == 1
    assert other.is_usable


@ENGINES
def test_a_header_bomb_is_not_unpacked(engine: str) -> None:
    talk, other = two(engine)
    # One field in the table of HPACK, then one byte for each repetition of it.
    bomb = block(FINE) + block([BIG], first=64) + b"\xbe" * 12_000
    talk.send(post(1, FINE), frame(HEADERS, bomb, stream=3, flags=END_HEADERS | END_STREAM))
    assert [each.code for each in talk.goodbyes] == [11]
    talk.wait(PAUSE + GRACE)
    assert talk.end.reason == "limit"
    assert [each.answered for each in talk.pushes] == [True]
    assert other.is_usable


def test_of_headers_that_are_too_many_is_kept_what_is_allowed() -> None:
    talk, other = two("ngh2")
    fields = (*FINE, *((b"x-%d" % each, b"y" * 1000) for each in range(100)))
    wire = block(fields)
    pieces = [wire[at : at + 16_000] for at in range(0, len(wire), 16_000)]
    talk.send(
        frame(HEADERS, pieces[0], stream=1, flags=END_STREAM)
        + b"".join(frame(CONTINUATION, each, stream=1) for each in pieces[1:-1])
        + frame(CONTINUATION, pieces[-1], stream=1, flags=END_HEADERS)
    )
    [push] = talk.pushes
    assert push.http_status == 431
    assert sum(len(name) + len(value) for name, value in push.headers.items()) < 8000
    assert (push.why or "").endswith("bytes as HTTP/2 counts, and SETTINGS allow 8,000")
    assert talk.is_usable
    assert other.is_usable


@ENGINES
def test_streams_that_begin_and_never_end_are_refused_above_the_limit(engine: str) -> None:
    talk, other = two(engine)
    for _ in turns(talk, b"".join(headers(2 * each + 1, FINE) for each in range(1500))):
        pass
    assert talk.connection.pending.waits == "1,000 requests are not complete"
    assert len(talk.resets) == 500
    assert {each.code for each in talk.resets} == {7}
    assert other.is_usable
    talk.leave()
    assert len(talk.requests) == 1500
    assert talk.end.streams == 1500


def test_nor_do_ten_thousand_before_settings_are_acknowledged() -> None:
    talk = Frames("ngh2").greeted(HELLO)
    for _ in turns(talk, b"".join(headers(2 * each + 1, FINE) for each in range(10_500))):
        pass
    refused = [each.detail for each in talk.requests]
    # By what they hold, or by their number, whichever comes first.
    assert 500 <= len(refused) < 10_000
    assert all(refused)
    talk.leave()


@ENGINES
def test_long_bodies_on_many_streams_are_kept_up_to_a_limit(engine: str) -> None:
    talk, other = two(engine)
    streams = [2 * each + 1 for each in range(100)]
    talk.send(*(headers(stream, FINE) for stream in streams))
    for _ in range(4):
        for stream in streams:
            talk.send(data(stream, bytes(16_384), flags=0))
    too_large = [each for each in talk.requests if each.http_status == 413]
    assert too_large
    assert {each.detail for each in too_large} == {
        "the requests that are not complete hold more than 4,194,304 bytes"
    }
    assert all(len(each.body_base64) <= 5464 for each in talk.requests)
    assert other.is_usable


@ENGINES
def test_a_body_without_end_is_stopped_behind_its_answer(engine: str) -> None:
    talk, other = two(engine)
    talk.send(headers(1, (*FINE, (b"content-length", b"4294967296"))))
    talk.send(*[data(1, bytes(16_384), flags=0)] * 40)
    [request] = talk.requests
    assert (request.http_status, request.reason) == (413, "PayloadTooLarge")
    said = [(each.kind, each.flags) for each in talk.said if each.stream == 1 and each.kind != 8]
    # The answer is whole, and then a client need not go on (RFC 9113, 8.1).
    assert said[:3] == [(HEADERS, END_HEADERS), (0, END_STREAM), (RST_STREAM, 0)]
    reset_seen = talk.resets[0]
    assert (reset_seen.code, reset_seen.detail) == (0, "the rest of the body is not wanted")
    assert talk.is_usable
    assert other.is_usable


@ENGINES
def test_one_byte_at_a_time_is_as_good_as_any(engine: str) -> None:
    talk = Frames(engine)
    for byte in HELLO + SETTINGS_ACK + post(1, FINE) + post(3, FINE, b""):
        talk.send(bytes([byte]))
    assert [(each.outcome, each.answered) for each in talk.pushes] == [
        ("accepted", True),
        ("rejected", True),
    ]


@ENGINES
def test_credit_of_one_byte_at_a_time_is_taken(engine: str) -> None:
    talk = Frames(engine).greeted(HELLO + settings({4: 0}) + SETTINGS_ACK)
    talk.send(post(1, FINE, b""))
    talk.send(*[credit(1, 1)] * 25)
    pieces = [each.payload for each in talk.said if each.kind == 0 and each.payload]
    assert pieces == [bytes([each]) for each in b'{"reason":"PayloadEmpty"}']


def test_who_never_gives_credit_is_ended_by_a_mebibyte() -> None:
    # h2 counts its streams with each of them, so it would take a minute for the same.
    talk = Frames("ngh2").greeted(HELLO + settings({4: 0}) + SETTINGS_ACK)
    asked = 0
    while not talk.goodbyes:
        wire = b"".join(post(2 * (asked + each) + 1, FINE, b"") for each in range(1000))
        for _ in turns(talk, wire):
            pass
        asked += 1000
    assert asked * len(b'{"reason":"PayloadEmpty"}') < LIMITS.unsent + 50_000
    assert talk.goodbyes[0].code == 11
    assert "wait to be sent, and the client takes none of them" in talk.goodbyes[0].debug
