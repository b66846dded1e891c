"""Bodies that are too long: told, answered, and stopped."""

from __future__ import annotations

from fakeapns.protocol.http2 import EngineChoice, Limits, Request
from fakeapns.protocol.http2.events import RequestBroken

from .cases import TRAILER
from .client import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    HELLO,
    PUSH,
    RST_STREAM,
    Conversation,
    credit,
    data,
    headers,
    post,
    reset,
    settings,
)

BIG = (b"a", b"x" * 4000)


def test_a_body_that_is_too_long_is_told_and_may_be_answered(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(body=10)).greeted()
    broken = talk.one(RequestBroken, headers(1) + data(1, bytes(11), flags=0))
    assert (broken.by, broken.code, broken.request.body) == ("limit", 0, bytes(11))
    assert broken.reason == "the body is longer than 10 bytes, and more of it is not kept"
    assert talk.send(data(1, bytes(100), flags=0)) == []
    assert talk.wire.unfinished == 0
    assert talk.wire.respond(1, 413, [], b"{}")
    assert talk.answers()[1].headers == {b":status": b"413"}
    assert talk.send(data(1)) == []
    assert talk.one(Request, post(3, PUSH, bytes(10))).body == bytes(10)


def test_of_a_body_that_is_too_long_no_more_is_wanted_behind_the_answer(
    engine: EngineChoice,
) -> None:
    talk = Conversation(engine, limits=Limits(body=10)).greeted()
    talk.send(headers(1) + data(1, bytes(11), flags=0))
    assert talk.wire.respond(1, 413, [], b"{}")
    assert talk.wire.want_no_more(1)
    assert not talk.wire.want_no_more(1)
    assert [(said.kind, said.stream) for said in talk.listen()] == [
        (HEADERS, 1),
        (DATA, 1),
        (RST_STREAM, 1),
    ]
    assert talk.said[-1].code == 0
    assert talk.send(data(1, bytes(100), flags=0)) == []
    assert talk.one(Request, post(3)).stream == 3


def test_nothing_more_can_come_of_what_has_ended(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(body=10)).greeted()
    long = headers(1) + data(1, bytes(11), flags=0)
    for end in (data(1), headers(1, TRAILER, flags=END_HEADERS | END_STREAM), reset(1)):
        again = Conversation(engine, limits=Limits(body=10)).greeted()
        again.send(long, end)
        again.wire.respond(1, 413, [], b"{}")
        assert not again.wire.want_no_more(1)
    talk.send(post(1, PUSH, bytes(11)), post(3))
    assert talk.wire.respond(1, 413, [], b"{}")
    assert talk.wire.respond(3, 200)
    assert not talk.wire.want_no_more(1)
    assert not talk.wire.want_no_more(3)


def test_an_answer_that_waits_for_credit_is_not_cut_short(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(body=10))
    talk.send(HELLO + settings({4: 1}), headers(1) + data(1, bytes(11), flags=0))
    assert talk.wire.respond(1, 413, [], b"{}")
    assert not talk.wire.want_no_more(1)
    talk.send(credit(1, 1))
    assert talk.answers()[1].body == b"{}"


def test_a_body_whose_last_piece_is_too_long_is_told_once(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(body=10)).greeted()
    assert talk.one(RequestBroken, post(1, PUSH, bytes(11))).by == "limit"


def test_all_that_is_unfinished_has_a_limit(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unfinished=2000)).greeted()
    talk.send(headers(1) + data(1, bytes(1000), flags=0))
    broken = talk.one(RequestBroken, headers(3) + data(3, bytes(1000), flags=0))
    assert (broken.request.stream, broken.by) == (3, "limit")
    assert broken.reason == "the requests that are not complete hold more than 2,000 bytes"
    assert talk.one(Request, data(1)).stream == 1
    assert talk.one(Request, post(5, PUSH, bytes(1000))).stream == 5


def test_headers_count_for_what_is_unfinished(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unfinished=10_000)).greeted()
    talk.send(headers(1, (*PUSH, BIG)), headers(3, (*PUSH, BIG)))
    assert talk.one(RequestBroken, headers(5, (*PUSH, BIG))).request.stream == 5
