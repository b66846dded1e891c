"""Answers that do not come, come late, or in part: other streams go on."""

from __future__ import annotations

from typing import Any

import h2.events
import pytest

from fakeapns import (
    Drop,
    Garbage,
    LateAnswer,
    On,
    PartialAnswer,
    Reject,
    ResetStream,
    ScenarioError,
    Step,
    Unanswered,
    Wedge,
)
from fakeapns.fronts.actions import Send
from fakeapns.ledger import ApiResponse, FaultFired, ResetSeen
from fakeapns.scenario.faults import AfterNotifications, Fault

from ....moments import WALL
from ..dialogue import Dialogue

FIRST = On(notification=1)


def outcomes(talk: Dialogue) -> list[tuple[str, bool | None]]:
    return [(push.outcome, push.answered) for push in talk.pushes]


def test_one_stream_is_never_answered_and_was_accepted() -> None:
    talk = Dialogue(Step(Unanswered(), FIRST))
    assert talk.push().headers == {}
    assert talk.push().status == 200
    talk.wait(3600)
    assert outcomes(talk) == [("accepted", False), ("accepted", True)]
    talk.leave()
    assert talk.end.unanswered == 1


def test_one_that_was_never_processed_is_discarded() -> None:
    talk = Dialogue(Step(Unanswered(accepted=False), FIRST))
    talk.push()
    assert talk.push().status == 200
    assert outcomes(talk) == [("discarded", False), ("accepted", True)]
    [fault] = talk.ledger.of(FaultFired)
    assert (talk.pushes[0].cause, talk.pushes[0].behind) == (fault.seq, 1)


@pytest.mark.parametrize("fault", [Unanswered("2s"), LateAnswer("2s")])
def test_others_overtake_an_answer_that_is_late(fault: Any) -> None:
    talk = Dialogue(Step(fault, FIRST))
    talk.begin()
    talk.push()
    assert [push.answered for push in talk.pushes] == [None, True]
    assert 1 not in talk.streams
    talk.wait(2)
    assert talk.streams[1].status == 200
    assert [push.answered for push in talk.pushes] == [True, True]
    [response] = talk.ledger.of(ApiResponse)
    assert (response.stream, response.http_status, response.delayed_ms) == (1, 200, 2000)


def test_a_late_answer_may_wait_for_further_notifications() -> None:
    talk = Dialogue(Step(LateAnswer({"notifications": 2}), FIRST))  # type: ignore[arg-type]
    talk.push()
    talk.push()
    assert 1 not in talk.streams
    talk.push()
    assert talk.streams[1].status == 200


def test_headers_that_never_end() -> None:
    talk = Dialogue(Step(PartialAnswer(), FIRST))
    began = talk.push()
    assert (began.status, began.ended) == (200, False)
    assert talk.push().ended
    assert outcomes(talk) == [("accepted", False), ("accepted", True)]


def test_half_a_body_is_that_of_a_500() -> None:
    talk = Dialogue(Step(PartialAnswer("half-body"), FIRST))
    began = talk.push()
    assert (began.status, began.ended) == (500, False)
    assert began.body == b'{"reason":"Inter'
    assert talk.push().ended
    [first, _] = talk.pushes
    assert (first.outcome, first.reason, first.answered) == (
        "rejected",
        "InternalServerError",
        False,
    )


@pytest.mark.parametrize(
    ("fault", "outcome", "resets"),
    [
        (ResetStream(), "discarded", [7]),
        (ResetStream(twice=True), "discarded", [7, 5]),
        (ResetStream(2), "discarded", [2]),
        (ResetStream(2, "headers"), "accepted", [2]),
    ],
)
def test_a_stream_is_reset(fault: ResetStream, outcome: str, resets: list[int]) -> None:
    talk = Dialogue(Step(fault, FIRST))
    stream = talk.push()
    assert stream.reset == resets[0]
    assert bool(stream.headers) == (outcome == "accepted")
    assert talk.push().status == 200
    assert outcomes(talk) == [(outcome, False), ("accepted", True)]
    entries = talk.ledger.of(ResetSeen)
    assert [(each.stream, each.by, each.code) for each in entries] == [
        (1, "server", code) for code in resets
    ]


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (Reject(503), "ServiceUnavailable"),
        (Reject(418), "HTTP 418"),
        (Unanswered(), "for ever"),
        (Unanswered(accepted=False), "for ever, and never processed"),
        (Unanswered("2s"), "2s"),
        (LateAnswer(AfterNotifications(2)), "2 notifications"),
        (PartialAnswer(), "headers alone"),
        (PartialAnswer("half-body"), "half a body"),
        (ResetStream(), "REFUSED_STREAM"),
        (ResetStream(99, "headers"), "code 99 behind the headers"),
        (Wedge("Shutdown"), "Shutdown"),
        (Drop("reset"), "reset"),
        (Garbage("48 id"), "48 00 00 00 00"),
    ],
)
def test_each_is_on_record_once_and_in_words(fault: Fault, detail: str) -> None:
    talk = Dialogue(Step(fault, FIRST))
    talk.push()
    [fired] = talk.ledger.of(FaultFired)
    assert (fired.fault, fired.detail) == (fault.name, detail)


