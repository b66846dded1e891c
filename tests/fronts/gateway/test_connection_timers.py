"""Faults that act by time alone, on idle connections too, or as the connection opens."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fakeapns.fronts.actions import Close, Reset, ShutWrite
from fakeapns.protocol import ErrorPacket, Status
from fakeapns.scenario.faults import (
    AcceptThenClose,
    Blackhole,
    Drop,
    Fault,
    Reject,
    Shutdown,
    Stall,
    Throttle,
)
from fakeapns.scenario.steps import On, Step

from ...frames import TOPIC, enhanced, framed, simple
from ...moments import GRACE, PAUSE
from .conversation import Conversation, packet

OTHER = "com.example.other"
LATER = On(after="5s")


# ---- after a while ----------------------------------------------------------------------------


def test_an_idle_connection_is_dropped_when_its_time_has_come() -> None:
    talk = Conversation(Step(Drop(), LATER), now=10)
    assert talk.connection.deadline == 15
    assert talk.wake(15) == [ShutWrite(close_notify=True)]
    [fault] = talk.faults
    assert (fault.t, fault.step, fault.fault) == (15, 1, "drop")
    assert talk.wake(15 + GRACE) == [Close()]
    end = talk.end
    assert (end.by, end.reason, end.received) == ("server", "fault", 0)


def test_a_timer_does_not_wait_for_the_next_notification() -> None:
    talk = Conversation(Step(Drop("reset"), LATER))
    talk.write(framed(1), now=4)
    assert talk.connection.deadline == 5
    assert talk.wake(5) == [Reset()]
    assert talk.outcomes == ["accepted"]


def test_what_comes_behind_a_timer_is_discarded_because_of_it() -> None:
    talk = Conversation(Step(Drop(), LATER))
    talk.write(framed(1), now=4)
    talk.wake(5)
    talk.write(framed(2), now=5.5)
    late = talk.notifications[1]
    assert (late.outcome, late.behind, late.cause) == ("discarded", 1, talk.faults[0].seq)


def test_a_shutdown_by_time_names_the_last_accepted_one() -> None:
    talk = Conversation(Step(Shutdown(), LATER))
    talk.write(framed(41), framed(42), now=4)
    assert packet(talk.wake(5)) == ErrorPacket(Status.SHUTDOWN, 42)
    assert talk.connection.deadline == 5 + PAUSE


def test_a_shutdown_of_an_idle_connection_names_nobody() -> None:
    talk = Conversation(Step(Shutdown(), LATER))
    assert packet(talk.wake(5)) == ErrorPacket(Status.SHUTDOWN, 0)


def test_a_shutdown_by_time_says_nothing_to_a_connection_that_only_used_command_0() -> None:
    talk = Conversation(Step(Shutdown(), LATER))
    talk.write(simple(), now=4)
    assert talk.wake(5) == [ShutWrite(close_notify=True)]


def test_a_blackhole_by_time_swallows_and_keeps_the_connection() -> None:
    talk = Conversation(Step(Blackhole(), LATER))
    talk.write(framed(1), now=4)
    assert talk.wake(5) == []
    assert talk.connection.deadline == math.inf
    assert talk.write(framed(2, token=b""), now=6) == []
    assert talk.outcomes == ["accepted", "discarded"]


@pytest.mark.parametrize("later", [On(after="9s"), On(idle="4s"), On(after="6s", idle="2s")])
@pytest.mark.parametrize("hole", [Blackhole(), Blackhole("500ms")])
def test_a_dead_connection_waits_for_nothing_more(hole: Blackhole, later: On) -> None:
    talk = Conversation(Step(hole, LATER), Step(Drop(), later))
    talk.write(framed(1), now=4)
    for _ in range(3):
        if talk.connection.deadline < math.inf:
            assert talk.wake(talk.connection.deadline) == []
    assert talk.connection.deadline == math.inf
    assert talk.write(framed(2), now=20) == []
    assert talk.connection.deadline == math.inf
    assert [fault.fault for fault in talk.faults] == ["blackhole"]


def test_of_timers_that_are_late_none_acts_behind_a_blackhole() -> None:
    talk = Conversation(Step(Blackhole(), LATER), Step(Drop(), On(after="6s")))
    assert talk.wake(7) == []
    assert talk.connection.deadline == math.inf


def test_a_stall_by_time_ends_by_time() -> None:
    talk = Conversation(Step(Stall("3s"), LATER))
    assert talk.wake(5) == []
    assert talk.stalled
    assert talk.connection.deadline == 8
    assert talk.write(framed(1), now=6) == []
    assert talk.outcomes == []
    talk.wake(8)
    assert not talk.stalled
    assert talk.outcomes == ["accepted"]


def test_a_throttle_by_time_starts_by_time() -> None:
    talk = Conversation(Step(Throttle("1KiB"), LATER))
    assert talk.connection.appetite is None
    talk.wake(5)
    talk.wake(talk.connection.deadline)
    assert talk.connection.appetite == 51


@pytest.mark.parametrize("opened", [0.0, 0.15, 1.1, 2.2958565699974995, 1e6 + 0.1])
@pytest.mark.parametrize("after", ["100ms", "700ms", "2518ms", "2.2s", "1h"])
def test_when_it_rings_it_acts_however_floats_are_rounded(opened: float, after: str) -> None:
    talk = Conversation(Step(Drop(), On(after=after)), now=opened)
    assert talk.wake(talk.connection.deadline) == [ShutWrite(close_notify=True)]


def test_timers_act_in_the_order_of_their_times() -> None:
    steps = [
        Step(Drop(), On(after="3s")),
        Step(Throttle("1KiB"), On(after="1s")),
        Step(Stall("500ms"), On(after="2s")),
    ]
    talk = Conversation(*steps)
    seen = []
    while talk.connection.deadline < math.inf and not talk.connection.finished:
        now = talk.connection.deadline
        seen.append(now)
        talk.wake(now)
        talk.more(now)
    # Some 50 ms behind each is the next sip due, which nobody takes.
    assert [each for each in seen if each % 0.5 == 0] == [1, 2, 2.5, 3, 3 + GRACE]
    assert [(fault.step, fault.t) for fault in talk.faults] == [(2, 1), (3, 2), (1, 3)]


def test_of_those_that_are_due_at_once_the_first_acts() -> None:
    talk = Conversation(Step(Throttle(5), LATER), Step(Drop(), LATER))
    assert talk.wake(5) == []
    talk.more(5)
    assert [fault.step for fault in talk.faults] == [1]
    talk.wake(talk.connection.deadline)
    assert (talk.connection.appetite, talk.connection.deadline) == (1, math.inf)


def test_a_connection_that_is_ending_already_has_no_timers() -> None:
    talk = Conversation(Step(Drop("reset"), LATER))
    talk.write(framed(1, token=b""), now=4.9)
    assert talk.connection.deadline == 4.9 + PAUSE
    assert talk.wake(4.9 + PAUSE) == [ShutWrite(close_notify=True)]
    assert talk.wake(4.9 + PAUSE + GRACE) == [Close()]
    assert talk.faults == []


def test_a_timer_is_for_the_connections_that_are_named() -> None:
    step = Step(Drop(), On(after="5s", connection=2, topic="*.other"))
    first = Conversation(step)
    second = first.another()
    third = first.another(topics=(TOPIC, OTHER))
    assert [each.connection.deadline for each in (first, second, third)] == [math.inf, math.inf, 5]


def test_a_timer_rings_on_every_connection_but_acts_no_oftener_than_told() -> None:
    first = Conversation(Step(Drop(), LATER, times=1))
    second = first.another(now=1)
    assert first.wake(5) == [ShutWrite(close_notify=True)]
    assert second.wake(6) == []
    assert second.connection.deadline == math.inf


def test_a_step_that_was_removed_meanwhile_does_not_act() -> None:
    step = Step(Drop(), LATER)
    talk = Conversation(step)
    talk.triggers.remove([step])
    assert talk.wake(5) == []
    assert talk.faults == []


@pytest.mark.parametrize("fault", [Drop(), Shutdown(), Reject(), Blackhole()])
def test_with_anything_else_it_is_notifications_after_that_time(fault: Fault) -> None:
    talk = Conversation(Step(fault, On(after="5s", command=1)))
    assert talk.connection.deadline == math.inf
    talk.write(enhanced(1), now=4.9)
    talk.write(framed(2), now=5)
    assert talk.faults == []
    talk.write(enhanced(3), framed(4), now=5)
    assert [each.t for each in talk.faults] == [5]


# ---- as it opens ------------------------------------------------------------------------------


def test_a_connection_may_be_closed_as_soon_as_it_is_open() -> None:
    talk = Conversation(Step(AcceptThenClose()))
    assert talk.write(framed(1)) == [ShutWrite(close_notify=True)]
    lost = talk.notifications[0]
    assert (lost.outcome, lost.behind, lost.cause) == ("discarded", 0, talk.faults[0].seq)
    talk.leave()
    end = talk.end
    assert (end.by, end.how, end.reason) == ("server", "graceful", "fault")


def test_it_may_take_a_while_and_swallows_what_comes_meanwhile() -> None:
    talk = Conversation(Step(AcceptThenClose("2s")), now=1)
    assert talk.write(framed(1), now=2) == []
    assert talk.connection.deadline == 3
    assert talk.wake(3) == [ShutWrite(close_notify=True)]
    assert talk.outcomes == ["discarded"]


@pytest.mark.parametrize(
    ("on", "closed"),
    [
        (On(), [1, 2, 3]),
        (On(connection="2.."), [2, 3]),
        (On(topic="*.other"), [3]),
        (On(connection=1, topic="*.other"), []),
    ],
)
def test_which_connections_are_closed_depends_on_number_and_topic(on: On, closed: Any) -> None:
    talk = Conversation(Step(AcceptThenClose(), on))
    talk.another().another(topics=(OTHER,))
    assert [fault.connection for fault in talk.faults] == closed


def test_a_connection_that_is_greeted_with_a_withheld_error_gets_nothing_else() -> None:
    first = Conversation(
        Step(Reject(answer_on="next-connection")), Step(AcceptThenClose(), On(connection=2))
    )
    first.write(framed(1))
    assert packet(first.another().write()).identifier == 1
    assert [fault.fault for fault in first.faults] == ["reject"]
