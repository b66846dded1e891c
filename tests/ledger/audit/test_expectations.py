"""What was found, held against what a scenario expects."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fakeapns.ledger.audit.expectations import shortfalls
from fakeapns.scenario.scenario import Expect

CLEAN: dict[str, Any] = {
    "intended": 3,
    "received": 3,
    "lost": 0,
    "duplicated": 0,
    "refused": 0,
    "delivered": 3,
    "resent_after_refusal": 0,
    "unexpected": 0,
    "connections": 1,
    "side_by_side": 1,
    "feedback_read": False,
    "sent_after_feedback": 0,
}


def sentences(expect: Expect, **found: Any) -> list[str]:
    """What is said of a run that was clean but for this."""
    return [text for _, text in shortfalls(expect, {**CLEAN, **found})]


def test_a_clean_run_meets_the_usual_expectations() -> None:
    assert sentences(Expect()) == []


@pytest.mark.parametrize("name", ["lost", "duplicated", "resent_after_refusal"])
def test_nothing_of_this_kind_may_be_unless_it_is_said(name: str) -> None:
    assert sentences(Expect(), **{name: 2}) == [f"{name} 2, expected at most 0"]
    one, two = (msgspec.structs.replace(Expect(), **{name: number}) for number in (1, 2))
    assert sentences(one, **{name: 2}) == [f"{name} 2, expected at most 1"]
    assert sentences(two, **{name: 2}) == []


def test_a_provider_that_sent_nothing_is_never_fine() -> None:
    assert sentences(Expect(lost=3), received=0, lost=3) == ["no notification was read"]


def test_what_was_rightly_refused_is_no_shortfall_and_what_nobody_meant_is() -> None:
    assert sentences(Expect(), refused=2) == []
    assert sentences(Expect(), unexpected=2) == ["unexpected 2: accepted, and nobody meant them"]


@pytest.mark.parametrize(
    ("given", "found", "said"),
    [
        ({"max_connections": 2}, {"connections": 3}, "connections 3, expected at most 2"),
        ({"max_connections": 0}, {}, "connections 1, expected at most 0"),
        (
            {"max_connections": 3},
            {"connections": 7, "side_by_side": 4},
            "connections 7 (4 side by side), expected at most 6",
        ),
        ({"min_accepted": 3}, {"delivered": 2}, "2 got through, expected at least 3"),
        ({"min_accepted": 4}, {}, "3 got through, expected at least 4"),
        ({"feedback_read": True}, {}, "feedback was not read"),
        ({"feedback_read": False}, {"feedback_read": True}, "feedback was read"),
        (
            {"sent_after_feedback": 0},
            {"sent_after_feedback": 1},
            "sent 1 to tokens that feedback had listed, expected at most 0",
        ),
    ],
)
def test_a_bound_that_was_missed_is_told_in_words(
    given: dict[str, Any], found: dict[str, Any], said: str
) -> None:
    assert sentences(Expect(**given), **found) == [said]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"max_connections": 3}, {"connections": 3}),
        ({"max_connections": 3}, {"connections": 6, "side_by_side": 4}),
        ({"max_connections": 0}, {"connections": 0, "side_by_side": 0}),
        ({"min_accepted": 3}, {}),
        ({"feedback_read": True}, {"feedback_read": True}),
        ({"feedback_read": False}, {}),
        ({"sent_after_feedback": 1}, {"sent_after_feedback": 1}),
        ({}, {"connections": 99, "feedback_read": True, "sent_after_feedback": 9}),
    ],
)
def test_a_bound_that_was_met_or_not_given_is_not_told(
    given: dict[str, Any], found: dict[str, Any]
) -> None:
    assert sentences(Expect(**given), **found) == []


def test_everything_that_falls_short_is_told_in_one_order() -> None:
    expect = Expect(max_connections=1, min_accepted=3, feedback_read=True)
    told = [
        name
        for name, _ in shortfalls(expect, {**CLEAN, "lost": 1, "delivered": 2, "connections": 2})
    ]
    assert told == ["lost", "max_connections", "min_accepted", "feedback_read"]


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("resent_unanswered", "resent_unanswered"),
        ("max_provider_tokens", "provider_tokens"),
        ("max_streams_refused", "streams_refused"),
    ],
)
@pytest.mark.parametrize(
    ("allowed", "many", "short"), [(None, 9, False), (2, 2, False), (2, 3, True)]
)
def test_what_is_bounded_on_request_alone(
    name: str, counted: str, allowed: int | None, many: int, short: bool
) -> None:
    found = [
        kind
        for kind, _ in shortfalls(
            msgspec.structs.replace(Expect(), **{name: allowed}), {**CLEAN, counted: many}
        )
    ]
    assert found == ([name] if short else [])
