"""Connections that end inside a frame, before anybody knows what is in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.fronts.actions import Reset, ShutWrite
from fakeapns.scenario.faults import Drop
from fakeapns.scenario.steps import On, Step

from ...frames import enhanced, framed, simple
from ...scenario.tomls import patient
from .conversation import Conversation

FRAME = framed(2)


@pytest.mark.parametrize(("after", "needed"), [(0, 1), (1, 1), (10, 10), ("20B", 20)])
def test_a_drop_inside_a_frame_waits_for_its_bytes_and_leaves_them_unread(
    after: Any, needed: int
) -> None:
    talk = Conversation(Step(Drop(after_bytes=after), On(notification=2)))
    assert talk.write(framed(1), FRAME[: needed - 1]) == []
    assert talk.faults == []
    assert talk.write(FRAME[needed - 1 : needed]) == [ShutWrite(close_notify=True)]
    assert talk.outcomes == ["accepted"]
    assert talk.write(FRAME[needed:], framed(3)) == []
    assert talk.outcomes == ["accepted"]
    end = (talk.leave(), talk.end)[1]
    assert (end.received, end.reason) == (1, "fault")


def test_a_drop_inside_a_frame_acts_though_all_of_it_has_come() -> None:
    talk = Conversation(Step(Drop("reset", after_bytes=10), On(notification=2)))
    assert talk.write(framed(1), FRAME, framed(3)) == [Reset()]
    assert talk.outcomes == ["accepted"]
    assert talk.end.unread_bytes == len(FRAME) + len(framed(3))


def test_a_frame_that_is_shorter_is_taken_whole_whatever_comes_behind_it() -> None:
    talk = Conversation(Step(Drop(after_bytes=len(FRAME)), On(notification=1)))
    assert talk.write(FRAME, framed(3), framed(4)) == []
    assert talk.outcomes == ["accepted"] * 3


def test_between_two_frames_nothing_is_cut() -> None:
    talk = Conversation(Step(Drop(after_bytes=0), On(notification=2)))
    assert talk.write(framed(1)) == []
    assert talk.faults == []


def test_frames_inside_which_to_drop_are_counted_like_judged_notifications() -> None:
    talk = Conversation(Step(Drop(after_bytes=3), On(every=3), per="connection"))
    talk.write(framed(1), framed(2), framed(3), framed(4))
    assert talk.outcomes == ["accepted", "accepted"]
    other = talk.another()
    other.write(framed(5), framed(6))
    assert other.faults[1:] == []
    other.write(framed(7))
    assert [fault.connection for fault in other.faults] == [1, 2]


def test_a_frame_is_cut_only_after_its_time_if_it_says_so() -> None:
    talk = Conversation(Step(Drop(after_bytes=3), On(after="5s")))
    assert talk.write(framed(1), now=4.9) == []
    assert talk.write(framed(2), now=5) == [ShutWrite(close_notify=True)]
    assert talk.outcomes == ["accepted"]


def test_a_connection_that_is_failing_is_not_cut() -> None:
    talk = Conversation(Step(Drop("reset", after_bytes=3), On(notification=2)))
    talk.write(framed(1, token=b""), framed(2))
    assert talk.outcomes == ["rejected", "discarded"]
    assert talk.faults == []


STREAM = [simple(), enhanced(2), framed(3), framed(4, token=b"\x01"), framed(5)]


@patient
@given(st.data(), st.integers(0, 80), st.integers(1, 5))
def test_where_reads_split_the_stream_changes_nothing(
    data: st.DataObject, after: int, number: int
) -> None:
    step = Step(Drop(after_bytes=after), On(notification=number))
    wire = b"".join(STREAM)
    whole, split = Conversation(step), Conversation(step)
    actions = whole.write(wire)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(wire) - 1), max_size=9)))
    pieces = [wire[low:high] for low, high in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    assert [action for piece in pieces for action in split.write(piece)] == actions
    assert list(split.ledger) == list(whole.ledger)
    size = len(STREAM[number - 1])
    assert whole.outcomes == ["accepted"] * (number - 1 if max(after, 1) < size else 5)
