"""Errors that take their time: in seconds, in notifications, or until something ends the wait."""

from __future__ import annotations

import math

import pytest

from fakeapns.fronts.actions import Close, ShutWrite
from fakeapns.fronts.front import Left
from fakeapns.protocol import ErrorPacket, Status
from fakeapns.scenario.faults import AfterNotifications, Reject
from fakeapns.scenario.steps import On

from ...frames import framed, numbered, raw_frame, simple
from ...moments import PAUSE
from .conversation import Conversation, goodbye, packet

BAD = framed(1, token=b"")


def behind(count: int) -> list[bytes]:
    """Frames to write behind a bad one."""
    return [framed(number) for number in range(2, count + 2)]


def test_without_a_delay_the_answer_is_immediate() -> None:
    talk = Conversation()
    assert packet(talk.write(BAD, now=3)) == ErrorPacket(Status.MISSING_TOKEN, 1)
    assert (talk.response.delayed_by, talk.response.delayed_ms) == ("none", 0)


def test_while_a_delay_runs_everything_is_read_and_discarded() -> None:
    talk = Conversation(error_delay="250ms")
    assert talk.write(BAD, now=1) == []
    assert talk.connection.deadline == 1.25
    assert talk.write(*behind(5), now=1.1) == []
    assert talk.connection.deadline == 1.25
    assert packet(talk.wake(1.25)).identifier == 1
    assert (talk.response.delayed_by, talk.response.delayed_ms) == ("time", 250)
    assert talk.outcomes == ["rejected", *["discarded"] * 5]


def test_the_time_between_decision_and_packet_is_measured() -> None:
    talk = Conversation(error_delay="250ms")
    talk.write(BAD)
    talk.wake(0.3)
    assert talk.response.delayed_ms == 300


def test_a_delay_in_notifications_ends_with_the_nth_behind_the_cause() -> None:
    talk = Conversation()
    talk.inject(Reject(delay=AfterNotifications(3)), on=On(identifier=1))
    assert talk.write(framed(1), *behind(2)) == []
    assert packet(talk.write(framed(4), now=0.5)) == ErrorPacket(Status.INVALID_TOKEN, 1)
    assert (talk.response.delayed_by, talk.response.delayed_ms) == ("notifications", 500)


def test_frames_later_in_the_same_read_are_discarded_behind_the_packet() -> None:
    talk = Conversation()
    talk.inject(Reject(delay=AfterNotifications(2)), times=1)
    actions = talk.write(framed(1), *behind(5))
    assert [packet(actions)] == [ErrorPacket(Status.INVALID_TOKEN, 1)]
    assert len(actions) == 1
    assert talk.outcomes == ["rejected", *["discarded"] * 5]
    kinds = [type(entry).__name__ for entry in talk.ledger]
    assert kinds.index("Response") == kinds.index("Notification") + 3


def test_a_malformed_frame_counts_as_one_that_came_behind() -> None:
    talk = Conversation()
    talk.inject(Reject(delay=AfterNotifications(1)))
    assert packet(talk.write(framed(1), raw_frame(b"\x09"))).identifier == 1
    assert talk.response.delayed_by == "notifications"


def test_half_a_frame_does_not_count_yet() -> None:
    talk = Conversation()
    talk.inject(Reject(delay=AfterNotifications(1)))
    late = framed(2)
    assert talk.write(framed(1), late[:-1]) == []
    assert packet(talk.write(late[-1:])).identifier == 1


def test_zero_notifications_are_no_delay() -> None:
    talk = Conversation()
    talk.inject(Reject(delay=AfterNotifications(0)))
    assert packet(talk.write(framed(1))).identifier == 1
    assert talk.response.delayed_by == "none"


def test_a_delay_in_notifications_ends_when_no_more_come() -> None:
    talk = Conversation()
    talk.inject(Reject(delay=AfterNotifications(40)))
    talk.write(framed(1), now=5)
    assert talk.connection.deadline == 7
    talk.write(framed(2), now=6.5)
    assert talk.connection.deadline == 8.5
    assert packet(talk.wake(8.5)).identifier == 1
    assert (talk.response.delayed_by, talk.response.delayed_ms) == ("idle-limit", 3500)


def test_how_long_nothing_may_come_is_a_setting() -> None:
    talk = Conversation(idle_limit="100ms")
    talk.inject(Reject(delay=AfterNotifications(40)))
    talk.write(framed(1), now=5)
    assert talk.connection.deadline == pytest.approx(5.1)


