"""Which error a frame gets, whom it names, and what becomes of everything behind it."""

from __future__ import annotations

import pytest

from fakeapns.fronts.actions import ShutWrite
from fakeapns.protocol import ErrorPacket, Status
from fakeapns.scenario.settings_keywords import SettingsKeywords

from ...frames import PAYLOAD, TOKEN, TOPIC, enhanced, framed, raw_frame, simple
from .conversation import Conversation, packet

LATE_IDENTIFIER = (1, 2, 4, 5, 3)


@pytest.mark.parametrize(
    ("topics", "settings", "frame", "status"),
    [
        ((TOPIC,), {"strict_payload": True}, framed(7, payload=b"{}"), Status.PROCESSING_ERROR),
        ((TOPIC,), {}, framed(7, token=b""), Status.MISSING_TOKEN),
        ((TOPIC,), {}, framed(7, token=None), Status.MISSING_TOKEN),
        ((), {}, framed(7), Status.MISSING_TOPIC),
        (("",), {}, framed(7), Status.MISSING_TOPIC),
        ((" \t\N{NO-BREAK SPACE}",), {}, framed(7), Status.MISSING_TOPIC),
        ((TOPIC,), {}, framed(7, payload=b""), Status.MISSING_PAYLOAD),
        ((TOPIC,), {}, framed(7, payload=None), Status.MISSING_PAYLOAD),
        ((TOPIC,), {}, framed(7, token=bytes(101)), Status.INVALID_TOKEN_SIZE),
        ((TOPIC,), {"token_sizes": 32}, framed(7, token=bytes(31)), Status.INVALID_TOKEN_SIZE),
        (("x" * 256,), {}, framed(7), Status.INVALID_TOPIC_SIZE),
        ((TOPIC,), {}, framed(7, payload=b"x" * 2049), Status.INVALID_PAYLOAD_SIZE),
        ((TOPIC,), {"payload_limit": 21}, enhanced(7), Status.INVALID_PAYLOAD_SIZE),
        ((TOPIC,), {"tokens": "registered"}, enhanced(7), Status.INVALID_TOKEN),
    ],
)
def test_each_status_can_be_reached(
    topics: tuple[str, ...], settings: SettingsKeywords, frame: bytes, status: Status
) -> None:
    talk = Conversation(topics=topics, **settings)
    assert packet(talk.write(frame)) == ErrorPacket(status, 7)
    [refused] = talk.notifications
    assert (refused.outcome, refused.status) == ("rejected", status.label)
    response = talk.response
    assert (response.status, response.code, response.identifier) == (status.label, status, 7)
    assert response.bytes_hex == f"08{status:02x}00000007"


@pytest.mark.parametrize(
    ("topics", "token", "payload", "status"),
    [
        ((), b"", b"", Status.MISSING_TOPIC),
        (("x" * 256,), b"", b"", Status.INVALID_TOPIC_SIZE),
        ((TOPIC,), b"", b"", Status.MISSING_TOKEN),
        ((TOPIC,), bytes(101), b"", Status.INVALID_TOKEN_SIZE),
        ((TOPIC,), TOKEN, b"", Status.MISSING_PAYLOAD),
        ((TOPIC,), TOKEN, b"x" * 2049, Status.INVALID_PAYLOAD_SIZE),
        ((TOPIC,), TOKEN, b"x", Status.PROCESSING_ERROR),
        ((TOPIC,), TOKEN, PAYLOAD, Status.INVALID_TOKEN),
    ],
)
def test_of_several_mistakes_the_first_in_the_order_of_checks_is_answered(
    topics: tuple[str, ...], token: bytes, payload: bytes, status: Status
) -> None:
    talk = Conversation(topics=topics, tokens="registered", strict_payload=True)
    assert packet(talk.write(framed(1, token, payload))).status == status


