"""GOAWAY: which streams are processed, what is said, and what becomes of the connection."""

from __future__ import annotations

from typing import Any

import h2.events
import pytest

from fakeapns import GoAway, LateAnswer, On, Step
from fakeapns.fronts.actions import Close, ShutWrite
from fakeapns.ledger import FaultFired, GoAwaySeen

from ..dialogue import Dialogue


def at_once(talk: Dialogue, count: int) -> list[int]:
    """So many requests in one write."""
    streams = [talk.begin() for _ in range(count)]
    talk.flow()
    return streams


def said(talk: Dialogue) -> list[tuple[int, int, bytes]]:
    """What the client was told by GOAWAY: last stream, code, debug data."""
    return [
        (event.last_stream_id or 0, int(event.error_code or 0), event.additional_data or b"")
        for event in talk.events
        if isinstance(event, h2.events.ConnectionTerminated)
    ]


def outcomes(talk: Dialogue) -> list[tuple[int, str, bool | None]]:
    return [(push.stream, push.outcome, push.answered) for push in talk.pushes]


SECOND = On(notification=2)


def test_what_is_above_the_last_stream_is_not_processed() -> None:
    talk = Dialogue(Step(GoAway(), SECOND))
    at_once(talk, 4)
    assert outcomes(talk) == [
        (1, "accepted", True),
        (3, "accepted", True),
        (5, "discarded", False),
        (7, "discarded", False),
    ]
    assert said(talk) == [(3, 0, b"")]
    [fault], [goaway] = talk.ledger.of(FaultFired), talk.ledger.of(GoAwaySeen)
    assert (fault.fault, fault.detail) == ("goaway", "last stream 3")
    assert (goaway.by, goaway.last_stream, goaway.unprocessed) == ("server", 3, 2)
    assert {(push.behind, push.cause) for push in talk.pushes[2:]} == {(2, fault.seq)}
    assert "above 3, the last one of a GOAWAY" in str(talk.latest.detail)
    # And then it is closed, in order.
    talk.wait(10)
    assert [type(each) for each in talk.done[-2:]] == [ShutWrite, Close]
    assert (talk.end.by, talk.end.how, talk.end.reason) == ("server", "graceful", "shutdown")
    assert (talk.end.accepted, talk.end.discarded, talk.end.requests) == (2, 2, 4)


@pytest.mark.parametrize(
    ("last", "named", "accepted"),
    [
        ("this", 5, 3),
        ("previous", 3, 2),
        ("zero", 0, 2),
        ("all", 2**31 - 1, 4),
        (1, 1, 2),
        (7, 7, 4),
    ],
)
def test_the_last_stream_is_as_asked_for(last: Any, named: int, accepted: int) -> None:
    """The two before were answered already, whatever a GOAWAY says of them later."""
    talk = Dialogue(Step(GoAway(last, then="keep"), On(notification=3), times=1))
    at_once(talk, 4)
    assert said(talk) == [(named, 0, b"")]
    assert [push.outcome for push in talk.pushes].count("accepted") == accepted
    assert [push.outcome for push in talk.pushes].count("discarded") == 4 - accepted


def test_how_many_were_left_out_that_had_been_opened() -> None:
    talk = Dialogue(Step(GoAway("zero", delay="1s", then="keep"), On(notification=1)))
    at_once(talk, 4)
    assert outcomes(talk) == [(stream, "discarded", False) for stream in (1, 3, 5, 7)]
    assert said(talk) == []
    talk.wait(1)
    assert said(talk) == [(0, 0, b"")]
    assert [each.unprocessed for each in talk.ledger.of(GoAwaySeen)] == [4]


def test_a_number_beyond_what_was_opened_is_told() -> None:
    talk = Dialogue(Step(GoAway(99, then="keep"), times=1))
    at_once(talk, 2)
    assert talk.ledger.of(FaultFired)[0].detail == (
        "last stream 99, which is beyond 3, the last that was opened"
    )


@pytest.mark.parametrize("last", [3, "this", "all"])
def test_and_of_none_that_was_opened_or_is_none(last: Any) -> None:
    talk = Dialogue(Step(GoAway(last, then="keep"), SECOND))
    at_once(talk, 2)
    assert "beyond" not in talk.ledger.of(FaultFired)[0].detail


