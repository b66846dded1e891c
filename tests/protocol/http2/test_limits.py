"""How much of a client's is kept, and that being over a limit is told."""

from __future__ import annotations

import pytest

from fakeapns.protocol.http2 import (
    ConnectionEnded,
    EngineChoice,
    Limits,
    Request,
    StreamRefused,
)

from .client import (
    CONTINUATION,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    HELLO,
    PING,
    PRIORITY,
    PUSH,
    RST_STREAM,
    SETTINGS,
    SETTINGS_ACK,
    Conversation,
    block,
    credit,
    frame,
    goaway,
    headers,
    post,
    reset,
    settings,
)
from .differences import differs

BIG = (b"a", b"x" * 4000)


def ended(talk: Conversation) -> ConnectionEnded:
    """That the connection ended, which was the last to happen and is said in words."""
    last = talk.events[-1]
    assert isinstance(last, ConnectionEnded)
    assert [said.code for said in talk.of(GOAWAY)] == [last.code]
    assert talk.of(GOAWAY)[0].payload[8:].decode() == last.reason
    return last


# ---- streams ----------------------------------------------------------------------------------


def test_streams_from_before_any_settings_are_served(engine: EngineChoice) -> None:
    # Pitfall 3: two Node clients open theirs before they have seen ours, and engines would refuse.
    talk = Conversation(engine, settings={3: 1})
    talk.send(HELLO + post(1) + post(3) + post(5))
    assert [each.stream for each in talk.events if isinstance(each, Request)] == [1, 3, 5]
    assert all(talk.wire.respond(stream, 200) for stream in (1, 3, 5))


def test_streams_above_an_acknowledged_limit_are_refused(engine: EngineChoice) -> None:
    talk = Conversation(engine, settings={3: 2}).greeted()
    talk.send(headers(1) + post(3))
    refused = talk.one(StreamRefused, post(5))
    assert (refused.stream, refused.code) == (5, 7)
    assert refused.reason == "2 streams may be open at once, and as many are"
    assert refused.headers == PUSH
    assert [(said.stream, said.code) for said in talk.of(RST_STREAM)] == [(5, 7)]
    assert talk.wire.respond(3, 200)
    assert talk.one(Request, post(7)).stream == 7


def test_a_limit_holds_from_its_acknowledgement_on(talk: Conversation) -> None:
    talk.send(post(1))
    talk.wire.update_settings({3: 1})
    assert talk.one(Request, post(3)).stream == 3
    talk.send(SETTINGS_ACK)
    assert talk.one(StreamRefused, post(5)).stream == 5
    talk.wire.update_settings({3: 1000})
    talk.send(SETTINGS_ACK)
    assert talk.one(Request, post(7)).stream == 7


def test_other_settings_leave_the_limit_as_it_is(engine: EngineChoice) -> None:
    talk = Conversation(engine, settings={3: 1}).greeted()
    talk.wire.update_settings({4: 100})
    talk.send(SETTINGS_ACK, post(1))
    assert talk.one(StreamRefused, post(3)).stream == 3


@pytest.mark.parametrize("how", ["answer", "reset", "their reset", "refused", "early answer"])
def test_a_stream_that_is_over_makes_room(engine: EngineChoice, how: str) -> None:
    talk = Conversation(engine, settings={3: 1}).greeted()
    talk.send(post(1) if how != "early answer" else headers(1))
    match how:
        case "answer" | "early answer":
            assert talk.wire.respond(1, 200)
        case "reset":
            assert talk.wire.reset(1, 7)
        case "their reset":
            talk.send(reset(1))
        case "refused":
            talk.wire.respond(1, 200)
            talk.one(StreamRefused, post(3, PUSH[1:]))
    assert talk.one(Request, post(5)).stream == 5


def test_no_stream_at_all_may_be_allowed(engine: EngineChoice) -> None:
    talk = Conversation(engine, settings={3: 0}).greeted()
    assert talk.one(StreamRefused, post(1)).code == 7


@pytest.mark.parametrize("end", [frame(SETTINGS, bytes(5)), goaway()], ids=["size", "goaway"])
def test_a_stream_too_many_does_not_mind_the_end(engine: EngineChoice, end: bytes) -> None:
    talk = Conversation(engine, settings={3: 0}).greeted()
    assert talk.send(post(1) + end)[0] == StreamRefused(
        1, 7, "0 streams may be open at once, and as many are", PUSH
    )
    assert talk.send(post(3)) == [] or not talk.wire.ended


def test_who_resets_a_stream_too_many_is_told_nothing_more(engine: EngineChoice) -> None:
    talk = Conversation(engine, settings={3: 0}).greeted()
    talk.send(post(1) + reset(1))
    assert talk.of(RST_STREAM) == []


def test_streams_have_an_end_without_settings_too(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(streams=2))
    events = talk.send(HELLO + headers(1) + headers(3) + headers(5))
    [refused] = [each for each in events if isinstance(each, StreamRefused)]
    assert refused.stream == 5


