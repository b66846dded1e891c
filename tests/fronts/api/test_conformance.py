"""What RFC 9113 prescribes, of the whole front: frames on the wire, words in the ledger, and of
what use the connection is behind it. The tables are those of the wire, on both engines.
"""

from __future__ import annotations

import pytest

from fakeapns.fronts.front import Provider
from fakeapns.ledger import ApiResponse, GoAwaySeen
from fakeapns.protocol.http2 import code_name

from ...frames import TOPIC
from ...moments import GRACE, PAUSE
from ...protocol.http2.cases import CASES, Case, Outcome
from ...protocol.http2.client import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    HELLO,
    PING,
    PREFACE,
    SETTINGS,
    SETTINGS_ACK,
    WINDOW_UPDATE,
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
from ...protocol.http2.differences import H2_DIFFERS, differs
from ...protocol.http2.test_refused import LENGTHS, WRONG
from .frames import FINE, GOAWAY, RST_STREAM, Frames

ENGINES = pytest.mark.parametrize("engine", ["ngh2", "h2"])
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))


def expected(case: Case, engine: str) -> Outcome:
    return H2_DIFFERS.get(case.name, case.outcome) if engine == "h2" else case.outcome


# ---- frames: 4.1 to 4.3, 5.1, 5.1.1, 5.4, 6.1 to 6.10 ----------------------------------------


@ENGINES
@EACH
def test_what_a_frame_gets_is_on_record(engine: str, case: Case) -> None:
    talk, outcome = Frames(engine).greeted(), expected(case, engine)
    talk.send(case.wire)
    # Every request once, whatever came of it.
    streams = [*(each.stream for each in talk.pushes), *(each.stream for each in talk.requests)]
    assert len(streams) == len(set(streams))
    assert tuple(sorted(each.stream or 0 for each in talk.pushes)) == outcome.requests
    assert tuple(talk.codes(RST_STREAM)) == outcome.reset
    for each in talk.resets:
        assert (each.stream, each.code) in outcome.reset
        assert each.detail
    for broken in talk.requests:
        assert broken.detail
    ends = [] if outcome.ended is None else [outcome.ended]
    assert [each.code for each in talk.goodbyes] == ends
    assert [code for _, code in talk.codes(GOAWAY)] == ends


@ENGINES
@EACH
def test_the_connection_is_of_use_behind_it_or_says_why_not(engine: str, case: Case) -> None:
    talk, outcome = Frames(engine).greeted(), expected(case, engine)
    talk.send(case.wire)
    assert talk.is_usable is (outcome.ended is None)
    talk.wait(PAUSE + GRACE)
    if outcome.ended is None:
        talk.leave()
        assert (talk.end.by, talk.end.reason, talk.end.detail) == ("provider", "ended", None)
    else:
        # Pitfall 2: it closes late, and a client has had the time to read why.
        assert (talk.end.by, talk.end.how, talk.end.reason) == ("server", "graceful", "error")
        assert talk.end.detail == f"{code_name(outcome.ended)}: {talk.goodbyes[0].debug}"
        assert len(talk.goodbyes[0].debug) > len("PADDING")


@ENGINES
# Behind an answer, which one byte at a time leaves room for, a stream is over.
@pytest.mark.parametrize("case", [case for case in CASES if not case.outcome.requests])
def test_it_is_told_the_same_byte_by_byte(engine: str, case: Case) -> None:
    whole, bytewise = Frames(engine, seed=1).greeted(), Frames(engine, seed=1).greeted()
    whole.send(case.wire)
    bytewise.send(*(bytes([byte]) for byte in case.wire))
    kinds = [(type(each), getattr(each, "detail", "")) for each in whole.told]
    assert kinds == [(type(each), getattr(each, "detail", "")) for each in bytewise.told]


# ---- 3.4, the preface ------------------------------------------------------------------------