def test_a_token_of_another_app_is_wrong_even_where_any_token_will_do() -> None:
    talk = Conversation(tokens="any")
    talk.devices.add("com.example.other", TOKEN)
    assert packet(talk.write(framed(5))) == ErrorPacket(Status.INVALID_TOKEN, 5)


def test_a_token_of_any_topic_in_a_universal_certificate_is_right() -> None:
    talk = Conversation(topics=(TOPIC, f"{TOPIC}.voip"), tokens="registered")
    talk.devices.add(f"{TOPIC}.voip", TOKEN)
    talk.write(framed())
    assert talk.outcomes == ["accepted"]
    assert talk.notifications[0].topic == f"{TOPIC}.voip"


def test_an_absent_identifier_is_null_in_the_ledger_and_zero_on_the_wire() -> None:
    talk = Conversation()
    assert packet(talk.write(framed(None, token=b""))) == ErrorPacket(Status.MISSING_TOKEN, 0)
    assert talk.notifications[0].identifier is None


def test_an_identifier_is_echoed_byte_for_byte() -> None:
    talk = Conversation()
    assert packet(talk.write(enhanced(0xFFFEFDFC, token=b""))).identifier == 0xFFFEFDFC


def test_an_identifier_behind_all_other_items_is_echoed_too() -> None:
    talk = Conversation()
    wrong = framed(42, b"", expiration=1, priority=5, order=LATE_IDENTIFIER)
    assert packet(talk.write(wrong)).identifier == 42


def test_one_quirk_forgets_the_identifier_of_an_empty_token_only() -> None:
    talk = Conversation(zero_identifier_for_empty_token=True)
    assert packet(talk.write(framed(42, token=b""))) == ErrorPacket(Status.MISSING_TOKEN, 0)
    assert talk.notifications[0].identifier == 42
    other = Conversation(zero_identifier_for_empty_token=True)
    assert packet(other.write(framed(42, payload=b""))).identifier == 42


# ---- what does not parse --------------------------------------------------------------


def test_a_frame_that_does_not_parse_gets_128_and_is_recorded_as_malformed() -> None:
    talk = Conversation()
    assert packet(talk.write(raw_frame(b"\x09\x00\x00"))) == ErrorPacket(Status.PROTOCOL_ERROR, 0)
    [malformed] = talk.malformed
    assert (malformed.ordinal, malformed.command, malformed.identifier) == (1, 2, None)
    assert (malformed.status, malformed.outcome) == ("protocol-error", "rejected")
    assert malformed.bytes_hex == "0200000003090000"
    assert talk.notifications == []


def test_128_names_the_identifier_if_the_walk_over_the_items_reached_it() -> None:
    reached = Conversation()
    broken = framed(42, priority=5, order=LATE_IDENTIFIER).replace(b"\x05\x00\x01\x05", b"\5\0\1\7")
    assert packet(reached.write(broken)) == ErrorPacket(Status.PROTOCOL_ERROR, 42)
    assert reached.malformed[0].identifier == 42
    missed = Conversation()
    overlong = b"\x01\x00\xff" + TOKEN + b"\x03\x00\x04\x00\x00\x00\x2a"
    assert packet(missed.write(raw_frame(overlong))) == ErrorPacket(Status.PROTOCOL_ERROR, 0)


def test_behind_128_framing_goes_on() -> None:
    talk = Conversation()
    talk.write(framed(1), raw_frame(b"\x09"), framed(2), framed(3)[:-1])
    assert talk.outcomes == ["accepted", "discarded"]
    talk.leave()
    assert talk.end.unread_bytes == len(framed(3)) - 1


def test_behind_an_unbelievable_length_everything_is_unread() -> None:
    talk = Conversation()
    behind = framed(2)
    huge = b"\x02" + (65_536).to_bytes(4, "big")
    assert packet(talk.write(huge, behind)) == ErrorPacket(Status.PROTOCOL_ERROR, 0)
    assert talk.notifications == []
    talk.leave()
    assert talk.end.unread_bytes == len(behind)


