"""Every frame, right and wrong, gets what HTTP/2 prescribes; nothing raises."""

from __future__ import annotations

import pytest

from fakeapns.protocol.http2 import ConnectionEnded, EngineChoice, Request, StreamRefused
from fakeapns.protocol.http2.events import RequestBroken

from .cases import CASES, Case, Outcome
from .client import GOAWAY, HELLO, PING, RST_STREAM, Conversation, frame, post
from .differences import H2_DIFFERS, differs

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))


def expected(case: Case, engine: str) -> Outcome:
    return H2_DIFFERS.get(case.name, case.outcome) if engine == "h2" else case.outcome


@each_case
def test_a_frame_gets_what_http_2_prescribes(talk: Conversation, case: Case) -> None:
    talk.send(case.wire)
    outcome = expected(case, talk.engine)
    requests = tuple(event.stream for event in talk.events if isinstance(event, Request))
    ended = [event.code for event in talk.events if isinstance(event, ConnectionEnded)]
    told = tuple((said.stream, said.code) for said in talk.of(RST_STREAM))
    assert (requests, told) == (outcome.requests, outcome.reset)
    assert ended == [said.code for said in talk.of(GOAWAY)]
    assert ended == ([] if outcome.ended is None else [outcome.ended])
    assert talk.wire.ended is bool(ended)


@each_case
def test_what_ends_in_an_error_is_told_in_words(talk: Conversation, case: Case) -> None:
    talk.send(case.wire)
    for event in talk.events:
        if isinstance(event, ConnectionEnded | StreamRefused | RequestBroken):
            assert " " in event.reason or event.reason.isidentifier(), event
            assert not event.reason.isdigit()


@each_case
def test_others_go_on_as_long_as_the_connection_does(talk: Conversation, case: Case) -> None:
    talk.send(case.wire, post(9999) + frame(PING, b"87654321"))
    alive = expected(case, talk.engine).ended is None
    assert (9999 in [each.stream for each in talk.events if isinstance(each, Request)]) is alive
    assert (b"87654321" in [said.payload for said in talk.of(PING)]) is alive
    assert talk.wire.respond(9999, 200) is alive


@each_case
def test_it_is_the_same_byte_by_byte(engine: EngineChoice, case: Case) -> None:
    whole, bytewise = Conversation(engine).greeted(), Conversation(engine).greeted()
    whole.send(case.wire)
    bytewise.send(*(bytes([byte]) for byte in case.wire))
    # Shapes are the same only within one server.
    assert repr(bytewise.events) == repr(whole.events)
    assert bytewise.said == whole.said


@pytest.mark.parametrize(
    "wire",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        bytes(100),
    ],
    ids=["http-1", "other-preface", "zeros"],
)
def test_who_does_not_begin_with_the_preface_is_told_so(engine: EngineChoice, wire: bytes) -> None:
    talk = Conversation(engine)
    talk.listen()
    ended = talk.one(ConnectionEnded, wire)
    assert ended.code == 1
    assert [said.code for said in talk.of(GOAWAY)] == [1]


def test_settings_come_first(engine: EngineChoice) -> None:
    talk = Conversation(engine)
    talk.send(HELLO[:24] + frame(PING, bytes(8)))
    assert talk.wire.ended is not differs(talk.engine, "no-settings")


def test_the_table_of_differences_is_about_cases_that_there_are() -> None:
    outcomes = {case.name: case.outcome for case in CASES}
    assert len(outcomes) == len(CASES)
    assert {name for name, outcome in H2_DIFFERS.items() if outcomes[name] == outcome} == set()
