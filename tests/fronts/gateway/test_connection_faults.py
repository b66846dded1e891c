"""Faults that act at a notification, and status 10, which is unlike all others."""

from __future__ import annotations

import math

import pytest

from fakeapns.fronts.actions import Close, Reset, ShutWrite
from fakeapns.protocol import ErrorPacket, Status
from fakeapns.scenario.faults import AfterNotifications, Drop, Reject, Shutdown, Stall
from fakeapns.scenario.steps import On

from ...frames import TOPIC, enhanced, framed, raw_frame, simple
from ...moments import GRACE, PAUSE
from .conversation import Conversation, packet

# ---- reject ---------------------------------------------------------------------------


def test_a_fault_rejects_the_third_notification_and_loses_the_rest() -> None:
    talk = Conversation()
    talk.inject(Reject("processing-error"), on=On(notification=3))
    actions = talk.write(*(framed(number) for number in range(1, 6)))
    assert packet(actions) == ErrorPacket(Status.PROCESSING_ERROR, 3)
    assert talk.outcomes == ["accepted", "accepted", "rejected", "discarded", "discarded"]
    assert talk.notifications[2].status == "processing-error"


def test_a_fault_that_rejects_is_recorded_before_what_it_did() -> None:
    talk = Conversation()
    talk.inject(Drop(), on=On(notification=9))
    talk.inject(Reject("unknown"))
    talk.write(framed(1))
    [fault] = talk.faults
    assert (fault.connection, fault.step, fault.fault) == (1, 2, "reject")
    assert fault.detail == "unknown"
    assert fault.seq < talk.notifications[0].seq < talk.response.seq


def test_a_fault_may_reject_with_a_code_that_apple_never_assigned() -> None:
    talk = Conversation()
    talk.inject(Reject(9))
    assert packet(talk.write(framed(1))) == ErrorPacket(9, 1)
    assert talk.response.status == talk.notifications[0].status == "unassigned-9"


def test_rejecting_command_0_by_a_fault_is_silent_as_well() -> None:
    talk = Conversation()
    talk.inject(Reject("processing-error"))
    assert talk.write(simple()) == [ShutWrite(close_notify=True)]
    assert talk.notifications[0].status == "processing-error"


def test_a_notification_that_is_wrong_by_itself_needs_no_fault() -> None:
    talk = Conversation()
    talk.inject(Reject("unknown"))
    assert packet(talk.write(framed(1, token=b""))).status == Status.MISSING_TOKEN
    assert talk.faults == []


def test_discarded_notifications_are_not_counted_for_a_fault() -> None:
    talk = Conversation()
    talk.inject(Reject("unknown"), on=On(notification=1))
    talk.inject(Reject("shutdown"), on=On(notification=2))
    talk.write(framed(1), framed(2))
    assert [fault.step for fault in talk.faults] == [1]


# ---- drop -----------------------------------------------------------------------------


def test_a_dropped_connection_has_judged_the_notification_it_was_dropped_at() -> None:
    talk = Conversation()
    talk.inject(Drop(), on=On(notification=2))
    actions = talk.write(framed(1), framed(2), framed(3))
    assert actions == [ShutWrite(close_notify=True)]
    assert talk.outcomes == ["accepted", "accepted", "discarded"]
    [fault] = talk.faults
    lost = talk.notifications[2]
    assert (lost.behind, lost.cause) == (2, fault.seq)
    assert (fault.fault, fault.detail) == ("drop", "graceful")


def test_a_dropped_connection_lingers_and_is_closed_by_the_server() -> None:
    talk = Conversation()
    talk.inject(Drop())
    talk.write(framed(1), now=1)
    assert talk.connection.deadline == 1 + GRACE
    assert talk.wake(1 + GRACE) == [Close()]
    closed = talk.end
    assert (closed.by, closed.how, closed.reason) == ("server", "graceful", "fault")


def test_a_connection_can_be_dropped_without_close_notify() -> None:
    talk = Conversation()
    talk.inject(Drop("no-close-notify"))
    assert talk.write(framed(1)) == [ShutWrite(close_notify=False)]
    talk.leave()
    assert talk.end.how == "no-close-notify"


def test_a_reset_is_immediate_and_what_was_read_with_it_is_discarded() -> None:
    talk = Conversation()
    talk.inject(Drop("reset"))
    assert talk.write(framed(1), framed(2)) == [Reset()]
    assert talk.connection.finished
    assert talk.outcomes == ["accepted", "discarded"]
    closed = talk.end
    assert (closed.by, closed.how, closed.reason) == ("server", "reset", "fault")


# ---- shutdown -------------------------------------------------------------------------


def test_shutdown_names_the_last_accepted_notification() -> None:
    talk = Conversation()
    talk.inject(Shutdown(), on=On(notification=2))
    actions = talk.write(framed(41), framed(42), framed(43))
    assert packet(actions) == ErrorPacket(Status.SHUTDOWN, 42)
    assert talk.outcomes == ["accepted", "accepted", "discarded"]
    [fault] = talk.faults
    assert (talk.notifications[2].behind, talk.notifications[2].cause) == (2, fault.seq)
    assert talk.connection.deadline == pytest.approx(PAUSE)
    talk.leave()
    assert talk.end.reason == "shutdown"


