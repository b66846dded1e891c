"""What a server can do that a correct one would not."""

from __future__ import annotations

import struct

import pytest

from fakeapns.protocol.http2 import (
    EngineChoice,
    GoAwayReceived,
    Omitted,
    Request,
    RequestBroken,
    SettingsAcknowledged,
    StreamReset,
)

from .client import (
    ACK,
    GOAWAY,
    HEADERS,
    HELLO,
    PING,
    RST_STREAM,
    SETTINGS,
    SETTINGS_ACK,
    WINDOW_UPDATE,
    Answer,
    Conversation,
    data,
    frame,
    goaway,
    headers,
    post,
    reset,
    settings,
)


def test_a_stream_is_reset_before_or_behind_headers(talk: Conversation) -> None:
    talk.send(post(1), post(3))
    assert talk.wire.reset(1, 7)
    assert talk.wire.begin_response(3, 200)
    assert talk.wire.reset(3, 2)
    talk.listen()
    assert [(said.stream, said.code) for said in talk.of(RST_STREAM)] == [(1, 7), (3, 2)]
    assert [said.stream for said in talk.of(HEADERS)] == [3]
    assert not talk.wire.respond(1, 200)
    assert not talk.wire.send_body(3, b"{}", end=True)


def test_what_still_comes_on_a_stream_that_was_reset_is_dropped(talk: Conversation) -> None:
    talk.send(headers(1) + data(1, b"{", flags=0))
    assert talk.wire.reset(1, 7)
    assert talk.send(data(1, b"}")) == []
    assert talk.wire.unfinished == 0
    assert talk.one(Request, post(3)).stream == 3


def test_a_stream_can_be_reset_twice(talk: Conversation) -> None:
    talk.send(post(1))
    assert talk.wire.reset(1, 7, 5)
    talk.listen()
    assert [said.code for said in talk.of(RST_STREAM)] == [7, 5]
    assert talk.one(Request, post(3)).stream == 3


def test_behind_a_goaway_the_server_stays(talk: Conversation) -> None:
    # Through its own API the engine would listen no more once no stream is open.
    talk.send(post(1), post(3))
    talk.wire.goaway(1, 0, b'{"reason":"Shutdown"}')
    assert talk.wire.respond(1, 200)
    talk.wire.goaway(1, 0)
    assert talk.wire.respond(3, 200)
    talk.listen()
    assert [said.kind for said in talk.said] == [GOAWAY, HEADERS, GOAWAY, HEADERS]
    assert talk.said[0].payload == struct.pack(">II", 1, 0) + b'{"reason":"Shutdown"}'
    assert talk.one(Request, post(5)).stream == 5
    assert talk.wire.respond(5, 200)


def test_settings_change_and_it_is_known_from_when_on(talk: Conversation) -> None:
    talk.wire.update_settings({3: 1})
    talk.wire.update_settings({3: 1000, 4: 10})
    talk.listen()
    assert [said.values for said in talk.of(SETTINGS)] == [{3: 1}, {3: 1000, 4: 10}]
    assert talk.send(SETTINGS_ACK) == [SettingsAcknowledged({3: 1})]
    assert talk.send(SETTINGS_ACK) == [SettingsAcknowledged({3: 1000, 4: 10})]


def test_settings_go_out_as_they_are_asked_for_and_in_order(engine: EngineChoice) -> None:
    odd = {6: 8000, 3: 0, 77: 5}
    talk = Conversation(engine, settings=odd)
    talk.wire.update_settings({6: 1})
    talk.listen()
    assert [said.values for said in talk.said] == [odd, {6: 1}]


def test_no_settings_of_its_own(engine: EngineChoice) -> None:
    talk = Conversation(engine, omit=[Omitted.SETTINGS])
    assert talk.listen() == []
    talk.wire.goaway(0, 0)
    talk.send(HELLO)
    assert [(said.kind, said.flags) for said in talk.said] == [(GOAWAY, 0), (SETTINGS, ACK)]
    assert talk.one(Request, post(1)).stream == 1


def test_settings_that_were_not_said_are_not_acknowledged(engine: EngineChoice) -> None:
    talk = Conversation(engine, omit=[Omitted.SETTINGS])
    talk.send(HELLO)
    talk.wire.update_settings({3: 7})
    assert talk.listen() == []
    assert talk.send(SETTINGS_ACK) == []