@pytest.mark.parametrize("how", ["graceful", "no-close-notify"])
@pytest.mark.parametrize("delay", ["1h", AfterNotifications(40)], ids=["time", "notifications"])
def test_a_provider_that_ends_the_stream_gets_the_pending_error_at_once(
    how: Left, delay: str | AfterNotifications
) -> None:
    talk = Conversation()
    talk.inject(Reject(delay=delay))
    talk.write(framed(1), framed(2))
    actions = talk.leave(how, now=0.75)
    assert packet(actions) == ErrorPacket(Status.INVALID_TOKEN, 1)
    assert actions[1:] == [*goodbye(how), Close()]
    assert talk.connection.finished
    assert (talk.response.delayed_by, talk.response.delayed_ms) == ("provider-ended", 750)
    closed = talk.end
    assert (closed.by, closed.reason, closed.how) == ("provider", "ended", how)


@pytest.mark.parametrize("how", ["reset", "lost"])
def test_nothing_is_sent_where_nobody_can_read_it(how: Left) -> None:
    talk = Conversation(error_delay="1h")
    talk.write(BAD)
    assert talk.leave(how) == [Close()]
    kinds = [type(entry).__name__ for entry in talk.ledger]
    assert kinds == ["Notification", "ConnectionClosed"]
    assert talk.end.how == how


def test_a_silent_close_is_delayed_too_and_the_connection_fails_meanwhile() -> None:
    talk = Conversation(error_delay="250ms")
    assert talk.write(simple(token=b""), framed(2)) == []
    assert talk.outcomes == ["rejected", "discarded"]
    assert talk.connection.deadline == 0.25
    assert talk.wake(0.25) == [ShutWrite(close_notify=True)]
    talk.leave(now=0.3)
    assert talk.end.reason == "silent-error"


def test_a_silent_close_waits_for_notifications_too() -> None:
    talk = Conversation()
    talk.inject(Reject(delay=AfterNotifications(2)))
    assert talk.write(simple(), framed(2)) == []
    assert talk.write(framed(3)) == [ShutWrite(close_notify=True)]


def test_a_silent_close_that_is_pending_needs_no_packet_when_the_provider_ends() -> None:
    talk = Conversation(error_delay="1h")
    talk.write(simple(token=b""))
    actions = talk.leave()
    assert actions == [ShutWrite(close_notify=True), Close()]
    assert (talk.end.by, talk.connection.deadline) == ("provider", math.inf)


def test_a_delay_applies_to_malformed_frames() -> None:
    talk = Conversation(error_delay="1s")
    assert talk.write(raw_frame(b"\x09")) == []
    assert packet(talk.wake(1)).status == Status.PROTOCOL_ERROR


def test_a_fault_has_its_own_delay_or_none_at_all() -> None:
    talk = Conversation(error_delay="1h")
    talk.inject(Reject(delay="10ms"))
    talk.write(framed(1))
    assert talk.connection.deadline == pytest.approx(0.01)
    talk = Conversation(error_delay="1h")
    talk.inject(Reject(delay="0ms"))
    assert packet(talk.write(framed(1))).identifier == 1


def test_the_pause_follows_a_delayed_packet() -> None:
    talk = Conversation(error_delay="1s")
    talk.write(BAD)
    talk.wake(1.0)
    assert talk.connection.deadline == pytest.approx(1 + PAUSE)
    assert talk.wake(1 + PAUSE) == [ShutWrite(close_notify=True)]


# ---- a range, with a seed -------------------------------------------------------------


def drawn(seed: int, frame: bytes) -> float:
    """The delay that a seed gives a frame that is refused."""
    talk = Conversation(seed=seed, error_delay="75ms..500ms", tokens="registered")
    talk.write(frame)
    return talk.connection.deadline


def test_a_range_of_delays_is_drawn_by_seed_and_notification() -> None:
    frames = [framed(number, numbered(number)) for number in range(20)]
    first = [drawn(7, frame) for frame in frames]
    assert first == [drawn(7, frame) for frame in frames]
    assert first != [drawn(8, frame) for frame in frames]
    assert len(set(first)) > 15
    assert all(0.075 <= delay < 0.5 for delay in first)


def test_malformed_frames_draw_a_delay_too() -> None:
    first, second = drawn(7, raw_frame(b"\x09")), drawn(7, raw_frame(b"\x03\x00\x01"))
    assert first != second
    assert 0.075 <= min(first, second) <= max(first, second) < 0.5


def test_how_much_of_a_malformed_frame_has_come_plays_no_part_in_its_delay() -> None:
    too_long = b"\x02" + (70_000).to_bytes(4, "big")
    assert drawn(7, too_long) == drawn(7, too_long + bytes(500))
