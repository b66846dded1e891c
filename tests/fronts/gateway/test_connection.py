"""How a connection begins, goes on and ends."""

import math

import pytest

from fakeapns.fronts.actions import Action, Close, Send, ShutWrite
from fakeapns.fronts.front import Left

from ...frames import PAYLOAD, TOKEN, TOPIC, enhanced, framed, numbered, raw_frame, simple
from ...moments import GRACE, PAUSE
from .conversation import Conversation, goodbye


def test_what_is_accepted_gets_no_answer() -> None:
    talk = Conversation()
    assert talk.write(simple(), enhanced(), framed()) == []
    assert talk.outcomes == ["accepted"] * 3
    assert talk.connection.deadline == math.inf


def test_a_notification_is_recorded_as_it_came() -> None:
    talk = Conversation()
    talk.write(simple(), framed(0xDEADBEEF, expiration=1_577_836_800, priority=5), now=2.5)
    [_, second] = talk.notifications
    assert (second.connection, second.ordinal, second.command) == (1, 2, 2)
    assert (second.identifier, second.expiration, second.priority) == (0xDEADBEEF, 1577836800, 5)
    assert (second.token_bytes, second.payload_bytes, second.topic) == (TOKEN, PAYLOAD, TOPIC)
    assert (second.status, second.behind, second.cause) == (None, None, None)
    assert second.t == 2.5


def test_what_a_frame_leaves_out_is_null_in_the_record() -> None:
    talk = Conversation()
    talk.write(simple(), framed(None))
    for each in talk.notifications:
        assert (each.identifier, each.expiration, each.priority) == (None, None, None)


def test_where_reads_split_the_stream_changes_nothing() -> None:
    wire = simple() + enhanced(1) + framed(2) + framed(3, token=b"") + framed(4)
    whole, split = Conversation(), Conversation()
    whole.write(wire)
    for byte in wire:
        split.write(bytes([byte]))
    assert list(split.ledger) == list(whole.ledger)
    assert whole.outcomes == ["accepted", "accepted", "accepted", "rejected", "discarded"]


def test_content_mistakes_are_warnings_and_no_reason_to_refuse() -> None:
    talk = Conversation()
    talk.write(framed(payload=b"not json"))
    assert talk.outcomes == ["accepted"]
    assert talk.notifications[0].warnings


@pytest.mark.parametrize(
    ("signed", "expiration"), [(False, 0xFFFFFFFF), (True, -1)], ids=["newer text", "older text"]
)
def test_an_expiration_with_the_high_bit_set_is_a_matter_of_taste(
    signed: bool, expiration: int
) -> None:
    talk = Conversation(signed_expiry=signed)
    talk.write(framed(expiration=0xFFFFFFFF))
    assert talk.notifications[0].expiration == expiration


@pytest.mark.parametrize("how", ["graceful", "no-close-notify", "reset", "lost"])
def test_a_provider_that_leaves_is_let_go_at_once(how: Left) -> None:
    talk = Conversation()
    talk.write(framed())
    assert talk.leave(how) == [*goodbye(how), Close()]
    assert talk.connection.finished
    closed = talk.end
    assert (closed.by, closed.how, closed.reason) == ("provider", how, "ended")


def test_after_an_error_the_server_pauses_shuts_its_side_lingers_and_closes() -> None:
    talk = Conversation()
    [sent] = talk.write(framed(7, token=b""), now=10)
    assert sent == Send(bytes.fromhex("0802 0000 0007"))
    assert talk.connection.deadline == pytest.approx(10 + PAUSE)
    assert talk.wake(10 + PAUSE) == [ShutWrite(close_notify=True)]
    assert not talk.connection.finished
    assert talk.connection.deadline == pytest.approx(10 + PAUSE + GRACE)
    assert talk.wake(10 + PAUSE + GRACE) == [Close()]
    assert talk.connection.finished
    closed = talk.end
    assert (closed.by, closed.how, closed.reason) == ("server", "graceful", "error")


def test_the_pause_before_the_close_is_the_one_that_real_clients_need() -> None:
    assert PAUSE == 0.15


def test_reading_and_recording_go_on_in_the_pause_and_after_the_close() -> None:
    talk = Conversation()
    talk.write(framed(1, token=b""))
    assert talk.write(framed(2), now=0.1) == []
    assert talk.connection.deadline == pytest.approx(PAUSE)
    talk.wake(PAUSE)
    assert talk.write(framed(3), now=1.0) == []
    assert talk.connection.deadline == pytest.approx(PAUSE + GRACE)
    assert talk.outcomes == ["rejected", "discarded", "discarded"]


@pytest.mark.parametrize("woken", [0, 1], ids=["in the pause", "while lingering"])
def test_a_provider_that_leaves_after_the_answer_ends_the_grace(woken: int) -> None:
    talk = Conversation()
    talk.write(framed(1, token=b""))
    said = [action for _ in range(woken) for action in talk.wake(PAUSE)]
    said += talk.leave(now=0.2)
    assert said == [ShutWrite(close_notify=True), Close()]
    closed = talk.end
    assert (closed.by, closed.how, closed.reason) == ("server", "graceful", "error")


def test_an_answer_is_given_only_once() -> None:
    talk = Conversation()
    talk.write(framed(1, token=b""))
    later: list[Action] = talk.write(framed(2, token=b""), raw_frame(b"\x09"), simple(b""))
    later += talk.wake(PAUSE) + talk.wake(PAUSE + GRACE)
    assert later == [ShutWrite(close_notify=True), Close()]
    assert talk.response.identifier == 1


def test_a_server_that_stops_says_goodbye_to_an_open_connection() -> None:
    talk = Conversation()
    talk.write(framed())
    assert talk.stop() == [ShutWrite(close_notify=True), Close()]
    closed = talk.end
    assert (closed.by, closed.how, closed.reason) == ("server", "graceful", "stopped")


def test_a_server_that_stops_waits_for_no_delay() -> None:
    talk = Conversation(error_delay="1h")
    talk.write(framed(1, token=b""))
    assert talk.stop() == [ShutWrite(close_notify=True), Close()]
    assert talk.end.reason == "stopped"


def test_a_server_that_stops_after_an_answer_keeps_the_reason() -> None:
    talk = Conversation()
    talk.write(framed(1, token=b""))
    assert talk.stop() == [Close()]
    assert talk.end.reason == "error"


def test_the_closing_entry_counts_every_frame_once() -> None:
    talk = Conversation()
    good = [framed(number, numbered(number)) for number in range(3)]
    talk.write(*good, framed(9, token=b""), framed(10), raw_frame(b"\x09"), framed(11)[:20])
    talk.leave()
    closed = talk.end
    assert closed.received == 6
    assert (closed.accepted, closed.rejected, closed.discarded, closed.malformed) == (3, 1, 1, 1)
    assert closed.unread_bytes == 20


def test_how_long_it_pauses_and_lingers_are_settings() -> None:
    talk = Conversation(close_pause="20ms", close_grace="5s")
    talk.write(framed(7, token=b""))
    assert talk.connection.deadline == pytest.approx(0.02)
    talk.wake(0.02)
    assert talk.connection.deadline == pytest.approx(5.02)
