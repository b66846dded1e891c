"""What is sent again over HTTP/2, or signed anew, is told by what caused it."""

from __future__ import annotations

import pytest

from fakeapns import (
    Blackhole,
    Drop,
    GoAway,
    LateAnswer,
    On,
    PartialAnswer,
    Reject,
    ResetStream,
    Step,
    Unanswered,
)
from fakeapns.ledger.audit import advice_on
from fakeapns.scenario.faults import Fault

from ...frames import TOPIC
from ...fronts.api.dialogue import NOBODY, signed
from .talks import FOUR, Talk, numbers_of, told

SECOND = On(notification=2)


@pytest.mark.parametrize(
    ("fault", "numbers", "reason", "what"),
    [
        (Unanswered(), [2], "never-answered", "no answer ever came on its stream, and others did"),
        (LateAnswer("30s"), [2], "answered-late", "its answer left 30 s later"),
        (PartialAnswer(), [2], "half-answer", "its answer never ended"),
        (ResetStream(when="headers", code=8), [2], "half-answer", "behind the headers of its"),
        (Drop(), [2], "cut-off", "the connection ended between the request and its answer"),
        (Drop("reset"), [1, 2], "cut-off", "the connection "),
        (Drop(after_answer_bytes="5B"), [2], "cut-off", "ended between the request and its answer"),
    ],
)
def test_what_came_again_unanswered_is_told_by_what_kept_the_answer(
    fault: Fault, numbers: list[int], reason: str, what: str
) -> None:
    talk = Talk(Step(fault, SECOND, times=1))
    talk.send([1, 2])
    talk.wait(10)
    if talk.connection.finished:
        talk.send_anew(numbers)
    else:
        talk.send(numbers)
        talk.wait(30)
    found = talk.judged([1, 2])
    assert found.ok
    assert numbers_of(found, "resent_unanswered") == numbers
    assert found.duplicated == ()
    bounded = talk.judged([1, 2], resent_unanswered=len(numbers) - 1)
    assert bounded.shortfalls == (
        f"resent_unanswered {len(numbers)}, expected at most {len(numbers) - 1}",
    )
    finding = bounded.findings[0]
    assert finding.reasons == (reason,)
    assert all(what in text for text in finding.explanations)
    assert bounded.lessons == (advice_on("resent_unanswered", reason),)


def test_what_a_dead_connection_had_taken_is_told_so() -> None:
    talk = Talk(
        Step(LateAnswer("30s"), On(notification=1), times=1), Step(Blackhole(), SECOND, times=1)
    )
    talk.send([1, 2, 3])
    talk.wait(60)
    talk.send_anew([1, 3])
    found = talk.judged([1, 2, 3], resent_unanswered=0)
    assert told(found, "resent_unanswered")[0] == ("dead-connection",)
    assert found.lessons == (advice_on("resent_unanswered", "dead-connection"),)


@pytest.mark.parametrize(
    ("first", "reason"), [(LateAnswer("30s"), "dead-connection"), (Unanswered(), "never-answered")]
)
def test_what_a_goaway_and_silence_swallowed_is_told_so(first: Fault, reason: str) -> None:
    """Nothing did go on there, unless it was one push that had no answer."""
    talk = Talk(
        Step(first, On(notification=1), times=1), Step(GoAway(then="silent"), SECOND, times=1)
    )
    talk.send([1, 2])
    talk.wait(60)
    talk.send_anew([1])
    reasons, text = told(talk.judged([1, 2], resent_unanswered=0), "resent_unanswered")
    assert reasons == (reason,)
    assert ("nothing came any more behind GOAWAY" in text) is (reason == "dead-connection")


def test_a_good_sender_meets_all_of_it_in_a_row() -> None:
    steps = [
        Step(each, On(notification=number), times=1)
        for number, each in enumerate((ResetStream(), Reject(500), GoAway()), start=1)
    ]
    talk = Talk(*steps)
    talk.send([1, 2, 3, 4])
    talk.send_anew([1, 2, 4])
    found = talk.judged(max_streams_refused=0, resent_unanswered=0, max_connections=2)
    assert found.ok, str(found)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (GoAway("all", debug="Shutdown"), "answered-before-a-goaway"),
        (Drop(), "answered-before-an-end"),
    ],
)
def test_who_sends_all_of_a_connection_again_has_duplicates(fault: Fault, reason: str) -> None:
    talk = Talk(Step(fault, On(notification=4), times=1))
    talk.send()
    talk.wait(10)
    talk.send_anew(FOUR)
    found = talk.judged()
    assert numbers_of(found, "duplicated")[:3] == [1, 2, 3]
    reasons, text = told(found, "duplicated")
    assert reasons == (reason,)
    if fault.name == "goaway":
        assert '({"reason":"Shutdown"})' in text


# ---- provider tokens --------------------------------------------------------------------------


@pytest.mark.parametrize(("pause", "most"), [(10.0, 4), (600.0, 3), (1201.0, 1)])
def test_distinct_tokens_are_counted_within_twenty_minutes(pause: float, most: int) -> None:
    talk = Talk(provider=NOBODY)
    for number in FOUR:
        talk.open(NOBODY)
        talk.send([number], signed=signed(issued=talk.now))
        talk.now += pause
    found = talk.judged(max_provider_tokens=1)
    assert found.provider_tokens == most
    assert found.ok is (most == 1)
    if most == 4:
        _, text = told(found, "max_provider_tokens")
        assert (
            "4 different tokens of the team DEF123GHIJ signed pushes on connections 2 to 5" in text
        )
        assert found.lessons == (advice_on("max_provider_tokens"),)


def test_one_token_for_all_connections_is_one_however_it_is_spelled() -> None:
    talk = Talk(provider=NOBODY)
    token = signed()
    for number, scheme in enumerate(("bearer ", "Bearer ", "BEARER   "), start=1):
        talk.open(NOBODY)
        talk.send([number], authorization=scheme + token)
    assert {push.provider_token for push in talk.pushes} == {talk.latest.provider_token}
    assert talk.judged([1, 2, 3], max_provider_tokens=1).ok


def test_who_signs_in_by_certificate_or_badly_has_no_provider_token() -> None:
    talk = Talk()
    talk.send([1], authorization=f"bearer {signed()}")
    talk.open(NOBODY)
    talk.send([2], authorization="bearer no-token")
    talk.send([3])
    assert [push.provider_token for push in talk.pushes] == [None, None, None]
    assert talk.judged([1]).provider_tokens == 0


def test_half_an_answer_is_told_so_too_where_a_device_has_taken_the_push() -> None:
    talk = Talk(Step(PartialAnswer(), SECOND, times=1))
    for number in (1, 2):
        talk.devices.add(TOPIC, f"{number:064x}")
    talk.send([1, 2])
    talk.send([2])
    reasons, text = told(talk.judged([1, 2], resent_unanswered=0), "resent_unanswered")
    assert reasons == ("half-answer",)
    assert "its answer never ended" in text
