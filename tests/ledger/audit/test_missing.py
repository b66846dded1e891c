"""Where something that is missing may be: nobody says that it never came who cannot know it."""

from __future__ import annotations

import pytest

from fakeapns.ledger.audit import audit
from fakeapns.ledger.entries import Entry, How, Malformed, Reason

from .told import ONE, TWO, Story, explained

NEVER = "never reached the gateway"


def reasons(story: Story) -> tuple[str, ...]:
    """Why ONE and TWO are not all there."""
    [finding] = audit(story, [ONE, TWO]).findings
    return finding.reasons


def after_one() -> Story:
    """ONE came, TWO did not."""
    story = Story()
    story.opened()
    story.came(ONE)
    return story


def test_what_may_be_among_unread_bytes_is_said_to_be_there_behind_the_frame_that_lost_them() -> (
    None
):
    story = after_one()
    story.malformed()
    story.closed("silent-error", unread=1234)
    found = explained(story, [ONE, TWO])
    assert found[1] == (
        "it may be among the 1,234 unread bytes of connection 1 behind frame 2, which could not be "
        "read: item 9 is unknown"
    )
    assert "number 2 (token …00000002) was not read" in found[0]
    assert NEVER not in str(found)
    assert reasons(story) == ("behind-a-bad-frame",)


def test_another_connection_s_unread_bytes_may_be_it_as_well() -> None:
    story = Story()
    story.opened()
    story.opened()
    story.came(ONE)
    story.closed("ended")
    story.connection = 1
    story.malformed()
    story.closed("silent-error", unread=70)
    found = explained(story, [ONE, TWO])
    assert NEVER not in str(found)
    assert "among the 70 unread bytes of connection 1 behind frame" in found[1]


def test_a_piece_of_a_frame_is_told_with_the_words_that_the_ledger_has_for_it() -> None:
    story = after_one()
    story.closed("ended", unread=1, detail="1 of 60 bytes of a frame")
    found = explained(story, [ONE, TWO])
    assert found[1] == (
        "it may be among the 1 unread byte of connection 1 that formed no whole frame: 1 of 60 "
        "bytes of a frame"
    )
    assert NEVER not in str(found)


def test_what_was_written_to_feedback_may_be_it() -> None:
    story = Story()
    story.opened("feedback")
    story.closed("ended", unread=200)
    found = explained(story, [ONE, TWO])
    assert (
        "some of them may be among the 200 unread bytes that were written to feedback on connection"
        in (found[-1])
    )


def test_what_may_be_on_its_way_has_not_come_yet_and_no_more_is_said() -> None:
    found = explained(after_one(), [ONE, TWO])
    assert "was not read: number 1 was the last on connection 1, which was still open" in found[0]
    assert found[1:] == ["it may be on the way, since connection 1 is still open"]


@pytest.mark.parametrize(
    ("reason", "how"),
    [
        ("fault", "reset"),
        ("error", "graceful"),
        ("stopped", "graceful"),
        ("ended", "reset"),
        ("ended", "lost"),
    ],
)
def test_what_went_down_with_its_connection_may_have_come(reason: Reason, how: How) -> None:
    story = after_one()
    story.closed(reason, how)
    assert NEVER not in str(explained(story, [ONE, TWO]))


@pytest.mark.parametrize("how", ["graceful", "no-close-notify", "half"])
def test_what_was_not_written_on_a_connection_that_ended_in_order_never_came(how: How) -> None:
    story = after_one()
    story.closed("ended", how)
    assert NEVER in str(explained(story, [ONE, TWO]))
    assert reasons(story) == ("",)


def test_a_server_that_stopped_is_no_answer_of_the_gateway_s() -> None:
    story = after_one()
    story.closed("stopped")
    assert "connection 1, which was open until the server stopped" in str(explained(story))


def test_where_nothing_came_no_connection_was_opened() -> None:
    assert explained(Story(), [ONE]) == [
        "no connection to the gateway or the provider API was opened"
    ]


def swallowed(by: Entry, story: Story) -> Story:
    """TWO was discarded because of this entry."""
    story.discarded(TWO, by)
    return story


def test_the_reason_is_what_ended_the_connection() -> None:
    story = after_one()
    swallowed(story.fault("shutdown"), story)
    story.answered("shutdown", 1)
    assert reasons(story) == ("behind-a-shutdown",)

    story = after_one()
    swallowed(story.fault("drop"), story)
    assert reasons(story) == ("behind-a-silent-end",)

    story = after_one()
    bad = story.malformed()
    assert isinstance(bad, Malformed)
    swallowed(bad, story)
    story.answered("protocol-error", 0)
    assert reasons(story) == ("behind-a-bad-frame",)

    story = Story()
    story.opened()
    story.rejected(TWO, "processing-error")
    story.answered("processing-error", 2)
    story.came(ONE)
    assert reasons(story) == ("temporary-error",)


def test_an_answer_that_a_reset_may_have_swallowed_is_a_silent_end() -> None:
    story = after_one()
    swallowed(story.rejected((b"\x09" * 32, ONE[1])), story)
    story.answered(identifier=9)
    assert reasons(story) == ("behind-an-error",)
    named = story.pop()
    story.answered(identifier=4)
    assert reasons(story) == ("behind-a-silent-end",)
    story[-1:] = [named]
    story.closed("error", "reset")
    assert reasons(story) == ("behind-a-silent-end",)


def test_a_connection_that_was_given_up_for_no_error_ended_for_no_error() -> None:
    story = after_one()
    story.answered("no-error", 1)
    story.closed("ended", "reset")
    assert reasons(story) == ("no-error",)