@pytest.mark.parametrize(
    ("debug", "written"),
    [
        ("", b""),
        ("IdleTimeout", b'{"reason":"IdleTimeout"}'),
        ("Stream 5 does not exist", b"Stream 5 does not exist"),
        ("späť", "späť".encode()),
    ],
)
def test_the_debug_data_is_a_reason_of_apples_or_any_text(debug: str, written: bytes) -> None:
    talk = Dialogue(Step(GoAway(code=1, debug=debug)))
    talk.push()
    assert said(talk) == [(1, 1, written)]
    [goaway] = talk.ledger.of(GoAwaySeen)
    assert (goaway.code, goaway.debug) == (1, written.decode())


def test_the_second_of_two_has_no_debug_data() -> None:
    talk = Dialogue(Step(GoAway(debug="Shutdown", twice=True)))
    talk.push()
    assert said(talk) == [(1, 0, b'{"reason":"Shutdown"}'), (1, 0, b"")]
    assert [each.debug for each in talk.ledger.of(GoAwaySeen)] == ['{"reason":"Shutdown"}', ""]


def test_it_closes_once_all_is_answered_that_it_promises() -> None:
    steps = (Step(LateAnswer("5s"), On(stream=1)), Step(GoAway(), On(stream=3)))
    talk = Dialogue(*steps)
    at_once(talk, 3)
    assert [push.answered for push in talk.pushes] == [None, True, False]
    talk.wait(4)
    assert not any(isinstance(each, ShutWrite) for each in talk.done)
    talk.wait(1)
    assert talk.streams[1].status == 200
    talk.wait(10)
    assert [push.answered for push in talk.pushes] == [True, True, False]
    assert talk.end.reason == "shutdown"


def test_it_waits_for_a_request_below_the_last_one_that_is_not_complete() -> None:
    talk = Dialogue(Step(GoAway(), On(stream=3)))
    first = talk.begin(end=False)
    talk.push()
    talk.wait(60)
    assert not talk.connection.finished
    talk.client.end_stream(first)
    talk.flow()
    assert talk.streams[first].status == 200
    talk.wait(10)
    assert (talk.end.accepted, talk.end.reason) == (2, "shutdown")


def test_a_connection_that_stays_answers_what_is_old_and_nothing_new() -> None:
    steps = (Step(LateAnswer("5s"), On(stream=1)), Step(GoAway(then="keep"), On(stream=3)))
    talk = Dialogue(*steps)
    at_once(talk, 3)
    talk.wait(3600)
    assert talk.streams[1].status == 200
    assert 5 not in talk.streams
    assert not talk.connection.finished
    talk.leave()
    # That is the one above the last stream.
    assert (talk.end.by, talk.end.unanswered) == ("provider", 1)


def test_a_connection_that_is_silent_behind_it_answers_nothing_at_all() -> None:
    steps = (Step(LateAnswer("5s"), On(stream=1)), Step(GoAway(then="silent"), On(stream=3)))
    talk = Dialogue(*steps)
    at_once(talk, 2)
    assert talk.streams[3].status == 200
    talk.client.ping(b"12345678")
    talk.flow()
    talk.wait(3600)
    assert 1 not in talk.streams
    assert not any(isinstance(event, h2.events.PingAckReceived) for event in talk.events)
    assert not talk.connection.finished
    talk.leave()
    assert [push.answered for push in talk.pushes] == [False, True]


def test_of_an_idle_connection_nothing_is_left_out() -> None:
    talk = Dialogue(Step(GoAway(debug="IdleTimeout"), On(idle="1h")))
    talk.push()
    talk.wait(3599)
    assert said(talk) == []
    talk.wait(1)
    assert said(talk) == [(1, 0, b'{"reason":"IdleTimeout"}')]
    talk.wait(10)
    assert talk.end.reason == "shutdown"


def test_a_second_goaway_may_only_take_back() -> None:
    """RFC 9113, 6.8: the last stream must not grow."""
    steps = (Step(GoAway(then="keep"), On(stream=3)), Step(GoAway("zero"), On(after="5s")))
    talk = Dialogue(*steps)
    at_once(talk, 2)
    talk.wait(5)
    assert [last for last, _, _ in said(talk)] == [3, 0]


def test_what_is_refused_by_its_reason_may_end_a_connection() -> None:
    """ "Too many errors end the connection; BadDeviceToken counts more than most"."""
    talk = Dialogue(Step(GoAway(debug="Shutdown"), On(reason="Bad*Token")))
    assert talk.push().status == 200
    answer = talk.push("zz")
    assert (answer.status, answer.reason) == (400, "BadDeviceToken")
    assert said(talk) == [(3, 0, b'{"reason":"Shutdown"}')]
    assert [push.outcome for push in talk.pushes] == ["accepted", "rejected"]