@ENGINES
@pytest.mark.parametrize(
    ("alpn", "begin"), [("h2", bytes(30)), (None, b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
)
def test_what_is_no_preface_is_told_by_goaway(engine: str, alpn: str | None, begin: bytes) -> None:
    talk = Frames(engine, provider=Provider((TOPIC,), "UID=x", alpn=alpn))
    talk.send(begin)
    assert [each.code for each in talk.goodbyes] == [1]
    assert [each.kind for each in talk.said] == [SETTINGS, GOAWAY]


@ENGINES
def test_settings_of_the_client_come_first(engine: str) -> None:
    talk = Frames(engine)
    talk.send(PREFACE + frame(PING, bytes(8)))
    assert [each.code for each in talk.goodbyes] == ([] if differs(engine, "no-settings") else [1])


@ENGINES
def test_a_preface_may_come_with_a_request(engine: str) -> None:
    talk = Frames(engine)
    talk.send(HELLO + post(1, FINE))
    assert talk.latest.answered is True
    assert talk.said[0].kind == SETTINGS


# ---- 5.1.2, how many streams -----------------------------------------------------------------


@ENGINES
def test_a_thousand_streams_are_open_and_the_next_is_refused(engine: str) -> None:
    talk = Frames(engine).greeted()
    talk.send(*(headers(2 * number + 1, FINE) for number in range(1001)))
    assert talk.codes(RST_STREAM) == [(2001, 7)]
    [refused] = talk.requests
    assert refused.detail == "1,000 streams may be open at once, and as many are"
    talk.send(data(1))
    talk.send(post(2003, FINE))
    assert [(each.stream, each.outcome) for each in talk.pushes] == [
        (1, "accepted"),
        (2003, "accepted"),
    ]


# ---- 6.5, 6.7, 6.8, 6.9: what is answered ----------------------------------------------------


@ENGINES
def test_settings_and_pings_are_acknowledged_in_their_order(engine: str) -> None:
    talk = Frames(engine).greeted()
    talk.send(settings({4: 1}) + frame(PING, b"12345678") + settings({1: 0}))
    acks = [(each.kind, each.payload) for each in talk.said if each.flags == 1]
    assert acks == [(SETTINGS, b""), (PING, b"12345678"), (SETTINGS, b"")]


def test_behind_a_goaway_what_was_open_is_answered_and_then_it_ends() -> None:
    talk = Frames("ngh2").greeted()
    talk.send(headers(1, FINE), goaway(0, 0, b"bye"))
    assert not talk.connection.finished
    talk.send(data(1))
    assert talk.latest.answered is True
    talk.wait(PAUSE + GRACE)
    # Which the client had wanted: no error of anybody's.
    assert (talk.end.by, talk.end.reason, talk.end.detail) == ("provider", "ended", None)


@ENGINES
@pytest.mark.parametrize("code", [0, 9])
def test_who_says_goodbye_has_ended_it(engine: str, code: int) -> None:
    talk = Frames(engine).greeted()
    talk.send(post(1, FINE))
    talk.send(goaway(0, code, b"x" * 2000))
    talk.wait(PAUSE + GRACE)
    assert talk.end.reason == "ended"
    [goodbye] = talk.ledger.of(GoAwaySeen)
    assert (goodbye.by, goodbye.debug) == ("provider", "x" * 1024)


@ENGINES
def test_an_answer_goes_out_as_far_as_the_client_gives_credit(engine: str) -> None:
    talk = Frames(engine).greeted(HELLO + settings({4: 5}) + SETTINGS_ACK)
    body = b'{"reason":"PayloadEmpty"}'
    talk.send(post(1, FINE, b""))
    assert [len(each.payload) for each in talk.said if each.kind == DATA] == [5]
    [answer] = talk.ledger.of(ApiResponse)
    assert answer.detail == (
        "20 bytes of its body wait: the client gives no credit for more (WINDOW_UPDATE)"
    )
    # It goes on when it can, and others do meanwhile.
    assert talk.is_usable
    talk.send(credit(10, 1), settings({4: 100}))
    pieces = [each.payload for each in talk.said if each.kind == DATA]
    assert (len(pieces), b"".join(pieces)) == (3, body)


@ENGINES
def test_an_answer_that_nobody_gave_credit_for_is_told_at_the_end(engine: str) -> None:
    talk = Frames(engine).greeted(HELLO + settings({4: 0}) + SETTINGS_ACK)
    talk.send(post(1, FINE, b""), post(3, FINE, b""), post(5, FINE))
    talk.send(reset(3))
    talk.leave()
    assert talk.end.detail == (
        "25 bytes of answers were never sent: the client gives no credit for more (WINDOW_UPDATE)"
    )


@ENGINES
def test_an_answer_that_leaves_whole_has_no_such_words(engine: str) -> None:
    talk = Frames(engine).greeted()
    talk.send(post(1, FINE, b""))
    [answer] = talk.ledger.of(ApiResponse)
    assert answer.detail is None


@ENGINES
def test_credit_is_given_for_bodies_that_come(engine: str) -> None:
    talk = Frames(engine).greeted()
    talk.send(headers(1, FINE), *[data(1, bytes(16_384), flags=0)] * 15)
    given = [each for each in talk.said if each.kind == WINDOW_UPDATE]
    assert {each.stream for each in given} == {0, 1}


# ---- 8.1 to 8.3, requests --------------------------------------------------------------------


@ENGINES
@pytest.mark.parametrize("what", WRONG)
def test_a_malformed_request_costs_its_stream_and_is_told(engine: str, what: str) -> None:
    fields, why = WRONG[what]
    talk = Frames(engine).greeted()
    talk.send(headers(1, FINE), post(3, fields), data(1))
    # h2 resets a stream once more for the body that comes on it (5.1).
    assert talk.codes(RST_STREAM)[0] == (3, 1)
    assert {stream for stream, _ in talk.codes(RST_STREAM)} == {3}
    [request] = talk.requests
    assert (request.detail or "").startswith(why)
    assert (request.stream, request.ordinal, request.http_status) == (3, 0, None)
    assert [(each.stream, each.answered) for each in talk.pushes] == [(1, True)]
    assert talk.is_usable


@ENGINES
@pytest.mark.parametrize("what", LENGTHS)
def test_a_content_length_that_is_none_is_told(engine: str, what: str) -> None:
    values, why = LENGTHS[what]
    talk = Frames(engine).greeted()
    talk.send(headers(3, (*FINE, *((b"content-length", value) for value in values))))
    if differs(engine, "content-length"):
        return
    [request] = talk.requests
    assert (request.detail or "").startswith(why)
    assert talk.is_usable


@pytest.mark.parametrize("length", [b"1", b"3", b"4294967296"])
def test_a_body_of_another_length_than_announced_is_told(length: bytes) -> None:
    talk = Frames("ngh2").greeted()
    talk.send(post(1, (*FINE, (b"content-length", length))))
    [request] = talk.requests
    assert request.detail == (
        f"the body is not as long as content-length says, {int(length):,} bytes"
    )
    assert talk.codes(RST_STREAM) == [(1, 1)]
    assert talk.is_usable


@ENGINES
def test_trailers_end_a_request(engine: str) -> None:
    talk = Frames(engine).greeted()
    trailers = [(b"checksum", b"1")]
    talk.send(
        headers(1, FINE)
        + data(1, flags=0)
        + frame(HEADERS, block(trailers)[:4], stream=1, flags=END_STREAM)
        + frame(CONTINUATION, block(trailers)[4:], stream=1, flags=END_HEADERS)
    )
    assert (talk.latest.outcome, talk.latest.answered) == ("accepted", True)
