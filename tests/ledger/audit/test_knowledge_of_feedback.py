"""Only what can have been written once feedback had listed a device was sent after it."""

from __future__ import annotations

import msgspec

from fakeapns.ledger.audit import audit

from .told import MEANT, ONE, TWO, Story


def after_feedback(story: Story) -> int:
    """How many were sent to devices that feedback had listed."""
    return audit(story, MEANT).sent_after_feedback


def test_what_a_stall_held_up_while_feedback_was_read_was_not_sent_after_it() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.fault("stall")
    story.listed(TWO)
    story.came(TWO)
    assert after_feedback(story) == 0


def test_what_an_older_ending_swallowed_was_not_sent_after_feedback() -> None:
    story = Story()
    story.opened()
    cause = story.fault("drop")
    story.listed(TWO)
    story.discarded(TWO, cause)
    assert after_feedback(story) == 0
    story.opened()
    story.discarded(TWO, cause)
    assert after_feedback(story) == 1


def test_who_goes_on_sending_to_listed_devices_is_found() -> None:
    story = Story()
    story.opened()
    story.listed(TWO)
    story.came(TWO)
    story.opened()
    story.came(TWO)
    assert after_feedback(story) == 2


def test_feedback_is_about_one_app_of_a_device() -> None:
    story = Story()
    story.opened()
    story.listed(TWO)
    [listed] = [each for each in story if each.seq == 2]
    story[1] = msgspec.structs.replace(listed, topic="com.example.other")
    story.came(TWO)
    assert after_feedback(story) == 0
