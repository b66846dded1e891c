"""Requests and answers, as correct clients exchange them."""

from __future__ import annotations

import pytest

from fakeapns.protocol.http2 import (
    EngineChoice,
    PingAcknowledged,
    PingReceived,
    Request,
    SettingsAcknowledged,
    SettingsReceived,
)

from .client import (
    ACK,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    HELLO,
    PING,
    PUSH,
    SETTINGS,
    SETTINGS_ACK,
    Answer,
    Conversation,
    block,
    data,
    frame,
    headers,
    post,
    reset,
    settings,
)

APPLE = {1: 4096, 3: 1000, 4: 65_535, 5: 16_384, 6: 8000}
ID = b"9ce80c8a-5b0c-4bdb-8d52-0c8d5d4c6b0a"


def test_the_server_begins_with_apple_s_settings(engine: EngineChoice) -> None:
    [said] = Conversation(engine).listen()
    assert (said.kind, said.flags, said.stream, said.values) == (SETTINGS, 0, 0, APPLE)


def test_settings_are_acknowledged_by_both(engine: EngineChoice) -> None:
    talk = Conversation(engine)
    talk.listen()
    assert talk.send(HELLO, SETTINGS_ACK) == [SettingsReceived({}), SettingsAcknowledged(APPLE)]
    assert [(said.kind, said.flags) for said in talk.said[1:]] == [(SETTINGS, ACK)]
    assert talk.send(settings({4: 100, 3: 0})) == [SettingsReceived({4: 100, 3: 0})]


def test_a_push_comes_out_as_it_was_and_is_answered(talk: Conversation) -> None:
    sent = (*PUSH, (b"apns-id", ID), (b"content-length", b"2"))
    request = talk.one(Request, post(1, sent))
    assert (request.stream, request.body) == (1, b"{}")
    assert (request.path, request.apns_id, request.content_length) == (PUSH[2][1], ID, b"2")
    assert sorted(request.headers) == sorted(sent)
    assert request.shape.headers == (*PUSH[:2], *PUSH[3:])
    assert request.size == sum(len(name) + len(value) + 32 for name, value in sent)
    assert talk.wire.respond(1, 200, [(b"apns-id", ID)])
    assert talk.answers() == {1: Answer({b":status": b"200", b"apns-id": ID}, b"", True)}


def test_an_answer_can_have_a_body(talk: Conversation) -> None:
    talk.send(post(1))
    assert talk.wire.respond(1, 410, [(b"content-type", b"application/json")], b'{"reason":"x"}')
    [answer] = talk.answers().values()
    assert answer.headers[b":status"] == b"410"
    assert (answer.body, answer.ended) == (b'{"reason":"x"}', True)


def test_a_request_waits_for_its_answer_until_there_is_one(talk: Conversation) -> None:
    assert 1 not in talk.wire.awaited
    talk.send(post(1), headers(3))
    assert (1 in talk.wire.awaited, 3 in talk.wire.awaited) == (True, False)
    talk.wire.respond(1, 200)
    assert 1 not in talk.wire.awaited
    talk.send(post(5), frame(SETTINGS, b"x"))
    assert 5 not in talk.wire.awaited


def test_answers_come_in_any_order_and_in_pieces(talk: Conversation) -> None:
    talk.send(post(1), post(3), post(5))
    assert talk.wire.respond(5, 200)
    assert talk.wire.begin_response(1, 400)
    assert talk.wire.respond(3, 200)
    assert talk.wire.send_body(1, b"{")
    assert talk.answers()[1] == Answer({b":status": b"400"}, b"{", False)
    assert talk.wire.send_body(1, b"}", end=True)
    assert talk.answers()[1] == Answer({b":status": b"400"}, b"{}", True)
    assert [said.stream for said in talk.of(HEADERS)] == [5, 1, 3]


