"""How a connection ended, and what its provider could know of how far it had got."""

from __future__ import annotations

import pytest

from fakeapns.ledger.entries import Reason

from .told import ONE, THREE, TWO, Story, explained


@pytest.mark.parametrize(
    ("reason", "came", "how"),
    [
        (
            "fault",
            "was not read",
            "was ended by a fault (drop) without an answer, and what was written behind that is",
        ),
        (
            "ended",
            "never reached the gateway",
            "was ended by the provider; the provider opened connection 2",
        ),
    ],
)
def test_what_never_came_is_told_with_the_connection_that_was_cut(
    reason: Reason, came: str, how: str
) -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    if reason == "fault":
        story.fault("drop")
    story.closed(reason)
    story.opened()
    story.came(THREE)
    story.closed("ended")
    [text] = explained(story)
    assert text.startswith(
        f"number 2 (token …00000002) {came}: number 1 was the last on connection 1, which {how}"
    )
    assert text.endswith("went on with number 3")


def test_a_provider_that_reset_its_connection_threw_away_what_was_on_its_way() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.closed("ended", "reset")
    [text] = explained(story, [ONE, TWO])
    assert (
        "connection 1, which was reset by the provider, so what may have been on its way is gone"
        in text
    )


def test_a_silent_error_is_an_end_without_an_answer() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.closed("silent-error")
    [text] = explained(story, [ONE, TWO])
    assert "connection 1, which was ended by the gateway without an answer, and what" in text


@pytest.mark.parametrize(
    ("status", "identifier", "said"),
    [
        ("shutdown", 2, "shutdown with identifier 2: what came up to that one was accepted"),
        ("no-error", 2, "no-error, which is no reason to send anything again"),
        ("missing-token", 0, "identifier 0, which is not the one at fault, so nobody can know"),
    ],
)
def test_what_an_answer_says_of_what_was_accepted(status: str, identifier: int, said: str) -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.answered(status, identifier)
    story.closed()
    story.opened()
    story.came(ONE)
    [text] = explained(story, [ONE])
    assert said in text


def test_without_an_answer_nothing_is_named() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.closed("fault")
    story.opened()
    story.came(ONE)
    [text] = explained(story, [ONE])
    assert text.endswith(
        "connection 1 was ended by the gateway without an answer, which names nothing"
    )


def test_what_a_fault_did_to_a_device_ends_no_connection() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.fault("device")
    story.closed("ended")
    [text] = explained(story, [ONE, TWO])
    assert "connection 1, which was ended by the provider" in text
    assert "fault" not in text