def test_shutdown_names_zero_if_the_last_accepted_one_was_a_command_0() -> None:
    talk = Conversation()
    talk.inject(Shutdown(), on=On(notification=2))
    assert packet(talk.write(enhanced(41), simple())) == ErrorPacket(Status.SHUTDOWN, 0)


def test_shutdown_names_zero_if_the_last_accepted_one_had_no_identifier() -> None:
    talk = Conversation()
    talk.inject(Shutdown())
    assert packet(talk.write(framed(None))) == ErrorPacket(Status.SHUTDOWN, 0)


def test_a_connection_that_only_used_command_0_is_shut_down_without_a_packet() -> None:
    talk = Conversation()
    talk.inject(Shutdown(), on=On(notification=2))
    assert talk.write(simple(), simple()) == [ShutWrite(close_notify=True)]
    talk.leave()
    assert talk.end.reason == "shutdown"


def test_the_identifier_of_a_shutdown_is_fixed_when_it_acts() -> None:
    talk = Conversation()
    talk.inject(Shutdown(AfterNotifications(2)), on=On(notification=1))
    assert talk.write(framed(1), framed(2)) == []
    assert packet(talk.write(framed(3))) == ErrorPacket(Status.SHUTDOWN, 1)
    assert talk.response.delayed_by == "notifications"
    assert talk.outcomes == ["accepted", "discarded", "discarded"]


def test_shutdown_takes_as_long_as_any_error_unless_told_otherwise() -> None:
    talk = Conversation(error_delay="250ms")
    talk.inject(Shutdown())
    assert talk.write(framed(1)) == []
    assert talk.connection.deadline == 0.25
    assert packet(talk.wake(0.25)) == ErrorPacket(Status.SHUTDOWN, 1)


def test_rejecting_with_status_10_by_hand_names_the_last_accepted_one_all_the_same() -> None:
    talk = Conversation()
    talk.inject(Reject("shutdown"), on=On(notification=2))
    assert packet(talk.write(framed(1), framed(2))) == ErrorPacket(Status.SHUTDOWN, 1)
    assert talk.outcomes == ["accepted", "rejected"]


# ---- stall ----------------------------------------------------------------------------


def test_a_stalled_connection_goes_on_as_if_nothing_had_happened() -> None:
    talk = Conversation()
    talk.inject(Stall("3s"), times=1)
    assert talk.write(framed(1), framed(2), framed(3, token=b""), now=1) == []
    assert talk.stalled
    assert talk.connection.deadline == 4
    assert talk.outcomes == ["accepted"]
    assert packet(talk.wake(4)) == ErrorPacket(Status.MISSING_TOKEN, 3)
    assert not talk.stalled
    assert talk.outcomes == ["accepted", "accepted", "rejected"]


def test_a_stall_that_is_over_leaves_no_deadline() -> None:
    talk = Conversation()
    talk.inject(Stall("3s"))
    talk.write(framed(1))
    talk.more(1)
    talk.wake(3)
    assert talk.connection.deadline == math.inf
    [fault] = talk.faults
    assert (fault.fault, fault.detail) == ("stall", "for 3s")


# ---- tokens that say what they want -----------------------------------------------------


def scripted(action: int, value: int) -> bytes:
    """A token in the manner of java-apns's simulator."""
    return bytes([0xFF, 0xFF, action, value]) + bytes(28)


def test_a_scripted_token_asks_for_a_status() -> None:
    talk = Conversation(scripted_tokens=True)
    assert packet(talk.write(framed(5, scripted(0, 7)))) == ErrorPacket(7, 5)
    assert talk.faults[0].step is None


def test_a_scripted_token_asks_for_a_pause() -> None:
    talk = Conversation(scripted_tokens=True)
    talk.write(framed(5, scripted(1, 12)))
    assert talk.stalled
    assert talk.connection.deadline == pytest.approx(1.2)


def test_a_scripted_token_asks_for_the_end() -> None:
    talk = Conversation(scripted_tokens=True)
    assert talk.write(framed(5, scripted(2, 0))) == [ShutWrite(close_notify=True)]
    assert talk.outcomes == ["accepted"]


@pytest.mark.parametrize("token", [scripted(3, 0), b"\xff\xff", b"\xff\xfe\x00\x07" + bytes(28)])
def test_other_tokens_are_just_tokens(token: bytes) -> None:
    talk = Conversation(scripted_tokens=True)
    assert talk.write(framed(5, token)) == []
    assert talk.outcomes == ["accepted"]


def test_tokens_say_nothing_unless_asked_to() -> None:
    talk = Conversation()
    assert talk.write(framed(5, scripted(0, 7))) == []


# ---- what is counted --------------------------------------------------------------------


def test_what_is_malformed_is_not_a_judged_notification() -> None:
    talk = Conversation()
    talk.inject(Reject("unknown"), on=On(notification=1))
    talk.write(raw_frame(b"\x09"))
    assert talk.faults == []


def test_a_send_to_a_removed_app_is_listed_even_if_a_fault_refuses_it() -> None:
    talk = Conversation()
    device = talk.devices.add(TOPIC, "1b", "uninstalled", since=100.0)
    talk.inject(Reject("processing-error"))
    talk.write(framed(1, device.token_bytes))
    assert [entry.token for _, entry in talk.devices.feedback([TOPIC])] == [device.token_bytes]
