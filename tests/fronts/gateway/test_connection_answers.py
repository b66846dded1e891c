"""Faults behind a notification that was judged as ever, and which of several acts."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fakeapns.fronts.actions import Close, Send, ShutWrite
from fakeapns.ledger.entries import Response
from fakeapns.protocol import ErrorPacket, Status, encode_error
from fakeapns.scenario.faults import (
    Acknowledge,
    Blackhole,
    Drop,
    Fault,
    Garbage,
    Reject,
    Shutdown,
    Stall,
    Throttle,
)
from fakeapns.scenario.steps import On, Step

from ...frames import enhanced, framed, numbered, raw_frame, simple
from ...moments import GRACE, PAUSE
from .conversation import Conversation, packet

BEHIND: list[Fault] = [
    Drop(),
    Shutdown(),
    Acknowledge(),
    Garbage("00"),
    Stall(),
    Blackhole(),
    Throttle(),
]


def named(fault: Fault) -> str:
    return fault.name


# ---- what all of them have in common ------------------------------------------------------------


@pytest.mark.parametrize("fault", BEHIND, ids=named)
def test_the_notification_is_judged_first_and_the_fault_acts_right_behind_it(fault: Fault) -> None:
    talk = Conversation(Step(fault, On(notification=2)))
    talk.write(framed(1), framed(2))
    assert talk.outcomes == ["accepted", "accepted"]
    talk.more()
    talk.write(framed(3))
    [fired] = talk.faults
    assert fired.seq == talk.notifications[1].seq + 1
    assert (fired.step, fired.fault, fired.connection) == (1, fault.name, 1)


@pytest.mark.parametrize("fault", [*BEHIND, Reject()], ids=named)
def test_what_is_wrong_by_itself_wins_over_every_step_and_uses_none_up(fault: Fault) -> None:
    talk = Conversation(Step(fault, times=1))
    assert packet(talk.write(framed(1, token=b""))) == ErrorPacket(Status.MISSING_TOKEN, 1)
    assert talk.faults == []
    talk = talk.another()
    talk.write(framed(2))
    talk.more()
    talk.write(framed(3))
    assert [fired.fault for fired in talk.faults] == [fault.name]


@pytest.mark.parametrize("fault", [*BEHIND, Reject()], ids=named)
def test_nothing_acts_on_what_is_malformed_or_discarded(fault: Fault) -> None:
    talk = Conversation(Step(fault))
    talk.write(raw_frame(b"\x09"), framed(1))
    assert talk.faults == []


# ---- acknowledge --------------------------------------------------------------------------------


def test_every_accepted_notification_is_acknowledged_and_the_connection_stays_open() -> None:
    talk = Conversation(Step(Acknowledge()))
    assert talk.write(enhanced(41), framed(42)) == [
        Send(encode_error(0, 41)),
        Send(encode_error(0, 42)),
    ]
    assert talk.connection.deadline == math.inf
    assert packet(talk.write(framed(43, token=b""))).status == Status.MISSING_TOKEN
    assert len(talk.faults) == 2


def test_a_command_0_cannot_be_acknowledged() -> None:
    talk = Conversation(Step(Acknowledge()))
    assert talk.write(simple()) == []
    assert talk.faults == []


def test_what_has_no_identifier_is_acknowledged_with_0() -> None:
    talk = Conversation(Step(Acknowledge()))
    assert talk.write(framed(None)) == [Send(encode_error(0, 0))]


# ---- garbage ------------------------------------------------------------------------------------


def test_garbage_is_sent_as_it_stands_and_the_connection_closed() -> None:
    talk = Conversation(Step(Garbage("48 54 54 50")))
    assert talk.write(framed(1), framed(2)) == [Send(b"HTTP")]
    assert talk.outcomes == ["accepted", "discarded"]
    assert talk.faults[0].detail == "48 54 54 50"
    assert talk.connection.deadline == PAUSE
    assert talk.wake(PAUSE) == [ShutWrite(close_notify=True)]
    talk.wake(PAUSE + GRACE)
    end = talk.end
    assert (end.by, end.how, end.reason) == ("server", "graceful", "fault")


def test_garbage_may_hold_the_identifier_and_is_no_response_in_the_record() -> None:
    talk = Conversation(Step(Garbage("08 08 id 08 08 id")))
    assert talk.write(framed(0xDEADBEEF)) == [Send(bytes.fromhex("0808deadbeef" * 2))]
    assert [type(entry).__name__ for entry in talk.ledger] == ["Notification", "FaultFired"]


@pytest.mark.parametrize(
    ("close", "then"),
    [
        ("no-close-notify", [ShutWrite(close_notify=False)]),
        ("half", [ShutWrite(close_notify=True)]),
        ("keep", []),
    ],
)
def test_behind_garbage_the_connection_is_closed_as_asked(close: Any, then: Any) -> None:
    talk = Conversation(Step(Garbage("00", close)))
    assert talk.write(framed(1)) == [Send(b"\0")]
    assert talk.wake(PAUSE) == then


# ---- blackhole ----------------------------------------------------------------------------------


def test_a_blackhole_swallows_everything_answers_nothing_and_never_closes() -> None:
    talk = Conversation(Step(Blackhole(), On(notification=2)))
    assert talk.write(framed(1), framed(2), framed(3, token=b""), raw_frame(b"\x09")) == []
    assert talk.outcomes == ["accepted", "accepted", "discarded"]
    assert talk.malformed[0].outcome == "discarded"
    assert talk.connection.deadline == math.inf
    lost = talk.notifications[2]
    assert (lost.behind, lost.cause) == (2, talk.faults[0].seq)


def test_a_provider_that_leaves_a_blackhole_is_the_one_who_ended_it() -> None:
    talk = Conversation(Step(Blackhole()))
    talk.write(framed(1))
    assert talk.leave("graceful", now=9) == [Close()]
    end = talk.end
    assert (end.by, end.how, end.reason) == ("provider", "graceful", "ended")


def test_a_blackhole_may_open_a_while_later_and_until_then_nothing_is_lost() -> None:
    talk = Conversation(Step(Blackhole("5s"), times=1))
    assert talk.write(framed(1), framed(2), now=1) == []
    talk.write(framed(3), now=5)
    talk.write(framed(4), now=7)
    assert talk.outcomes == ["accepted", "accepted", "accepted", "discarded"]
    assert (talk.notifications[3].behind, talk.notifications[3].cause) == (3, talk.faults[0].seq)


def test_an_error_before_a_blackhole_opens_goes_its_usual_way() -> None:
    talk = Conversation(Step(Blackhole("5s")))
    talk.write(framed(1))
    assert packet(talk.write(framed(2, token=b""), now=1)).identifier == 2
    assert talk.wake(1 + PAUSE) == [ShutWrite(close_notify=True)]
    assert talk.wake(1 + PAUSE + GRACE) == [Close()]


def test_a_blackhole_that_opens_when_an_error_is_on_its_way_was_not_seen() -> None:
    talk = Conversation(Step(Blackhole("5s"), times=1), error_delay="9s")
    talk.write(framed(1))
    talk.write(framed(2, token=b""), now=1)
    talk.write(framed(3), now=6)
    assert packet(talk.wake(10)).identifier == 2
    talk.leave(now=10)
    assert talk.faults == []
    other = talk.another(now=10)
    other.write(framed(4), framed(5), now=16)
    other.write(framed(6), now=22)
    assert [each.connection for each in other.faults] == [2]


# ---- throttle and stall -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "rate", "at_once"), [(100, 100, 5), ("16KiB", 16_384, 819), (1, 1, 1)]
)
def test_a_throttle_says_how_much_to_read_and_when_and_changes_nothing_else(
    given: Any, rate: int, at_once: int
) -> None:
    talk = Conversation(Step(Throttle(given), On(notification=1)))
    assert talk.connection.appetite is None
    assert talk.write(framed(1), framed(2), now=1) == []
    talk.more(now=1)
    assert talk.faults[0].detail == f"{rate} bytes a second"
    assert talk.outcomes == ["accepted", "accepted"]
    for begin in (1.0, 1 + at_once / rate):
        assert talk.connection.appetite == 0
        assert talk.connection.deadline == pytest.approx(begin + at_once / rate)
        talk.wake(talk.connection.deadline)
        assert talk.connection.appetite == at_once
        assert talk.connection.deadline == math.inf
        talk.write(b"\x02", now=begin + at_once / rate)


def test_a_stall_may_be_followed_by_another() -> None:
    talk = Conversation(Step(Stall("2s"), times=2))
    talk.write(framed(1), framed(2), framed(3), now=1)
    talk.wake(3)
    assert talk.connection.deadline == 5
    talk.wake(5)
    assert talk.outcomes == ["accepted"] * 3
    assert not talk.stalled


# ---- which of several -------------------------------------------------------------------------


def test_failing_three_times_and_then_succeeding_is_one_step() -> None:
    talk = Conversation(Step(Reject("processing-error"), times=3))
    for number in range(3):
        assert packet(talk.write(enhanced(number))).status == Status.PROCESSING_ERROR
        talk = talk.another()
    assert talk.write(enhanced(3)) == []
    assert talk.outcomes == ["rejected", "rejected", "rejected", "accepted"]


def test_a_notification_that_comes_again_has_its_chance_again() -> None:
    def played(seed: int) -> list[str]:
        talk = Conversation(Step(Reject(answer_on="next-connection"), On(chance=0.5)), seed=seed)
        talk.write(*[framed(1)] * 40)
        return talk.outcomes

    assert played(7) == played(7) != played(8)
    assert set(played(7)) == {"accepted", "rejected"}


def test_chance_looks_at_the_notification_and_at_no_connection_or_order() -> None:
    step = Step(Acknowledge(), On(chance=0.5))
    frames = [framed(number, numbered(number)) for number in range(60)]
    together, apart = Conversation(step, seed=7), Conversation(step, seed=7)
    together.write(*frames)
    for frame in reversed(frames):
        apart = apart.another()
        apart.write(frame)
    hit = [[each.identifier for each in talk.ledger.of(Response)] for talk in (together, apart)]
    assert hit[0] == hit[1][::-1]
    assert 10 < len(hit[0]) < 50


def test_a_step_that_comes_first_wins_and_the_one_behind_it_does_not_act() -> None:
    talk = Conversation(Step(Reject("unknown"), On(identifier=1)), Step(Drop()))
    assert packet(talk.write(framed(1))).status == Status.UNKNOWN
    assert [fault.fault for fault in talk.faults] == ["reject"]
