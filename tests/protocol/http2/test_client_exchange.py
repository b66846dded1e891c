"""The client's side: requests, answers, and what a server says of the connection."""

from __future__ import annotations

import pytest

from fakeapns.protocol.http2 import (
    ConnectionEnded,
    EngineChoice,
    ErrorCode,
    GoAwayReceived,
    PingAcknowledged,
    PingReceived,
    Response,
    SettingsAcknowledged,
    SettingsReceived,
    StreamReset,
)

from .client import (
    ACK,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    PING,
    PUSH,
    RST_STREAM,
    SETTINGS,
    SETTINGS_ACK,
    credit,
    data,
    frame,
    goaway,
    headers,
    reset,
    settings,
)
from .server import REFUSED, TAKEN, Exchange, refused, taken

REFUSED_STREAM = ErrorCode.REFUSED_STREAM


@pytest.fixture
def talk(engine: EngineChoice) -> Exchange:
    """A connection whose SETTINGS both sides have acknowledged."""
    return Exchange(engine).greeted()


def test_a_client_begins_with_its_preface_and_wants_no_pushes(engine: EngineChoice) -> None:
    [said] = Exchange(engine).greeting
    assert (said.kind, said.flags, said.stream) == (SETTINGS, 0, 0)
    assert said.values[2] == 0


def test_nothing_may_be_asked_before_the_server_has_said_its_settings(engine: EngineChoice) -> None:
    talk = Exchange(engine)
    assert (talk.wire.room, talk.wire.greeted) == (0, False)
    with pytest.raises(ValueError, match="look at `room` first"):
        talk.wire.request(PUSH, b"{}")
    events = talk.send(settings({3: 1}), SETTINGS_ACK)
    assert events == [SettingsReceived({3: 1}), SettingsAcknowledged({2: 0})]
    assert (talk.wire.room, talk.wire.greeted) == (1, True)
    assert [(said.kind, said.flags) for said in talk.said] == [(SETTINGS, ACK)]


def test_a_request_goes_out_as_it_is_and_its_answer_comes(talk: Exchange) -> None:
    assert talk.ask(b'{"aps":{}}') == 1
    assert talk.asked() == {1: (PUSH, b'{"aps":{}}', True)}
    assert talk.wire.unanswered == {1}
    answer = talk.one(Response, taken(1))
    assert answer == Response(1, 200, TAKEN[1:], b"")
    assert (answer.header(b"apns-id"), answer.header(b"retry-after")) == (b"an id", None)
    assert talk.wire.unanswered == set()


def test_a_request_may_have_no_body(talk: Exchange) -> None:
    talk.ask(b"")
    assert talk.asked() == {1: (PUSH, b"", True)}
    assert talk.of(DATA) == []


def test_answers_come_in_any_order_in_pieces_and_with_trailers(talk: Exchange) -> None:
    assert [talk.ask() for _ in range(4)] == [1, 3, 5, 7]
    assert talk.one(Response, refused(5)) == Response(5, 400, REFUSED[1:], b'{"reason":"BadTopic"}')
    early = headers(1, [(b":status", b"103")]) + headers(1, REFUSED)
    assert talk.send(early, data(1, b"{", flags=0), taken(7)) == [Response(7, 200, TAKEN[1:], b"")]
    assert talk.one(Response, data(1, b"}")).body == b"{}"
    trailers = headers(3, [(b"a", b"b")], flags=END_HEADERS | END_STREAM)
    [answer] = talk.send(headers(3, REFUSED), data(3, b"x", flags=0), trailers)
    assert answer == Response(3, 400, REFUSED[1:], b"x")


def test_bytes_may_come_one_by_one(engine: EngineChoice) -> None:
    talk = Exchange(engine)
    talk.send(*(bytes([each]) for each in settings({3: 5}) + SETTINGS_ACK))
    talk.ask()
    events = talk.send(*(bytes([each]) for each in refused(1)))
    assert [type(each) for each in events] == [Response]


# ---- what is allowed ------------------------------------------------------------------------


def test_the_limit_of_streams_is_kept_raised_and_lowered(talk: Exchange) -> None:
    assert talk.wire.room == 10_000
    talk.send(settings({3: 1}))
    talk.ask()
    assert talk.wire.room == 0
    talk.send(settings({3: 3}))
    assert talk.wire.room == 2
    talk.ask()
    talk.send(settings({3: 1}))
    assert talk.wire.room == 0
    talk.send(taken(1))
    assert talk.wire.room == 0
    # SETTINGS that say nothing of it leave it as it was.
    talk.send(settings({4: 10}), taken(3))
    assert talk.wire.room == 1


def test_bodies_wait_for_credit_and_respect_the_size_of_frames(engine: EngineChoice) -> None:
    talk = Exchange(engine).greeted({4: 20_000})
    body = bytes(range(250)) * 100
    talk.ask(body)
    assert [len(said.payload) for said in talk.of(DATA)] == [16_384, 20_000 - 16_384]
    assert talk.wire.held_back == 5_000
    talk.send(credit(3_000, 1))
    assert (talk.wire.held_back, talk.asked()[1][2]) == (2_000, False)
    talk.send(settings({4: 30_000}))
    assert talk.asked()[1] == (PUSH, body, True)
    assert talk.wire.held_back == 0


def test_the_connection_s_window_holds_for_all_bodies(talk: Exchange) -> None:
    for _ in range(2):
        talk.ask(bytes(40_000))
    assert talk.wire.held_back == 80_000 - 65_535
    talk.send(credit(80_000))
    assert talk.wire.held_back == 0
    assert all(ended for _, _, ended in talk.asked().values())


