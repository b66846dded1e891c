"""What is right in a scenario, and may surprise all the same."""

from __future__ import annotations

import pytest

from fakeapns.scenario.faults import Drop, Reject
from fakeapns.scenario.scenario import Scenario
from fakeapns.scenario.steps import On, Step


def notes(*steps: Step) -> list[str]:
    """What there is to say about these steps."""
    return list(Scenario(about="Notes.", step=steps).notes())


@pytest.mark.parametrize("token", ["1b", "1B", "00", "ff"])
def test_a_token_trigger_of_two_digits_is_one_byte_and_hardly_meant(token: str) -> None:
    [note] = notes(Step(Drop(), On(token="ff*")), Step(Reject(), On(token=token)))
    assert note == (
        f"step 2 asks for the token {token}, which is one byte: "
        f"write {token}* for all that begin with it"
    )


@pytest.mark.parametrize("token", ["1b*", "*1b", "1", "1bcd", "?b", "[01]b", "1b" * 32, ""])
def test_any_other_token_trigger_is_what_it_says(token: str) -> None:
    assert notes(Step(Reject(), On(token=token))) == []


def test_every_step_has_its_own_note() -> None:
    counting = Step(Reject(), On(token="1b", every=2))
    found = notes(counting, Step(Drop()), counting)
    assert [note.split()[:3] for note in found] == [
        ["step", "1", "counts"],
        ["step", "3", "counts"],
        ["step", "1", "asks"],
        ["step", "3", "asks"],
    ]


def test_a_step_that_counts_bytes_of_a_frame_counts_notifications_too() -> None:
    [note] = notes(Step(Drop(after_bytes=5), On(notification=3)))
    assert note.startswith("step 1 counts notifications over all connections")
