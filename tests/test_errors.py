"""Mistakes on our side: who has to act, and one sentence that says what to do."""

from __future__ import annotations

from fakeapns.errors import FakeAPNsError, StartError, UsageError, unknown_name


def test_everything_we_raise_can_be_caught_by_one_name() -> None:
    assert issubclass(UsageError, FakeAPNsError)
    assert issubclass(StartError, FakeAPNsError)


def test_a_wrong_value_is_a_value_error_and_a_machine_that_refuses_is_none() -> None:
    assert issubclass(UsageError, ValueError)
    assert not issubclass(StartError, ValueError)


def test_an_unknown_name_is_answered_with_the_nearest_and_with_all() -> None:
    assert unknown_name("fault", "rejct", ["stall", "reject"]) == (
        "fault 'rejct' does not exist; did you mean reject? (known: reject, stall)"
    )


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert unknown_name("fault", "x", ["stall"]) == "fault 'x' does not exist (known: stall)"