def test_a_connection_that_refuses_everything_alike() -> None:
    talk = Dialogue(Step(Wedge(), On(notification=2)))
    assert talk.push().status == 200
    for _ in range(3):
        assert talk.push().reason == "InternalServerError"
    assert talk.push(method="GET").status == 500
    assert [push.outcome for push in talk.pushes] == ["accepted", *["rejected"] * 3]
    # It has fired once, whatever it says.
    assert len(talk.ledger.of(FaultFired)) == 1


def test_too_large_a_body_is_refused_alike() -> None:
    talk = Dialogue(Step(Wedge(), FIRST))
    talk.push()
    assert talk.push(body=bytes(300_000)).reason == "InternalServerError"


@pytest.mark.parametrize("fault", [Wedge("Unregistered"), Reject("Unregistered")])
def test_a_410_says_since_when_however_it_came_about(fault: Any) -> None:
    talk = Dialogue(Step(fault))
    for _ in range(2):
        assert talk.push().json == {"reason": "Unregistered", "timestamp": int(WALL * 1000)}


class EndLater(Fault, frozen=True, tag="end_later"):
    """Ends the connection behind so many further notifications."""

    services = ("api",)

    def act(self, at: Any) -> None:
        """End it."""
        at.end("later", delay=AfterNotifications(2), say=b"bye")


def test_a_fault_of_ones_own_ends_behind_so_many_notifications() -> None:
    talk = Dialogue(Step(EndLater(), FIRST), idle_limit="1h")
    for count in range(3):
        assert talk.done[-1] != Send(b"bye"), count
        talk.push()
    assert talk.done[-1] == Send(b"bye")


@pytest.mark.parametrize(("close", "how"), [("graceful", "graceful"), ("reset", "reset")])
def test_a_connection_that_is_dropped_between_request_and_answer(close: Any, how: str) -> None:
    talk = Dialogue(Step(Drop(close), On(notification=2)))
    for _ in range(3):
        talk.begin()
    talk.flow()
    # What was answered before leaves: the record says so.
    assert talk.streams[1].status == 200
    assert 3 not in talk.streams
    assert outcomes(talk) == [("accepted", True), ("accepted", False), ("discarded", False)]
    talk.wait(10)
    assert (talk.end.by, talk.end.how, talk.end.reason) == ("server", how, "fault")


def test_a_connection_that_is_dropped_in_mid_answer() -> None:
    talk = Dialogue(Step(Drop(after_answer_bytes=9), FIRST))
    talk.push()
    # Nine bytes are the head of a frame.
    assert 1 not in talk.streams
    assert outcomes(talk) == [("accepted", False)]
    [fault] = talk.ledger.of(FaultFired)
    assert fault.detail == "graceful, behind 9 bytes of the answer"
    talk.wait(10)
    assert talk.end.reason == "fault"


def test_garbage_in_place_of_an_answer() -> None:
    talk = Dialogue(Step(Garbage("48 54 54 50"), FIRST))
    talk.push()
    assert talk.done[-1].data == b"HTTP"  # type: ignore[union-attr]
    assert outcomes(talk) == [("accepted", False)]


def test_a_refused_push_may_be_left_without_an_answer() -> None:
    talk = Dialogue(Step(Unanswered(), On(reason="*")))
    assert talk.push().status == 200
    assert talk.push("zz").headers == {}
    assert [(push.outcome, push.reason, push.answered) for push in talk.pushes] == [
        ("accepted", None, True),
        ("rejected", "BadDeviceToken", False),
    ]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ResetStream(7, "headers"), "code 7 says that nothing was processed"),
        (lambda: Unanswered("1s", accepted=False), "what was never processed is never answered"),
        (lambda: Drop(after_bytes=1, after_answer_bytes=1), "after_answer_bytes is for the api"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        make()


def test_a_fault_on_one_stream_holds_up_no_other() -> None:
    talk = Dialogue(Step(Unanswered(), On(stream="3..5")))
    for _ in range(5):
        talk.begin()
    talk.flow()
    assert sorted(talk.streams) == [1, 7, 9]
    assert not any(isinstance(event, h2.events.ConnectionTerminated) for event in talk.events)
