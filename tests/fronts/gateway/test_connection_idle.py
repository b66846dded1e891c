"""Faults that wait for a silence, and faults that nobody could see."""

from __future__ import annotations

import pytest

from fakeapns.fronts.actions import ShutWrite
from fakeapns.scenario.faults import Blackhole, Drop, Fault, Stall, Throttle
from fakeapns.scenario.steps import On, Step

from ...frames import framed
from .conversation import Conversation

# ---- a silent line ----------------------------------------------------------------------------


def acted_at(talk: Conversation) -> list[float]:
    """When the faults acted."""
    return [fault.t for fault in talk.faults]


def test_a_line_that_was_never_used_is_idle() -> None:
    talk = Conversation(Step(Drop(), On(idle="5s")), now=10)
    assert talk.connection.deadline == 15
    assert talk.wake(15) == [ShutWrite(close_notify=True)]
    assert acted_at(talk) == [15]


def test_who_keeps_the_line_warm_is_spared() -> None:
    talk = Conversation(Step(Drop(), On(idle="5s")))
    for now in (4, 8, 12):
        talk.write(framed(now), now=now)
        assert talk.connection.deadline == now + 5
    assert talk.outcomes == ["accepted"] * 3
    assert talk.wake(17) == [ShutWrite(close_notify=True)]


def test_any_byte_is_one() -> None:
    talk = Conversation(Step(Drop(), On(idle="5s")))
    talk.write(b"\x02", now=4)
    assert talk.connection.deadline == 9


def test_a_line_that_is_not_read_is_not_called_quiet() -> None:
    talk = Conversation(Step(Stall("9s"), On(after="1s")), Step(Drop(), On(idle="5s")))
    talk.wake(1)
    talk.more(4)
    assert talk.connection.deadline == 10
    talk.wake(10)
    assert talk.connection.deadline == 15


def test_bytes_that_wait_for_their_sip_are_heard_all_the_same() -> None:
    talk = Conversation(Step(Throttle(1), On(after="1s")), Step(Drop(), On(idle="5s")))
    talk.wake(1)
    talk.more(1.5)
    talk.wake(2)
    assert talk.connection.deadline == 6.5


def test_it_acts_once_in_each_silence() -> None:
    talk = Conversation(Step(Stall("1s"), On(idle="5s")))
    talk.wake(5)
    talk.more(5.5)
    talk.wake(6)
    assert talk.connection.deadline == 6 + 5
    talk.write(framed(1), now=7)
    assert talk.connection.deadline == 12
    talk.wake(12)
    talk.more(12.5)
    assert acted_at(talk) == [5.5, 12.5]


def test_a_silence_may_have_to_fall_behind_a_moment() -> None:
    talk = Conversation(Step(Drop(), On(idle="1s", after="5s")))
    assert talk.connection.deadline == 5
    talk.write(framed(1), now=4.5)
    assert talk.connection.deadline == 5.5


def test_a_line_that_is_dropped_for_its_silence_may_be_another_one_the_next_time() -> None:
    first = Conversation(Step(Drop(), On(idle="5s"), times=1))
    second = first.another(now=1)
    second.write(framed(1), now=4)
    assert first.wake(5) == [ShutWrite(close_notify=True)]
    assert second.wake(9) == []
    assert acted_at(first) == [5]


def test_what_has_gone_dead_is_not_dropped_for_its_silence() -> None:
    talk = Conversation(Step(Blackhole(), On(after="1s")), Step(Drop(), On(idle="5s")))
    talk.wake(1)
    assert talk.wake(5) == []
    talk.write(framed(1), now=6)
    assert talk.outcomes == ["discarded"]
    assert [fault.fault for fault in talk.faults] == ["blackhole"]


# ---- what nobody could see --------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [Stall("2s"), Throttle(1), Blackhole()], ids=lambda each: each.name
)
def test_a_fault_that_nobody_meets_has_not_fired_and_meets_the_next(fault: Fault) -> None:
    first = Conversation(Step(fault, On(identifier=1), times=1))
    first.write(framed(1))
    first.stop(now=1)
    assert first.faults == []
    second = first.another(now=2)
    second.write(framed(1), now=2)
    second.more(2)
    second.write(framed(2), now=2)
    assert [each.connection for each in second.faults] == [2]


def test_a_stall_that_keeps_what_was_read_is_seen_at_once() -> None:
    talk = Conversation(Step(Stall("2s"), On(notification=1)))
    talk.write(framed(1), framed(2)[:9])
    assert acted_at(talk) == [0]


@pytest.mark.parametrize("first", [Stall("9s"), Throttle(1)], ids=lambda each: each.name)
def test_a_stall_that_finds_something_waiting_is_seen_at_once(first: Fault) -> None:
    talk = Conversation(Step(first, On(notification=1)), Step(Stall("9s"), On(after="5s")))
    talk.write(framed(1))
    talk.more(0)
    talk.wake(5)
    assert acted_at(talk) == [0, 5]


def test_a_stall_that_is_stopped_with_the_server_was_seen_if_something_waited() -> None:
    for waits, seen in ((True, [1]), (False, [])):
        talk = Conversation(Step(Stall("9s"), On(notification=1)))
        talk.write(framed(1))
        if waits:
            talk.more(1)
        talk.stop(2)
        assert acted_at(talk) == seen
