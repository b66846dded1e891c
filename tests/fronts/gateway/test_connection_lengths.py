"""Wrong lengths: what is said in the ledger, and of which frame."""

from __future__ import annotations

import pytest

from fakeapns.ledger.words import describe
from fakeapns.scenario.faults import Drop, Stall
from fakeapns.scenario.steps import On, Step

from ...frames import TOKEN, enhanced, framed, simple
from .conversation import Conversation

CONTENT = '{"aps":{"alert":"Grüße"}}'.encode()


def counted_in_characters(identifier: int = 1) -> bytes:
    """A frame of command 1 whose payload's length is that of its text."""
    frame = enhanced(identifier, payload=CONTENT)
    return frame.replace(
        len(CONTENT).to_bytes(2, "big"), len(CONTENT.decode()).to_bytes(2, "big"), 1
    )


def test_the_frame_before_is_named_when_a_payload_ended_inside_its_json() -> None:
    it = Conversation()
    it.write(framed(1) + counted_in_characters(2) + framed(3))
    accepted, truncated = it.notifications
    assert accepted.warnings == ()
    assert "truncated, it ends inside its JSON" in truncated.warnings[0]
    assert it.malformed[0].reason == (
        "command byte 0x7d is unknown; frame 2 before it is probably at fault: the payload's "
        "length is 25, and its JSON has 27 bytes: characters were counted instead of bytes"
    )
    it.leave()
    assert str(it.end.detail).startswith("nothing is read behind frame 3: command byte 0x7d")
    assert "characters were counted" in describe(it.end)


@pytest.mark.parametrize("command", [0, 1])
def test_a_frame_that_waits_for_8192_bytes_says_so_and_why(command: int) -> None:
    it = Conversation()
    frame = simple() if command == 0 else enhanced()
    it.write(frame.replace(b"\0\x20" + TOKEN, b"\x20\0" + TOKEN))
    said = it.connection.pending.waits
    assert said == (
        f"{len(frame)} of {8195 + 8 * command:,} bytes of a frame have come; the token's length is "
        "8,192, and 32 bytes stand there: that is 32 with its bytes in the wrong order"
    )
    it.leave()
    assert (it.end.unread_bytes, it.end.detail) == (len(frame), said)


def test_a_token_that_swallowed_what_came_behind_is_refused_with_the_guess() -> None:
    it = Conversation()
    wrong = enhanced().replace(b"\0\x20" + TOKEN, b"\x20\0" + TOKEN)
    it.write(wrong + framed(2) * 200)
    assert it.notifications[0].status == "invalid-token-size"
    assert "that is 32 with its bytes in the wrong order" in str(it.notifications[0].reason)


def test_a_payload_that_swallowed_what_came_behind_is_refused_with_the_guess() -> None:
    it = Conversation()
    wrong = enhanced(payload=CONTENT).replace(b"\0\x1b", b"\x1b\0")
    it.write(wrong + enhanced(2) * 200)
    assert it.notifications[0].status == "invalid-payload-size"
    assert "that is 27 with its bytes in the wrong order" in str(it.notifications[0].reason)


def test_what_comes_right_behind_a_frame_that_took_too_much_is_not_to_blame() -> None:
    it = Conversation()
    # One byte too many: the next one begins at its second, and looks like an empty command 0.
    frame = enhanced(1, payload=CONTENT).replace(b"\0\x1b{", b"\0\x1c{")
    it.write(frame + enhanced(0))
    [refused] = [each for each in it.notifications if each.outcome == "rejected"]
    assert refused.ordinal == 2
    assert "frame 1 before it is probably at fault: the payload's length is 28" in str(
        refused.reason
    )


def test_an_honest_size_has_no_guess_beside_it() -> None:
    it = Conversation(payload_limit=10)
    it.write(enhanced(1, payload=CONTENT))
    assert it.notifications[0].reason == "the payload has 27 bytes, and payload_limit is 10"


def test_a_frame_that_is_only_not_complete_is_not_suspected() -> None:
    it = Conversation()
    it.write(framed(1) + enhanced(2)[:30])
    it.leave()
    assert it.end.detail == "30 of 43 bytes of a frame have come"


def test_nothing_left_unread_needs_no_words() -> None:
    it = Conversation()
    it.write(framed(1))
    assert it.connection.pending.waits is None
    it.leave()
    assert it.end.detail is None


def test_what_a_fault_has_left_unread_is_said_to_be_its_doing() -> None:
    it = Conversation(Step(Drop(after_bytes=10), On(notification=1)))
    it.write(framed(1)[:10])
    it.stop()
    assert it.end.detail == "a fault cut the connection inside a frame"
    it = Conversation()
    it.inject(Stall("1h"), times=1)
    it.write(framed(1), framed(2))
    assert it.connection.pending.waits == "a fault kept it from reading what had come"


def test_the_bytes_of_a_malformed_frame_show_what_is_wrong_with_it() -> None:
    it = Conversation()
    frame = framed(1, payload=b" " * 400)
    it.write(frame[:3] + (len(frame) - 5 + 4).to_bytes(2, "big") + frame[5:] + b"\x09\0\1x")
    [malformed] = it.malformed
    shown = bytes.fromhex(malformed.bytes_hex)
    assert malformed.reason == "item id 9 is unknown"
    assert malformed.bytes_at == len(frame) - 16
    assert shown[16:] == b"\x09\0\1x"
