"""How a session ends: who says goodbye, what acts at one moment, what is checked before."""

from __future__ import annotations

import pytest

from fakeapns.fronts.actions import Close, Reset, ShutWrite
from fakeapns.protocol import ErrorPacket, Status
from fakeapns.scenario.faults import (
    AcceptThenClose,
    Blackhole,
    Drop,
    Reject,
    Shutdown,
    Stall,
    Throttle,
)
from fakeapns.scenario.steps import On, Step

from ...frames import framed, simple
from .conversation import Conversation, packet

GOODBYE = ShutWrite(close_notify=True)
LATER = On(after="5s")

# ---- goodbyes -------------------------------------------------------------------------------


def test_a_provider_that_says_goodbye_is_told_the_same_and_then_closed() -> None:
    talk = Conversation()
    talk.write(framed(1))
    assert talk.leave("graceful") == [GOODBYE, Close()]
    end = talk.end
    assert (end.by, end.how, end.reason) == ("provider", "graceful", "ended")


@pytest.mark.parametrize("how", ["no-close-notify", "reset", "lost"])
def test_a_provider_that_just_leaves_is_told_nothing(how: str) -> None:
    talk = Conversation()
    talk.write(framed(1))
    assert talk.leave(how) == [Close()]  # type: ignore[arg-type]
    assert talk.end.how == how


def test_a_provider_that_says_goodbye_between_error_and_end_is_told_the_same() -> None:
    talk = Conversation()
    assert packet(talk.write(framed(1, token=b""))).identifier == 1
    assert talk.leave("graceful", now=0.1) == [GOODBYE, Close()]
    assert talk.end.reason == "error"


def test_a_blackhole_says_nothing_to_a_goodbye() -> None:
    talk = Conversation(Step(Blackhole()))
    talk.write(framed(1))
    assert talk.leave("graceful") == [Close()]


def test_a_connection_that_has_ended_is_not_told_twice() -> None:
    talk = Conversation(Step(Drop()))
    assert talk.write(framed(1)) == [GOODBYE]
    assert talk.leave("graceful", now=1) == [Close()]


def test_a_provider_that_does_not_read_is_given_up_without_a_goodbye() -> None:
    talk = Conversation()
    talk.write(framed(1))
    assert talk.leave("unread") == [Close()]
    assert talk.connection.finished
    end = talk.end
    assert (end.by, end.how, end.reason) == ("server", "no-close-notify", "limit")


def test_giving_up_does_not_hide_what_had_ended_it() -> None:
    talk = Conversation(Step(Drop()))
    talk.write(framed(1))
    talk.leave("unread")
    end = talk.end
    assert (end.by, end.how, end.reason) == ("server", "graceful", "fault")


# ---- several at one moment --------------------------------------------------------------------


def acted(talk: Conversation) -> list[int | None]:
    """The steps that acted."""
    return [fault.step for fault in talk.faults]


def test_of_two_that_are_due_at_one_moment_only_the_first_acts() -> None:
    talk = Conversation(Step(Drop("reset"), LATER), Step(Shutdown(), LATER))
    assert talk.wake(5) == [Reset()]
    assert acted(talk) == [1]


def test_a_stall_does_not_let_the_second_one_act_when_it_is_over() -> None:
    talk = Conversation(Step(Stall("3s"), LATER), Step(Drop(), LATER))
    assert talk.wake(5) == []
    talk.more(6)
    assert talk.wake(8) == []
    assert acted(talk) == [1]
    talk.write(framed(1), now=9)
    assert talk.outcomes == ["accepted"]


def test_one_that_may_not_act_any_more_gives_way_to_the_next() -> None:
    first = Conversation(Step(Drop("reset"), LATER, times=1), Step(Shutdown(), LATER))
    second = first.another()
    assert first.wake(5) == [Reset()]
    assert packet(second.wake(5)).status == Status.SHUTDOWN
    assert acted(first) == [1, 2]


def test_those_whose_moments_differ_both_act_however_late_it_has_become() -> None:
    talk = Conversation(
        Step(Drop(), On(after="5s")),
        Step(Throttle(5), On(after="4s")),
        Step(Throttle(6), On(after="4s")),
    )
    assert talk.wake(9) == [GOODBYE]
    talk.more(9.01)
    assert acted(talk) == [1, 2]
    assert talk.connection.appetite == 0
    talk.wake(10)
    # A byte at a time: of 6 bytes a second it would be the same, but 50 ms sooner.
    assert talk.connection.appetite == 1


def test_of_two_that_act_as_it_opens_the_first_does() -> None:
    talk = Conversation(Step(AcceptThenClose("1s")), Step(Drop("reset"), On(after="0s")))
    assert acted(talk) == [1]
    assert talk.connection.deadline == 1


# ---- withheld errors and shutdowns --------------------------------------------------------------


def test_a_withheld_error_for_a_command_0_is_a_silent_end_of_the_next_connection() -> None:
    first = Conversation(Step(Reject(answer_on="next-connection"), times=1))
    assert first.write(simple()) == []
    second = first.another()
    assert second.write(framed(7)) == [GOODBYE]
    second.leave("no-close-notify")
    assert second.end.reason == "silent-error"
    assert first.another().write(framed(8)) == []


@pytest.mark.parametrize("identifier", ["own", "last-accepted"])
def test_rejecting_with_the_status_of_a_shutdown_names_the_last_accepted_one(
    identifier: str,
) -> None:
    fault = Reject("shutdown", identifier=identifier)  # type: ignore[arg-type]
    talk = Conversation(Step(fault, On(notification=3)))
    assert packet(talk.write(framed(41), framed(42), framed(43))) == ErrorPacket(
        Status.SHUTDOWN, 42
    )


@pytest.mark.parametrize(("identifier", "named"), [("zero", 0), (7, 7)])
def test_unless_it_is_told_whom_to_name(identifier: str | int, named: int) -> None:
    fault = Reject("shutdown", identifier=identifier)  # type: ignore[arg-type]
    talk = Conversation(Step(fault, On(notification=2)))
    assert packet(talk.write(framed(41), framed(42))) == ErrorPacket(Status.SHUTDOWN, named)


# ---- tokens that say what they want -------------------------------------------------------------


def scripted(script: str) -> bytes:
    """A token of 32 bytes that begins like this."""
    return bytes.fromhex(script).ljust(32, b"\0")


@pytest.mark.parametrize("script", ["ffff0105", "ffff02"])
def test_a_token_that_asks_for_something_is_checked_first(script: str) -> None:
    talk = Conversation(scripted_tokens=True)
    refused = framed(5, scripted(script), payload=b"")
    assert packet(talk.write(refused)) == ErrorPacket(Status.MISSING_PAYLOAD, 5)
    assert talk.faults == []
    assert not talk.stalled


def test_three_bytes_are_enough_to_ask_for_the_end() -> None:
    talk = Conversation(scripted_tokens=True)
    assert talk.write(framed(5, b"\xff\xff\x02")) == [GOODBYE]
    assert talk.outcomes == ["accepted"]
    [fault] = talk.faults
    assert (fault.step, fault.fault) == (None, "drop")
