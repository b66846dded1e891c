"""What a connection has in hand and has not dealt with."""

from __future__ import annotations

import pytest

from fakeapns.fronts.front import Pending
from fakeapns.scenario.faults import FeedbackDelay, Stall, Throttle
from fakeapns.scenario.steps import On, Step

from ..frames import framed
from .feedback.reading import Reading
from .gateway.conversation import Conversation


@pytest.mark.parametrize("size", [1, 5, len(framed()) - 1])
def test_a_frame_that_is_not_whole_is_begun(size: int) -> None:
    talk = Conversation()
    assert talk.connection.pending == Pending()
    talk.write(framed(1), framed(2)[:size])
    assert talk.connection.pending.held is None
    waits = talk.connection.pending.waits
    assert waits is not None
    assert waits.startswith(f"{size} of ")
    talk.write(framed(2)[size:])
    assert talk.connection.pending == Pending()


def test_what_can_no_more_be_framed_is_told_with_the_reason() -> None:
    talk = Conversation()
    talk.write(b"\x09" + framed(1))
    waits = talk.connection.pending.waits
    assert waits is not None
    assert waits.startswith("nothing is read behind frame 1: ")


def test_a_stall_keeps_what_was_read_from_being_looked_at() -> None:
    talk = Conversation(Step(Stall("10s"), On(notification=1)))
    talk.write(framed(1), framed(2))
    assert talk.connection.pending.held == "stall for 10s"
    assert talk.connection.pending.waits == "a fault kept it from reading what had come"
    talk.wake(10)
    assert talk.connection.pending == Pending()


def test_a_throttled_one_is_held_between_its_sips() -> None:
    talk = Conversation(Step(Throttle(1000), On(notification=1)))
    talk.write(framed(1))
    assert talk.connection.pending == Pending("throttle 1000 bytes a second")
    talk.wake(0.05)
    assert talk.connection.pending == Pending()


def test_feedback_reads_nothing_before_its_list_is_out() -> None:
    reading = Reading(1, Step(FeedbackDelay("1h")))
    assert reading.connection.pending == Pending("its list is not out yet")
    assert reading.batch(3600) == [0]
    reading.written()
    reading.batch(3600)
    assert reading.connection.pending == Pending()