def test_an_answer_can_end_without_a_last_piece(talk: Conversation) -> None:
    talk.send(post(1))
    assert talk.wire.begin_response(1, 400)
    assert talk.wire.send_body(1, b"", end=True)
    assert talk.answers() == {1: Answer({b":status": b"400"}, b"", True)}


@pytest.mark.parametrize("body", [b"", b"x"])
def test_a_request_may_end_with_its_headers_or_with_trailers(
    talk: Conversation, body: bytes
) -> None:
    # Pitfall 5: trailers end a request, and headers may.
    assert talk.one(Request, post(1, PUSH, b"")).body == b""
    trailers = frame(
        HEADERS, block([(b"checksum", b"1")]), stream=3, flags=END_HEADERS | END_STREAM
    )
    request = talk.one(Request, headers(3) + data(3, body, flags=0), trailers)
    assert request.body == body
    assert b"checksum" not in dict(request.headers)


def test_the_end_may_come_by_itself(talk: Conversation) -> None:
    assert talk.one(Request, headers(1), data(1, b"{", flags=0), data(1, b"")).body == b"{"


def test_pings_are_answered_and_asked(talk: Conversation) -> None:
    assert talk.one(PingReceived, frame(PING, b"12345678")).data == b"12345678"
    talk.wire.ping(b"abcdefgh")
    talk.listen()
    assert [(said.flags, said.payload) for said in talk.of(PING)] == [
        (ACK, b"12345678"),
        (0, b"abcdefgh"),
    ]
    assert talk.one(PingAcknowledged, frame(PING, b"abcdefgh", flags=ACK)).data == b"abcdefgh"


def test_unfinished_requests_are_counted(talk: Conversation) -> None:
    talk.send(headers(1), post(3), headers(5) + data(5, b"{", flags=0))
    assert talk.wire.unfinished == 2
    assert talk.wire.last_stream == 5


def test_unfinished_requests_up_to_a_stream_are_told(talk: Conversation) -> None:
    talk.send(post(1), headers(3), headers(5))
    assert [talk.wire.unfinished_up_to(stream) for stream in (1, 2, 3, 99)] == [
        False,
        False,
        True,
        True,
    ]


def test_several_requests_are_answered_together(talk: Conversation) -> None:
    for stream in (1, 3, 5):
        talk.one(Request, post(stream))
    assert all(stream in talk.wire.awaited for stream in (1, 3, 5))
    ids = [[(b"apns-id", b"%d" % stream)] for stream in (1, 3, 5)]
    assert talk.wire.respond_to_all((1, 3, 5), 200, ids) == 3
    answers = talk.answers()
    assert [answers[stream].headers[b"apns-id"] for stream in (1, 3, 5)] == [b"1", b"3", b"5"]
    assert not any(stream in talk.wire.awaited for stream in (1, 3, 5))


def test_answers_end_at_the_first_request_that_wants_none(talk: Conversation) -> None:
    for stream in (1, 3, 5):
        talk.one(Request, post(stream))
    talk.send(reset(3))
    assert 3 not in talk.wire.awaited
    assert talk.wire.respond_to_all((1, 3, 5), 200, ([], [], [])) == 1
    assert 5 in talk.wire.awaited
    assert talk.wire.respond(5, 200)


def test_nothing_is_answered_where_all_is_over(talk: Conversation) -> None:
    talk.one(Request, post(1))
    talk.send(frame(SETTINGS, flags=ACK, payload=b"no ack has one"))
    assert talk.wire.ended
    assert 1 not in talk.wire.awaited
    assert talk.wire.respond_to_all((1,), 200, ([],)) == 0


def test_a_reset_of_what_was_answered_is_nothing_to_the_next_request(talk: Conversation) -> None:
    talk.one(Request, post(1))
    assert 1 in talk.wire.awaited
    assert talk.wire.respond(1, 200)
    talk.listen()
    talk.send(reset(1))
    talk.one(Request, post(3))
    assert talk.wire.respond(3, 200)
    talk.listen()
    assert talk.wire.events() == []
    assert 3 not in talk.wire.awaited