def test_the_longest_believable_length_is_a_setting() -> None:
    talk = Conversation(max_frame=100)
    assert talk.write(raw_frame(bytes(100))[:-1]) == []
    talk = Conversation(max_frame=100)
    assert packet(talk.write(raw_frame(bytes(101))[:5])).status == Status.PROTOCOL_ERROR


def test_an_unknown_command_byte_closes_without_a_word_and_leaves_the_rest_unread() -> None:
    talk = Conversation()
    behind = framed(2)
    assert talk.write(framed(1), b"\x47", behind) == [ShutWrite(close_notify=True)]
    [malformed] = talk.malformed
    assert (malformed.command, malformed.status, malformed.outcome) == (0x47, None, "rejected")
    talk.leave()
    closed = talk.end
    assert (closed.reason, closed.unread_bytes) == ("silent-error", len(behind))
    assert (closed.received, closed.accepted, closed.malformed) == (2, 1, 1)


def test_a_command_0_frame_that_is_too_long_closes_without_a_word() -> None:
    talk = Conversation(max_frame=100)
    assert talk.write(simple(payload=bytes(101))) == [ShutWrite(close_notify=True)]
    assert [(each.command, each.status) for each in talk.malformed] == [(0, None)]


def test_a_setting_makes_every_parse_error_silent() -> None:
    talk = Conversation(silent_parse_errors=True)
    assert talk.write(raw_frame(b"\x09")) == [ShutWrite(close_notify=True)]
    assert talk.malformed[0].status is None
    talk.leave()
    assert talk.end.reason == "silent-error"


def test_silent_parse_errors_leave_other_errors_their_packet() -> None:
    talk = Conversation(silent_parse_errors=True)
    assert packet(talk.write(framed(3, token=b""))).identifier == 3


# ---- command 0 and what comes behind ---------------------------------------------------


def test_a_command_0_error_closes_without_a_packet() -> None:
    talk = Conversation()
    assert talk.write(simple(token=b"")) == [ShutWrite(close_notify=True)]
    [refused] = talk.notifications
    assert (refused.outcome, refused.status) == ("rejected", "missing-token")
    talk.leave()
    assert talk.end.reason == "silent-error"


def test_an_error_of_a_later_command_is_answered_after_command_0() -> None:
    talk = Conversation()
    assert packet(talk.write(simple(), enhanced(9, token=b""))).identifier == 9


def test_what_comes_behind_an_error_is_discarded_behind_its_cause() -> None:
    talk = Conversation()
    talk.write(framed(1), framed(2), framed(3, token=b""), framed(4), enhanced(5), simple())
    assert talk.outcomes == ["accepted", "accepted", "rejected", *["discarded"] * 3]
    cause = talk.notifications[2]
    for each in talk.notifications[3:]:
        assert (each.behind, each.cause, each.status) == (3, cause.seq, None)


def test_what_comes_behind_a_malformed_frame_names_that_entry() -> None:
    talk = Conversation()
    talk.write(framed(1), raw_frame(b"\x09"), framed(2))
    [malformed] = talk.malformed
    assert (talk.notifications[1].behind, talk.notifications[1].cause) == (2, malformed.seq)


def test_a_malformed_frame_behind_an_error_is_discarded_without_a_status() -> None:
    talk = Conversation()
    talk.write(framed(1, token=b""), raw_frame(b"\x09"), b"\x47")
    assert [(each.outcome, each.status) for each in talk.malformed] == [("discarded", None)] * 2


def test_a_discarded_notification_is_described_but_not_judged() -> None:
    talk = Conversation()
    device = talk.devices.add(TOPIC, TOKEN, "uninstalled")
    talk.write(framed(1, token=b""), framed(2, payload=b"oops"))
    discarded = talk.notifications[1]
    assert (discarded.topic, discarded.status) == (TOPIC, None)
    assert discarded.warnings
    assert talk.devices.feedback([device.topic]) == []
