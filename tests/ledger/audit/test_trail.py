"""Connections in an audit: how many, side by side or for an error, and what feedback said."""

from __future__ import annotations

from fakeapns.ledger.audit import audit
from fakeapns.scenario.scenario import Expect

from .told import MEANT, ONE, THREE, TWO, Story, audited


def after_errors() -> Story:
    """Two errors, a refused connection, and all is sent in the end."""
    story = Story()
    story.opened()
    cause = story.rejected(ONE)
    story.discarded(TWO, cause)
    story.discarded(THREE, cause)
    story.answered()
    story.closed()
    story.refused()
    story.opened()
    story.came(TWO)
    story.discarded(THREE, story.fault("drop"))
    story.closed("fault")
    story.opened()
    story.came(THREE)
    story.closed("ended")
    return story


def test_connections_errors_and_the_time_until_a_replay_are_measured() -> None:
    found = audit(after_errors(), MEANT)
    assert found.ok
    assert (found.connections, found.refused_connections, found.errors) == (3, 1, 2)
    assert (found.side_by_side, found.reconnects_per_error) == (1, 1.5)
    # From the packet in second 5 to second 9; from the fault in second 10 to second 14.
    assert found.first_replay == (4.0, 4.0)
    assert "connections 3, refused 1, ended by errors 2, reconnects per error 1.5" in str(found)


def test_without_an_error_there_is_nothing_to_reconnect_for() -> None:
    found = audited(ONE, TWO, THREE)
    assert (found.errors, found.reconnects_per_error, found.first_replay) == (0, None, ())


def test_what_a_pool_sends_before_it_knows_of_the_error_is_no_fast_replay() -> None:
    story = Story()
    story.opened()
    story.opened()
    story.connection = 1
    story.discarded(TWO, story.rejected(ONE))
    story.connection = 2
    story.came(TWO)
    story.connection = 1
    story.answered()
    story.closed()
    assert audit(story, [ONE, TWO]).first_replay == ()


def test_a_pool_that_stood_by_has_not_reconnected() -> None:
    story = Story()
    for _ in range(4):
        story.opened()
    story.connection = 2
    story.discarded(TWO, story.rejected(ONE))
    story.answered()
    story.closed()
    story.connection = 4
    story.came(TWO)
    found = audit(story, [ONE, TWO], expect=Expect(max_connections=1))
    assert found.ok
    assert (found.connections, found.side_by_side, found.reconnects_per_error) == (4, 4, 0)
    assert "connections 4, side by side 4" in str(found)


def test_a_list_that_was_handed_out_was_read_whenever_it_was_asked_for() -> None:
    story = Story()
    story.came(ONE)
    story.listed(TWO)
    assert audit(story, [ONE]).feedback_read


def test_a_connection_to_feedback_reads_it_and_is_none_to_the_gateway() -> None:
    story = Story()
    story.opened("feedback")
    story.opened()
    story.came(ONE)
    found = audit(story, [ONE])
    assert (found.feedback_read, found.connections) == (True, 1)


def test_only_what_is_sent_behind_feedback_is_sent_after_it() -> None:
    story = Story()
    for pair in (ONE, TWO):
        story.came(pair)
    story.listed(ONE)
    story.came(ONE)
    story.rejected(ONE)
    story.came(THREE)
    assert audit(story, MEANT).sent_after_feedback == 2
