"""What clients of the API see in place of an answer."""

from __future__ import annotations

from typing import Any

import h2.events

from fakeapns import ThreadedAPNs
from fakeapns.scenario.faults import (
    AfterNotifications,
    LateAnswer,
    PartialAnswer,
    Reject,
    ResetStream,
    Unanswered,
    Wedge,
)

from .api_seen import FINE, Talk, httpx_client, outcomes, post
from .seen import SILENT, sees

ANSWERS: list[Any] = []


@sees(ANSWERS, Reject("TooManyRequests"))
def an_answer_that_says_why(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert post(client) == "429 TooManyRequests"
        assert post(client) == "200"
    assert outcomes(apns) == [("rejected", True), FINE]


@sees(ANSWERS, ResetStream(), notification=1)
@sees(ANSWERS, ResetStream(twice=True), notification=1)
@sees(ANSWERS, ResetStream(2), notification=1)
def a_stream_that_was_not_processed(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["RemoteProtocolError", "200"]
    assert outcomes(apns) == [("discarded", False), FINE]


@sees(ANSWERS, ResetStream(8, "headers"), notification=1)
def a_stream_that_ends_behind_the_headers(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["RemoteProtocolError", "200"]
    assert outcomes(apns) == [("accepted", False), FINE]


@sees(ANSWERS, Unanswered(), notification=1)
@sees(ANSWERS, PartialAnswer(), notification=1)
def an_answer_that_never_comes(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client, patience=SILENT), post(client)] == ["ReadTimeout", "200"]
    assert outcomes(apns) == [("accepted", False), FINE]


@sees(ANSWERS, Unanswered(accepted=False), notification=1)
def silence_about_what_was_never_processed(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client, patience=SILENT), post(client)] == ["ReadTimeout", "200"]
    assert outcomes(apns) == [("discarded", False), FINE]


@sees(ANSWERS, PartialAnswer("half-body"), notification=1)
def half_a_reason(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        first, second = talk.push(2)
        talk.await_answers(first, second)
        assert [talk.answered[each] for each in (first, second)] == [500, 200]
        assert [event.stream_id for event in talk.of(h2.events.StreamEnded)] == [second]
    assert outcomes(apns) == [("rejected", False), FINE]


@sees(ANSWERS, LateAnswer(AfterNotifications(1)), notification=1)
@sees(ANSWERS, LateAnswer("50ms"), notification=1)
@sees(ANSWERS, Unanswered("50ms"), notification=1)
def an_answer_that_another_overtakes(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        first, second = talk.push(2)
        talk.await_answers(first, second)
        assert set(talk.answered) == {first, second}
    assert outcomes(apns) == [FINE, FINE]


@sees(ANSWERS, Wedge(), notification=1)
def a_connection_that_says_no_to_everything(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client) for _ in range(3)] == ["500 InternalServerError"] * 3
    with httpx_client(apns) as client:
        assert post(client) == "200"
    assert outcomes(apns) == [("rejected", True)] * 3 + [FINE]