# ---- headers ----------------------------------------------------------------------------------


def test_more_headers_than_settings_say_come_through_to_be_answered(talk: Conversation) -> None:
    request = talk.one(Request, post(1, (*PUSH, BIG, BIG, BIG)))
    assert request.shape.size > 8000
    assert talk.wire.respond(1, 431)


def test_a_header_bomb_ends_the_connection(talk: Conversation) -> None:
    # One field of 4,000 bytes in the table of HPACK, then one byte for each repetition.
    bomb = block(PUSH) + block([BIG], first=64) + b"\xbe" * 10_000
    talk.send(post(1))
    talk.send(frame(HEADERS, bomb, stream=3, flags=END_HEADERS | END_STREAM))
    assert ended(talk).code == 11


def test_fields_are_counted(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(header_fields=10)).greeted()
    talk.send(post(1, (*PUSH, *[(b"a", b"b")] * 10)))
    if differs(talk.engine, "fields"):
        assert not talk.wire.ended
    else:
        assert ended(talk).code == 11


def test_a_flood_of_continuations_ends_the_connection(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(continuations=4)).greeted()
    begin = frame(HEADERS, block(PUSH), stream=1)
    talk.send(begin + frame(CONTINUATION, stream=1) * 5 + frame(CONTINUATION, stream=1, flags=4))
    if differs(talk.engine, "continuations"):
        assert not talk.wire.ended
        talk.send(frame(HEADERS, block(PUSH), stream=3), *[frame(CONTINUATION, stream=3)] * 70)
    assert ended(talk).code in (1, 11)


# ---- floods -----------------------------------------------------------------------------------


def test_rapid_resets_end_the_connection(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unrest=100)).greeted()
    talk.send(post(1), *(headers(stream) + reset(stream) for stream in range(3, 203, 2)))
    assert not talk.wire.ended
    talk.send(
        post(1001), *(headers(2 * number + 1) + reset(2 * number + 1) for number in range(600, 700))
    )
    assert not talk.wire.ended
    talk.send(headers(2001) + reset(2001))
    told = ended(talk)
    assert told == ConnectionEnded(
        11, "over 100 RST_STREAM, SETTINGS and GOAWAY in a row, the last: RST_STREAM"
    )
    assert talk.send(post(3001)) == []


def test_a_flood_of_settings_ends_the_connection(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unrest=100)).greeted()
    talk.send(settings({4: 1}) * 101)
    assert (
        ended(talk).reason
        == "over 100 RST_STREAM, SETTINGS and GOAWAY in a row, the last: SETTINGS"
    )


def test_a_flood_of_goodbyes_ends_the_connection(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unrest=100)).greeted()
    talk.send(headers(1), *[goaway()] * 101)
    if differs(talk.engine, "goodbye"):
        assert next(each for each in talk.events if isinstance(each, ConnectionEnded)).code == 0
    else:
        why = "over 100 RST_STREAM, SETTINGS and GOAWAY in a row, the last: GOAWAY"
        assert ended(talk) == ConnectionEnded(11, why)


def test_a_header_block_without_end_is_not_kept(talk: Conversation) -> None:
    # Not by the first blocks, which are overheard and held back until they are whole, either.
    talk.send(frame(HEADERS, block(PUSH), stream=1), *[frame(CONTINUATION, stream=1)] * 200)
    assert ended(talk).code in (1, 11)
    assert len(talk.of(GOAWAY)) == 1


def test_pings_may_come_for_days(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unrest=100)).greeted()
    talk.send(*[frame(PING, bytes(8))] * 500)
    assert not talk.wire.ended


def test_what_nobody_reads_has_a_limit(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unsent=1000)).greeted()
    for _ in range(100):
        if not talk.wire.ended:
            talk.events += talk.wire.receive_data(frame(PING, bytes(8)))
    talk.listen()
    assert ended(talk) == ConnectionEnded(
        11, "1,003 bytes wait to be sent, and the client takes none of them"
    )


def test_who_ends_with_much_unread_ends_once(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unsent=100)).greeted()
    talk.send(frame(PING, bytes(8)) * 10 + goaway())
    assert [type(each).__name__ for each in talk.events][-2:] == [
        "GoAwayReceived",
        "ConnectionEnded",
    ]


def test_bodies_that_nobody_gives_credit_for_have_a_limit(engine: EngineChoice) -> None:
    talk = Conversation(engine, limits=Limits(unsent=1000))
    talk.send(HELLO + settings({4: 0}))
    for stream in (1, 3):
        talk.send(post(stream))
        assert talk.wire.respond(stream, 400, [], bytes(600))
    talk.send(frame(PING, bytes(8)))
    assert ended(talk).reason.endswith("bytes wait to be sent, and the client takes none of them")


def test_priorities_and_credit_leave_nothing_behind(talk: Conversation) -> None:
    talk.send((frame(PRIORITY, bytes(5), stream=9) + credit(1) + frame(99)) * 5000)
    assert (talk.events, talk.said) == ([], [])
