"""The ends of connections, credit, and what engines do that nobody expects."""

from __future__ import annotations

import pytest

from fakeapns.protocol.http2 import (
    ConnectionEnded,
    EngineChoice,
    Event,
    GoAwayReceived,
    Request,
    StreamRefused,
)
from fakeapns.protocol.http2.events import RequestBroken

from .client import (
    DATA,
    GOAWAY,
    HEADERS,
    HELLO,
    PING,
    PUSH,
    SETTINGS,
    SETTINGS_ACK,
    Conversation,
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
from .differences import differs

REASON = b'{"reason":"BadDeviceToken"}'


def test_sending_can_end_a_connection(talk: Conversation) -> None:
    # Pitfall 1: with the last answer the engine closes what the client has said GOAWAY to.
    talk.send(post(1), goaway())
    if differs(talk.engine, "goodbye"):
        assert talk.wire.ended
        return
    assert not talk.wire.ended
    assert talk.wire.respond(1, 200)
    assert talk.wire.events() == []
    assert [said.kind for said in talk.listen()] == [HEADERS]
    why = "the client has said GOAWAY, and no stream is open any more"
    assert talk.wire.events() == [ConnectionEnded(0, why)]
    assert talk.wire.ended
    assert talk.wire.receive_data(frame(PING, bytes(8))) == []


def test_what_ended_by_sending_is_told_once(talk: Conversation) -> None:
    talk.send(post(1), goaway())
    talk.wire.respond(1, 200)
    talk.send(frame(PING, bytes(8)), post(3))
    assert [type(event).__name__ for event in talk.events] == [
        "Request",
        "GoAwayReceived",
        "ConnectionEnded",
    ]


def test_a_goaway_of_an_idle_client_ends_the_connection(talk: Conversation) -> None:
    told, ended = talk.send(goaway(0, 0, b"bye"))
    assert told == GoAwayReceived(0, 0, b"bye")
    assert isinstance(ended, ConnectionEnded)
    assert ended.code == 0
    assert ended.reason.startswith("the client has said GOAWAY")
    assert talk.of(GOAWAY) == []


def test_what_comes_behind_the_end_is_dropped(talk: Conversation) -> None:
    told, ended = talk.send(goaway() + frame(SETTINGS, bytes(5)) + post(1))
    assert told == GoAwayReceived(0, 0, b"")
    assert isinstance(ended, ConnectionEnded)
    assert ended.code == 0


def test_a_client_that_gave_up_is_not_waited_for(talk: Conversation) -> None:
    # Pitfall 9: Node waits for us to close behind its own COMPRESSION_ERROR.
    talk.send(post(1), headers(3))
    told, broken, ended = talk.send(goaway(0, 9, b"decode"))
    assert told == GoAwayReceived(0, 9, b"decode")
    assert isinstance(broken, RequestBroken)
    assert broken.request.stream == 3
    assert ended == ConnectionEnded(0, "the client gave the connection up: COMPRESSION_ERROR")
    assert talk.of(GOAWAY) == []
    assert talk.send(goaway(0, 9)) == []


FATAL = [data(2001), bytes(30), frame(SETTINGS, bytes(5))]


@pytest.mark.parametrize("wire", FATAL, ids=["idle stream", "garbage", "size"])
def test_behind_a_fatal_error_all_that_came_before_is_told_and_sent(
    talk: Conversation, wire: bytes
) -> None:
    # Pitfall 2: the engine forgets events, and what it was to send, and says no GOAWAY.
    talk.wire.receive_data(post(1))
    assert talk.wire.respond(1, 200)
    events = talk.wire.receive_data(post(3) + frame(PING, b"12345678") + headers(5) + wire)
    kinds = [type(event).__name__ for event in events]
    assert kinds == ["Request", "PingReceived", "RequestBroken", "ConnectionEnded"]
    talk.listen()
    assert [said.stream for said in talk.of(HEADERS)] == [1]
    assert [said.kind for said in talk.said][-1] == GOAWAY
    assert int.from_bytes(talk.said[-1].payload[:4]) >= 3


def test_nothing_raises_behind_the_end(talk: Conversation) -> None:
    talk.send(post(1), bytes(30))
    assert talk.wire.ended
    talk.said.clear()
    assert talk.wire.receive_data(post(3)) == []
    assert not talk.wire.respond(1, 200)
    assert not talk.wire.send_body(1, b"{}")
    assert not talk.wire.reset(1, 7)
    talk.wire.update_settings({3: 1})
    talk.wire.ping()
    assert talk.wire.held_back == 0
    assert talk.wire.receive_eof() == []
    assert talk.listen() == []
    talk.wire.goaway(1, 0, b"still ours to say")
    talk.wire.send_raw(frame(99))
    assert [said.kind for said in talk.listen()] == [GOAWAY, 99]


def test_the_end_of_a_header_bomb_has_words_of_our_own(talk: Conversation) -> None:
    bomb = block(PUSH) + block([(b"a", b"x" * 4000)], first=64) + b"\xbe" * 10_000
    ended = talk.one(ConnectionEnded, frame(HEADERS, bomb, stream=1, flags=5))
    [said] = talk.of(GOAWAY)
    assert said.payload[8:].decode() == ended.reason != ""


def test_who_leaves_breaks_off_what_was_not_complete(talk: Conversation) -> None:
    talk.send(post(1), headers(3) + data(3, b"{", flags=0), headers(5))
    broken = [each for each in talk.wire.receive_eof() if isinstance(each, RequestBroken)]
    assert [(each.request.stream, each.request.body, each.by) for each in broken] == [
        (3, b"{", "end"),
        (5, b"", "end"),
    ]
    assert {each.reason for each in broken} == {"the client left before it was complete"}
    assert talk.wire.receive_eof() == []
    assert talk.wire.unfinished == 0
    assert talk.wire.respond(1, 200)


def test_who_resets_what_was_not_complete_breaks_it(talk: Conversation) -> None:
    broken = talk.one(RequestBroken, headers(1) + data(1, b"{", flags=0) + reset(1, 8))
    assert (broken.by, broken.code, broken.request.body) == ("client", 8, b"{")
    assert broken.reason == "the client reset the stream before the request was complete"


def test_a_small_window_is_exceeded_until_settings_are_acknowledged(engine: EngineChoice) -> None:
    # Pitfall 8.
    talk = Conversation(engine, settings={4: 10})
    talk.send(HELLO + post(1, PUSH, bytes(100)))
    assert [each.stream for each in talk.events if isinstance(each, Request)] == [1]
    talk.send(SETTINGS_ACK, post(3, PUSH, bytes(10)))
    assert not talk.wire.ended
    talk.send(post(5, PUSH, bytes(100)))
    last: Event = talk.events[-1]
    assert isinstance(last, ConnectionEnded)
    assert last.code == 3


def test_never_indexed_headers_are_plain_pairs(talk: Conversation) -> None:
    # Pitfall 7: engines have a type of their own for them.
    secret = (b"authorization", b"bearer x")
    wire = block(PUSH) + block([secret], first=16)
    sensitive = talk.one(Request, frame(HEADERS, wire, stream=1, flags=5))
    plain = talk.one(Request, post(3, (*PUSH, secret), b""))
    assert {type(header) for header in sensitive.headers} == {tuple}
    assert sensitive.shape is plain.shape


def test_who_gives_no_credit_gets_the_rest_when_it_does(talk: Conversation) -> None:
    # Pitfall 10: aioapns never does, and after 65,535 bytes of errors nothing more arrives.
    talk.send(settings({4: 20}), post(1), post(3))
    assert talk.wire.respond(1, 400, [], REASON)
    assert talk.wire.respond(3, 400, [], REASON)
    assert [each.body for each in talk.answers().values()] == [REASON[:20]] * 2
    assert talk.wire.held_back == 2 * (len(REASON) - 20)
    assert talk.wire.held_back_on(3) == len(REASON) - 20
    assert talk.wire.held_back_on(5) == 0
    talk.send(credit(3, 1))
    assert talk.answers()[1].body == REASON[:23]
    talk.send(settings({4: 100}))
    assert [each.body for each in talk.answers().values()] == [REASON] * 2
    assert all(each.ended for each in talk.answers().values())
    assert talk.wire.held_back == 0


def test_credit_of_the_connection_is_another_one(talk: Conversation) -> None:
    talk.send(settings({4: 1_000_000}), *(post(stream) for stream in (1, 3)))
    assert talk.wire.respond(1, 400, [], bytes(65_000))
    assert talk.wire.respond(3, 400, [], bytes(1000))
    assert talk.wire.respond(77, 400, [], bytes(1000)) is False
    assert sum(len(said.payload) for said in talk.listen() if said.kind == DATA) == 65_535
    talk.send(credit(1000))
    assert {stream: len(each.body) for stream, each in talk.answers().items()} == {
        1: 65_000,
        3: 1000,
    }


def test_credit_of_the_connection_goes_to_who_waited_for_it(talk: Conversation) -> None:
    # 1 has none of its own left, 3 waits for the connection's.
    talk.send(settings({4: 10}), post(1), headers(3) + credit(100_000, 3) + data(3), post(5))
    assert talk.wire.respond(1, 400, [], REASON)
    assert talk.wire.respond(3, 400, [], bytes(65_535))
    assert talk.wire.respond(5, 400, [], b"{}")
    talk.send(credit(1), credit(5), credit(30), credit(1000, 1))
    arrived = talk.answers()
    assert [len(each.body) for each in arrived.values()] == [len(REASON), 65_535, 2]
    assert all(each.ended for each in arrived.values())


def test_credit_for_what_was_answered_already_is_none(talk: Conversation) -> None:
    talk.send(headers(1))
    assert 1 not in talk.wire.awaited
    assert talk.wire.respond(1, 413, [], b"{}")
    assert talk.send(credit(1, 1)) == []
    assert talk.one(Request, post(3)).stream == 3
    assert 3 in talk.wire.awaited


def test_a_rule_that_is_broken_behind_a_request_is_told_of_a_known_one(talk: Conversation) -> None:
    events = talk.send(post(1), data(1))
    refused = [each for each in events if isinstance(each, StreamRefused)]
    if talk.wire.ended:
        # ngh2 ends the connection.
        assert refused == []
        return
    why = "a frame came on a stream that was over, or behind its request's end"
    assert refused == [StreamRefused(1, 5, why, known=True)]


def test_who_resets_takes_what_was_held_back_along(talk: Conversation) -> None:
    talk.send(settings({4: 0}), post(1))
    assert talk.wire.respond(1, 400, [], REASON)
    assert talk.wire.held_back == len(REASON)
    talk.send(reset(1))
    assert talk.wire.held_back == 0