def test_credit_is_given_back_for_answers(talk: Exchange) -> None:
    for _ in range(40):
        stream = talk.ask()
        talk.send(headers(stream, REFUSED), data(stream, bytes(4_000)))
    assert sum(isinstance(each, Response) for each in talk.events) == 40


def test_an_answer_may_come_before_the_request_is_whole(engine: EngineChoice) -> None:
    talk = Exchange(engine).greeted({3: 1, 4: 10})
    talk.ask(bytes(100))
    assert talk.one(Response, taken(1)).status == 200
    # What is left of it is not sent any more, and the stream makes room.
    assert [(said.stream, said.code) for said in talk.of(RST_STREAM)] == [(1, 0)]
    assert (talk.wire.held_back, talk.wire.room) == (0, 1)
    assert talk.ask(b"{}") == 3
    assert talk.one(Response, taken(3)).status == 200


def test_a_server_may_reset_behind_such_an_answer(engine: EngineChoice) -> None:
    talk = Exchange(engine).greeted({4: 10})
    talk.ask(bytes(100))
    assert talk.one(Response, taken(1) + reset(1, 0)).status == 200
    talk.ask()
    assert talk.one(Response, taken(3)).status == 200


# ---- what ends ------------------------------------------------------------------------------


def test_a_reset_is_told_once(talk: Exchange) -> None:
    talk.ask()
    talk.ask()
    # pushy #476 saw two of them.
    assert talk.send(reset(1, 7) + reset(1, 5)) == [StreamReset(1, REFUSED_STREAM)]
    assert talk.send(headers(3, REFUSED), reset(3, 8)) == [StreamReset(3, ErrorCode.CANCEL, 400)]
    assert talk.ask() == 5


def test_the_status_of_an_answer_that_has_no_end_is_known(talk: Exchange) -> None:
    talk.ask()
    assert (talk.wire.status_of(1), talk.wire.status_of(3)) == (None, None)
    assert talk.send(headers(1, REFUSED)) == []
    assert talk.wire.status_of(1) == 400
    talk.send(data(1, b"{}"))
    assert talk.wire.status_of(1) is None


def test_an_answer_that_is_not_awaited_any_more_is_dropped(talk: Exchange) -> None:
    talk.ask()
    talk.wire.reset(1)
    talk.wire.reset(1)
    talk.listen()
    assert [(said.stream, said.code) for said in talk.of(RST_STREAM)] == [(1, ErrorCode.CANCEL)]
    assert talk.send(taken(1)) == []
    talk.ask()
    assert talk.one(Response, taken(3)).stream == 3


def test_goaway_divides_the_streams(talk: Exchange) -> None:
    for _ in range(3):
        talk.ask()
    assert talk.send(goaway(3, 0, b"see you")) == [
        GoAwayReceived(3, 0, b"see you"),
        StreamReset(5, REFUSED_STREAM),
    ]
    assert (talk.wire.room, talk.wire.parting, talk.wire.ended) == (0, True, False)
    # Sometimes two come (pushy #312); the second may take more back.
    assert talk.send(goaway(1, 0)) == [GoAwayReceived(1, 0, b""), StreamReset(3, REFUSED_STREAM)]
    answer, end = talk.send(taken(1))
    assert isinstance(answer, Response)
    assert isinstance(end, ConnectionEnded)
    assert (end.code, talk.wire.ended) == (0, True)
    assert "no stream is open any more" in end.reason


def test_what_a_server_gave_up_it_does_not_answer(talk: Exchange) -> None:
    talk.ask()
    talk.ask()
    talk.send(goaway(1))
    assert talk.send(refused(3)) == []
    assert [type(each) for each in talk.send(taken(1))] == [Response, ConnectionEnded]


def test_goaway_with_an_error_takes_no_answer_away(talk: Exchange) -> None:
    talk.ask()
    assert talk.send(goaway(1, 7, b"Maximum active streams violated")) == [
        GoAwayReceived(1, 7, b"Maximum active streams violated")
    ]
    assert [type(each) for each in talk.send(refused(1))] == [Response, ConnectionEnded]


def test_goaway_on_an_idle_connection_ends_it(talk: Exchange) -> None:
    said = talk.send(goaway(0, 0, b'{"reason":"BadCertificateEnvironment"}'))
    assert [type(each) for each in said] == [GoAwayReceived, ConnectionEnded]
    # Whoever goes on all the same does no harm.
    assert talk.send(taken(1)) == []
    talk.wire.ping()
    talk.wire.reset(1)
    assert (talk.listen(), talk.wire.held_back) == ([], 0)


def test_pings_are_answered_on_both_sides(talk: Exchange) -> None:
    assert talk.one(PingReceived, frame(PING, b"12345678")).data == b"12345678"
    assert [(said.flags, said.payload) for said in talk.of(PING)] == [(ACK, b"12345678")]
    talk.wire.ping(b"abcdefgh")
    assert talk.listen()[-1].payload == b"abcdefgh"
    assert talk.one(PingAcknowledged, frame(PING, b"abcdefgh", flags=ACK)).data == b"abcdefgh"


def test_a_client_says_goodbye(talk: Exchange) -> None:
    talk.ask()
    talk.wire.goodbye()
    talk.listen()
    assert [said.code for said in talk.of(GOAWAY)] == [0]
