"""Steps and triggers: what cannot be meant is refused when it is written."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.faults import Drop, Reject
from fakeapns.scenario import On, Step


def on(name: str, value: int | str) -> On:
    """A trigger with one thing given."""
    given: dict[str, Any] = {name: value}
    return On(**given)


@pytest.mark.parametrize("name", ["connection", "notification", "identifier"])
def test_a_number_may_be_a_range(name: str) -> None:
    for given in (3, "3", "2..5", "3.."):
        assert getattr(on(name, given), name) == given
    with pytest.raises(UsageError, match="is no number or range"):
        on(name, "third")
    with pytest.raises(UsageError, match="runs backwards"):
        on(name, "5..2")


@pytest.mark.parametrize("every", [0, -1])
def test_every_counts_from_1(every: int) -> None:
    with pytest.raises(UsageError, match="count from 1"):
        On(every=every)
    assert On(every=1).every == 1


def test_a_step_may_act_once() -> None:
    assert Step(Drop(), times=1).times == 1


def test_a_step_without_a_trigger_always_acts() -> None:
    assert Step(Reject()) == Step(Reject(), On(), times=None, per="server")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fault": "reject"}, r"give one such as Reject\(\) or Drop\(\)"),
        ({"fault": Reject}, "is no fault"),
        ({"fault": Drop(), "times": 0}, "acts 0 times never acts"),
        ({"fault": Drop(), "times": -1}, "acts -1 times never acts"),
        ({"fault": Drop(), "per": "topic"}, "not per 'topic'"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Step(**given)
