"""What holds for any requests, any bytes and any way in which TCP cuts them."""

from __future__ import annotations

from collections.abc import Sequence

import hpack
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.protocol.http2 import EngineChoice, Event, Request, Shapes, Wire

from .cases import CASES
from .client import (
    ACK,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    HELLO,
    PADDED,
    PING,
    PUSH,
    SETTINGS_ACK,
    Conversation,
    Pair,
    data,
    frame,
    headers,
    post,
    read,
    reset,
)

any_settings = settings(deadline=None, max_examples=60)
streams = st.integers(0, 6)
frames = st.builds(
    lambda kind, payload, stream, flags: frame(kind, payload, stream=stream, flags=flags),
    st.integers(0, 10),
    st.binary(max_size=40),
    streams,
    st.integers(0, 63),
)
#: What gets past the first checks now and then.
talk = st.one_of(
    frames,
    st.binary(max_size=30),
    st.sampled_from([case.wire for case in CASES]),
    st.builds(post, streams),
    st.builds(headers, streams),
    st.builds(data, streams, st.binary(max_size=20), flags=st.sampled_from([0, END_STREAM])),
    st.builds(reset, streams, st.integers(0, 20)),
)
names = st.from_regex(rb"[a-z][a-z0-9-]{0,20}", fullmatch=True).filter(
    lambda name: (
        name
        not in (
            *(b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"),
            *(b"te", b"host", b"content-length"),
        )
    )
)
values = st.from_regex(rb"([!-~\x80-\xff]([ -~]{0,300}[!-~])?)?", fullmatch=True)
fields = st.lists(st.tuples(names, values), max_size=12)
pushes = st.lists(
    st.tuples(fields, st.none() | st.binary(max_size=50), st.binary(max_size=300)), max_size=5
)


def cut(wire: bytes, data: st.DataObject) -> list[bytes]:
    """The bytes in pieces of any size, empty ones included."""
    places = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    return [wire[a:b] for a, b in zip([0, *places], [*places, len(wire)], strict=True)]


def heard(engine: EngineChoice, chunks: Sequence[bytes]) -> tuple[list[Event], bytes]:
    """What comes of these bytes, and what is said."""
    wire = Wire(engine.make)
    events: list[Event] = []
    said = b""
    for chunk in chunks:
        events += wire.receive_data(chunk)
        said += wire.data_to_send()
        events += wire.events()
    return events + wire.receive_eof(), said


@any_settings
@given(st.lists(talk, max_size=8), st.data())
def test_pieces_do_not_matter(engine: EngineChoice, said: list[bytes], data: st.DataObject) -> None:
    wire = b"".join((HELLO, SETTINGS_ACK, *said))
    events, answer = heard(engine, cut(wire, data))
    others, whole = heard(engine, [wire])
    assert repr(events) == repr(others)
    # What was to be acknowledged may die with the connection.
    assert [each for each in read(answer) if each.kind == GOAWAY] == [
        each for each in read(whole) if each.kind == GOAWAY
    ]


@any_settings
@given(st.lists(talk, max_size=20), st.booleans())
def test_nothing_raises(engine: EngineChoice, said: list[bytes], polite: bool) -> None:
    talk = Conversation(engine)
    talk.send(HELLO * polite, *said)
    for stream in range(1, 8):
        talk.wire.begin_response(stream, 200)
        talk.wire.send_body(stream, b"{}", end=True)
        talk.wire.reset(stream, 7)
    talk.wire.update_settings({3: 1})
    talk.send(*said)
    talk.wire.receive_eof()
    talk.listen()


@any_settings
@given(pushes, st.data())
def test_requests_come_out_as_they_were(
    engine: EngineChoice, sent: list[tuple[list[Pair], bytes | None, bytes]], data: st.DataObject
) -> None:
    encoder = hpack.Encoder()
    wire = HELLO + SETTINGS_ACK
    expected = []
    for number, (extra, apns_id, body) in enumerate(sent):
        own = [] if apns_id is None else [(b"apns-id", apns_id.hex().encode())]
        all_fields = [*PUSH, *own, (b"content-length", b"%d" % len(body)), *extra]
        stream = 2 * number + 1
        whole = encoder.encode(all_fields, huffman=bool(number % 2))
        wire += frame(HEADERS, whole, stream=stream, flags=END_HEADERS)
        wire += frame(0, b"\3" + body + bytes(3), stream=stream, flags=END_STREAM | PADDED)
        expected.append((stream, sorted(all_fields), body))
    events, _ = heard(engine, cut(wire, data))
    requests = [event for event in events if isinstance(event, Request)]
    assert [(each.stream, sorted(each.headers), each.body) for each in requests] == expected


@any_settings
@given(
    st.lists(st.tuples(st.sampled_from([200, 400, 410, 503]), st.binary(max_size=200)), max_size=6)
)
def test_answers_arrive_as_they_were(
    engine: EngineChoice, given_answers: list[tuple[int, bytes]]
) -> None:
    talk = Conversation(engine).greeted()
    for number, (status, body) in enumerate(given_answers):
        talk.send(post(2 * number + 1))
        assert talk.wire.respond(2 * number + 1, status, [(b"apns-id", b"%d" % number)], body)
    arrived = talk.answers()
    assert all(answer.ended for answer in arrived.values())
    assert [
        (int(answer.headers[b":status"]), answer.body, int(answer.headers[b"apns-id"]))
        for answer in arrived.values()
    ] == [(status, body, number) for number, (status, body) in enumerate(given_answers)]


@any_settings
@given(st.lists(fields, max_size=6), st.integers(1, 4), st.integers(1, 2000))
def test_a_shape_and_what_is_its_own_are_the_whole(
    sent: list[list[Pair]], most: int, size: int
) -> None:
    shapes = Shapes(most, size)
    for each in [*sent, *sent]:
        for own in ([(b":path", b"/"), (b"apns-id", b"1")], [(b"apns-id", b"2")], []):
            whole = tuple(own + each + own)
            split = shapes.split(whole)
            again = [
                (name, value)
                for name, value in (
                    (b":path", split.path),
                    (b"apns-id", split.apns_id),
                    (b"content-length", split.content_length),
                )
                if value is not None
            ]
            assert sorted([*again, *split.shape.headers]) == sorted(whole)
            assert split.shape.size == sum(len(n) + len(v) + 32 for n, v in split.shape.headers)
            assert shapes.split(whole).shape is split.shape


@given(st.binary(min_size=8, max_size=8))
def test_pings_are_answered_with_what_they_had(engine: EngineChoice, opaque: bytes) -> None:
    talk = Conversation(engine).greeted()
    talk.send(frame(PING, opaque))
    assert [(said.flags, said.payload) for said in talk.said] == [(ACK, opaque)]
