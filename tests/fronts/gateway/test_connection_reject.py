"""How a fault refuses a notification: what the packet names, how it comes, what comes behind."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fakeapns.fronts.actions import Action, Close, Reset, Send, ShutWrite
from fakeapns.protocol import ErrorPacket, Status, encode_error
from fakeapns.scenario.faults import AfterNotifications, Reject
from fakeapns.scenario.steps import On, Step

from ...frames import framed, raw_frame, simple
from ...moments import GRACE, PAUSE
from .conversation import Conversation, packet

OTHER = "com.example.other"
THIRD = On(notification=3)


# ---- whom it names --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identifier", "named"),
    [("own", 43), ("zero", 0), ("last-accepted", 42), (7, 7), (4_000_000_000, 4_000_000_000)],
)
def test_the_packet_names_whom_it_is_told_to(identifier: Any, named: int) -> None:
    talk = Conversation(Step(Reject("unknown", identifier=identifier), THIRD))
    actions = talk.write(framed(41), framed(42), framed(43))
    assert packet(actions) == ErrorPacket(Status.UNKNOWN, named)
    assert talk.response.identifier == named
    assert talk.notifications[2].identifier == 43


def test_the_last_accepted_one_is_nobody_before_there_is_one() -> None:
    talk = Conversation(Step(Reject("unknown", identifier="last-accepted")))
    assert packet(talk.write(framed(41))).identifier == 0


def test_what_the_notification_deserves_by_itself_names_itself_whatever_a_step_says() -> None:
    talk = Conversation(Step(Reject("unknown", identifier=7)))
    assert packet(talk.write(framed(41, token=b""))) == ErrorPacket(Status.MISSING_TOKEN, 41)
    assert talk.faults == []


# ---- how it comes ---------------------------------------------------------------------------


def test_a_split_packet_is_two_writes_with_all_bytes_between_them() -> None:
    talk = Conversation(Step(Reject("invalid-token", split=True)))
    first, second = talk.write(framed(5))
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    assert (len(first.data), len(second.data)) == (3, 3)
    assert first.data + second.data == encode_error(Status.INVALID_TOKEN, 5)
    assert talk.connection.deadline == PAUSE


def test_a_delayed_packet_is_split_too() -> None:
    talk = Conversation(Step(Reject(delay="1s", split=True)))
    assert talk.write(framed(5)) == []
    assert len(talk.wake(1)) == 2


# ---- what comes behind ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("close", "behind"),
    [
        ("graceful", [ShutWrite(close_notify=True)]),
        ("half", [ShutWrite(close_notify=True)]),
        ("no-close-notify", [ShutWrite(close_notify=False)]),
        ("keep", []),
    ],
)
def test_behind_the_packet_the_connection_is_closed_as_asked(
    close: Any, behind: list[Action]
) -> None:
    talk = Conversation(Step(Reject(close=close)))
    assert packet(talk.write(framed(1))).identifier == 1
    assert talk.wake(PAUSE) == behind
    assert not talk.connection.finished
    talk.write(framed(2), now=1)
    assert talk.outcomes == ["rejected", "discarded"]


@pytest.mark.parametrize(
    ("close", "deadline"),
    [
        ("graceful", PAUSE + GRACE),
        ("no-close-notify", PAUSE + GRACE),
        ("half", math.inf),
        ("keep", math.inf),
    ],
)
def test_a_connection_that_is_half_closed_or_kept_is_read_for_good(
    close: Any, deadline: float
) -> None:
    talk = Conversation(Step(Reject(close=close)))
    talk.write(framed(1))
    talk.wake(PAUSE)
    assert talk.connection.deadline == pytest.approx(deadline)


@pytest.mark.parametrize(
    ("close", "by", "how", "reason"),
    [
        ("graceful", "server", "graceful", "error"),
        ("half", "server", "half", "error"),
        ("no-close-notify", "server", "no-close-notify", "error"),
        ("keep", "provider", "no-close-notify", "ended"),
    ],
)
def test_the_record_says_who_ended_it_and_how(close: Any, by: str, how: str, reason: str) -> None:
    talk = Conversation(Step(Reject(close=close)))
    talk.write(framed(1))
    talk.wake(PAUSE)
    assert talk.leave("no-close-notify", now=9) == [Close()]
    end = talk.end
    assert (end.by, end.how, end.reason) == (by, how, reason)


def test_a_reset_leaves_the_packet_no_time() -> None:
    talk = Conversation(Step(Reject(close="reset")))
    sent, reset = talk.write(framed(1), framed(2))
    assert (packet([sent]).identifier, reset) == (1, Reset())
    assert talk.connection.finished
    assert talk.outcomes == ["rejected", "discarded"]
    end = talk.end
    assert (end.by, end.how, end.reason) == ("server", "reset", "error")


def test_a_provider_that_says_goodbye_to_a_silent_reset_gets_the_reset_and_no_goodbye() -> None:
    talk = Conversation(Step(Reject(delay="1h", close="reset")))
    assert talk.write(simple()) == []
    assert talk.leave("graceful") == [Reset()]


@pytest.mark.parametrize("close", ["no-close-notify", "keep"])
def test_a_provider_that_says_goodbye_hears_none_where_none_is_to_be_said(close: Any) -> None:
    talk = Conversation(Step(Reject(close=close)))
    talk.write(framed(1))
    assert talk.leave("graceful", now=PAUSE / 2) == [Close()]


# ---- on the next connection -------------------------------------------------------------------


def next_one(fault: Reject, **more: Any) -> Conversation:
    """A connection whose third notification is refused on the next one."""
    return Conversation(Step(fault, THIRD), **more)


WITHHELD = Reject("invalid-token", answer_on="next-connection")


def test_a_withheld_error_leaves_the_connection_as_if_all_were_well() -> None:
    talk = next_one(WITHHELD)
    assert talk.write(framed(1), framed(2), framed(3), framed(4)) == []
    assert talk.outcomes == ["accepted", "accepted", "rejected", "accepted"]
    assert talk.connection.deadline == math.inf
    assert [fault.fault for fault in talk.faults] == ["reject"]


def test_a_withheld_error_greets_the_next_connection_of_the_topic() -> None:
    first = next_one(WITHHELD)
    first.write(framed(1), framed(2), framed(3))
    stranger = first.another(topics=(OTHER,))
    assert stranger.write() == []
    second = stranger.another(now=7)
    assert packet(second.write(now=7)) == ErrorPacket(Status.INVALID_TOKEN, 3)
    assert second.response.connection == 3
    second.write(framed(9), now=7)
    late = second.notifications[-1]
    assert (late.outcome, late.behind) == ("discarded", 0)
    assert late.cause == first.notifications[2].seq


def test_a_withheld_error_is_said_once() -> None:
    first = next_one(WITHHELD)
    first.write(framed(1), framed(2), framed(3))
    second = first.another()
    assert packet(second.write()).identifier == 3
    assert second.another().write(framed(4)) == []


def test_errors_that_are_withheld_greet_one_connection_each_in_order() -> None:
    talk = Conversation(Step(WITHHELD))
    talk.write(framed(1), framed(2))
    second = talk.another()
    third = second.another()
    assert [packet(each.write()).identifier for each in (second, third)] == [1, 2]


def test_a_withheld_error_may_take_its_time_when_it_greets() -> None:
    first = next_one(Reject(delay="1s", answer_on="next-connection", close="keep", split=True))
    first.write(framed(1), framed(2), framed(3))
    second = first.another(now=5)
    assert second.connection.actions() == []
    assert second.connection.deadline == 6
    assert len(second.wake(6)) == 2
    assert second.wake(6 + PAUSE) == []
    assert second.response.delayed_ms == 1000


def test_a_withheld_error_that_counts_waits_for_frames_of_the_next_connection() -> None:
    first = next_one(Reject(delay=AfterNotifications(2), answer_on="next-connection"))
    first.write(framed(1), framed(2), framed(3), framed(4), framed(5))
    second = first.another()
    assert second.write(framed(6)) == []
    assert packet(second.write(raw_frame(b"\x09"))).identifier == 3


def test_a_withheld_error_for_a_command_0_is_a_close_without_a_word() -> None:
    first = next_one(WITHHELD)
    first.write(simple(), simple(), simple())
    second = first.another()
    assert second.write() == [ShutWrite(close_notify=True)]
    second.leave()
    assert second.end.reason == "silent-error"