def test_no_acknowledgement_of_settings(engine: EngineChoice) -> None:
    talk = Conversation(engine, omit=[Omitted.SETTINGS_ACK])
    talk.send(HELLO, frame(PING, bytes(8)))
    assert [(said.kind, said.flags) for said in talk.said] == [(SETTINGS, 0), (PING, ACK)]


def test_what_was_left_out_is_told_once_something_was(talk: Conversation) -> None:
    talk.wire.omit(Omitted.PING_ACK, Omitted.WINDOW_UPDATE)
    assert set(talk.wire.left_out) == set()
    talk.send(frame(PING, b"12345678"))
    assert set(talk.wire.left_out) == {Omitted.PING_ACK}


def test_deaf_to_pings_from_some_moment_on(talk: Conversation) -> None:
    talk.send(frame(PING, b"12345678"))
    talk.wire.omit(Omitted.PING_ACK)
    talk.send(frame(PING, b"abcdefgh"), settings({}))
    assert [(said.kind, said.payload) for said in talk.said] == [
        (PING, b"12345678"),
        (SETTINGS, b""),
    ]
    talk.wire.ping(b"ownownow")
    assert [said.payload for said in talk.listen()] == [b"ownownow"]


def test_no_credit(talk: Conversation) -> None:
    talk.wire.omit(Omitted.WINDOW_UPDATE)
    talk.send(headers(1), *[data(1, bytes(16_000), flags=0)] * 4)
    assert talk.of(WINDOW_UPDATE) == []
    [broken] = talk.wire.receive_eof()
    assert isinstance(broken, RequestBroken)
    assert len(broken.request.body) == 64_000


def test_credit_is_given_otherwise(talk: Conversation) -> None:
    talk.send(headers(1), *[data(1, bytes(16_000), flags=0)] * 12)
    assert {said.stream for said in talk.of(WINDOW_UPDATE)} == {0, 1}


@pytest.mark.parametrize("body", [b"", b"x" * 40])
def test_half_an_answer(talk: Conversation, body: bytes) -> None:
    talk.send(post(1))
    assert talk.wire.begin_response(1, 400, [(b"apns-id", b"1")])
    assert talk.wire.send_body(1, body)
    assert talk.answers()[1] == Answer({b":status": b"400", b"apns-id": b"1"}, body, False)


def test_raw_bytes_stand_where_they_were_said(talk: Conversation) -> None:
    talk.send(post(1), post(3))
    assert talk.wire.respond(1, 200)
    talk.wire.send_raw(b"")
    talk.wire.send_raw(frame(99, b"?"))
    assert talk.wire.respond(3, 200)
    assert [said.kind for said in talk.listen()] == [HEADERS, 99, HEADERS]


def test_an_answer_by_hand_leaves_the_engine_s_headers_intact(talk: Conversation) -> None:
    # 0x88 is `:status: 200` of the static table.
    talk.send(post(1), post(3))
    talk.wire.send_raw(frame(HEADERS, b"\x88", stream=1, flags=5))
    assert talk.wire.respond(3, 200, [(b"apns-id", b"3")])
    assert talk.answers()[1] == Answer({b":status": b"200"}, b"", True)
    assert talk.answers()[3] == Answer({b":status": b"200", b"apns-id": b"3"}, b"", True)


def test_a_client_s_goaway_has_its_complaint(talk: Conversation) -> None:
    talk.send(post(1))
    [said, *_] = talk.send(goaway(0, 1, b"I do not like it"))
    assert said == GoAwayReceived(0, 1, b"I do not like it")


def test_a_client_that_waits_no_more_says_so(talk: Conversation) -> None:
    talk.send(post(1))
    assert talk.one(StreamReset, reset(1, 8)) == StreamReset(1, 8)
    # Pitfall 6: engines raise.
    assert not talk.wire.respond(1, 200)
    assert not talk.wire.begin_response(1, 200)
    assert not talk.wire.send_body(1, b"{}", end=True)
    assert not talk.wire.reset(1, 7)
    assert talk.listen() == []


def test_a_stream_has_one_answer(talk: Conversation) -> None:
    talk.send(post(1), post(3))
    assert not talk.wire.send_body(1, b"early")
    assert talk.wire.respond(1, 200)
    assert not talk.wire.respond(1, 200)
    assert not talk.wire.send_body(1, b"late", end=True)
    assert talk.wire.begin_response(3, 200)
    assert not talk.wire.begin_response(3, 200)
    assert not talk.wire.respond(77, 200)
    assert not talk.wire.reset(77, 7)
