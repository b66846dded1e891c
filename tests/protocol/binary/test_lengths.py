"""Lengths that were written wrong, as they are told from what stands in the frame."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.protocol import NEED_DATA, FrameMalformed, GatewayParser
from fakeapns.protocol.binary.lengths import wrong_length

from ...frames import PAYLOAD, TOKEN, enhanced, framed, simple

TEXT = '{"aps":{"alert":"Grüße 🍵"}}'
CONTENT = TEXT.encode()
CHARACTERS = len(TEXT)
UNITS = len(TEXT.encode("utf-16-le")) // 2
TURNED = "with its bytes in the wrong order"
COUNTED = "characters were counted instead of bytes"


def plain(
    command: int,
    token_length: int | bytes = 32,
    payload_length: int | bytes | None = None,
    token: bytes = TOKEN,
    payload: bytes = PAYLOAD,
) -> bytes:
    """A frame of command 0 or 1 with whatever lengths."""
    head = b"\0" if command == 0 else pack(">BII", 1, 42, 0)
    size = len(payload) if payload_length is None else payload_length
    return head + _u16(token_length) + token + _u16(size) + payload


def items(
    length: int | bytes | None = None,
    token_length: int | bytes = 32,
    payload_length: int | bytes | None = None,
    payload: bytes = PAYLOAD,
    behind: bytes = b"\x03\0\4\0\0\0\x2a\x05\0\1\x0a",
) -> bytes:
    """A frame of command 2 with whatever lengths."""
    size = len(payload) if payload_length is None else payload_length
    body = b"\1" + _u16(token_length) + TOKEN + b"\2" + _u16(size) + payload + behind
    return b"\2" + (length if isinstance(length, bytes) else pack(">I", length or len(body))) + body


def _u16(length: int | bytes) -> bytes:
    return length if isinstance(length, bytes) else pack(">H", length)


def said(wire: bytes, then: bytes = b"") -> tuple[str | None, str | None]:
    """What is told once nothing more can be read: of the latest frame, and of the one before."""
    parser = GatewayParser()
    parser.receive_data(wire + then)
    found: tuple[str | None, str | None] = None, None
    while (event := parser.next_event()) is not NEED_DATA:
        found = parser.odd_lengths()
        if isinstance(event, FrameMalformed):
            return found
    waits = parser.waits_for()
    return found if waits is None else waits[2]


LITTLE = pack("<H", 32)
plain_commands = pytest.mark.parametrize("command", [0, 1])


@plain_commands
@pytest.mark.parametrize("then", [b"", simple(), enhanced(), framed()])
@pytest.mark.parametrize("count", [CHARACTERS, UNITS])
def test_characters_counted_in_a_payload(command: int, then: bytes, count: int) -> None:
    own, earlier = said(plain(command, payload_length=count, payload=CONTENT), then)
    assert own is None
    assert (
        earlier
        == f"the payload's length is {count}, and its JSON has {len(CONTENT)} bytes: " + (COUNTED)
    )


@plain_commands
def test_any_other_length_that_ends_inside_the_json(command: int) -> None:
    _, earlier = said(plain(command, payload_length=5))
    assert earlier == "the payload's length is 5, and its JSON has 22 bytes"


@plain_commands
def test_a_payload_that_takes_in_the_next_frame(command: int) -> None:
    wire = plain(command, payload_length=25) + enhanced() + enhanced()
    assert wrong_length(wire, 0, len(plain(command)) + 3) == (
        "the payload's length is 25, and its JSON has 22 bytes"
    )


@plain_commands
@pytest.mark.parametrize("behind", [b"\0", b"\n", b" \r\n"])
def test_what_was_counted_with_good_reason_is_not_odd(command: int, behind: bytes) -> None:
    wire = plain(command, payload=PAYLOAD + behind)
    assert wrong_length(wire, 0, len(wire)) is None


@plain_commands
@pytest.mark.parametrize("then", [b"", enhanced() * 200])
def test_a_token_length_in_the_order_of_the_machine(command: int, then: bytes) -> None:
    own, earlier = said(plain(command, LITTLE, pack("<H", 22)), then)
    assert f"the token's length is 8,192, and 32 bytes stand there: that is 32 {TURNED}" in (
        own,
        earlier,
    )


@plain_commands
@pytest.mark.parametrize("then", [b"", enhanced() * 100])
def test_a_payload_length_in_the_order_of_the_machine(command: int, then: bytes) -> None:
    own, earlier = said(plain(command, payload_length=pack("<H", 22)), then)
    assert f"the payload's length is 5,632, and its JSON has 22 bytes: that is 22 {TURNED}" in (
        own,
        earlier,
    )


@plain_commands
def test_the_digits_of_a_token_counted(command: int) -> None:
    wire = plain(command, 64)
    assert wrong_length(wire, 0, len(wire)) == (
        "the token's length is 64, and 32 bytes stand there: its digits were counted"
    )
    wire = plain(command, 32, token=TOKEN.hex().encode())
    assert wrong_length(wire, 0, len(wire)) == "the token's length is 32, and 64 bytes stand there"


# ---- command 2 --------------------------------------------------------------------------------


@pytest.mark.parametrize("then", [b"", simple(), enhanced(), framed()])
def test_a_frame_length_in_the_order_of_the_machine(then: bytes) -> None:
    real = len(items()) - 5
    own, _ = said(items(pack("<I", real)), then)
    assert own is not None
    assert own.endswith(f"and its items have {real} bytes: that is {real} {TURNED}")


@pytest.mark.parametrize("then", [b"", simple(), enhanced(), framed()])
def test_characters_counted_in_a_frame(then: bytes) -> None:
    real = len(items(payload=CONTENT)) - 5
    length = real - len(CONTENT) + CHARACTERS
    own, _ = said(items(length, payload=CONTENT), then)
    assert own == f"the frame's length is {length}, and its items have {real} bytes: {COUNTED}"


def test_a_frame_length_with_its_head_counted() -> None:
    own, _ = said(items(len(items())), framed())
    real = len(items()) - 5
    assert own == f"the frame's length is {real + 5}, and its items have {real} bytes"


@pytest.mark.parametrize("behind", [b"", b"\x03\0\4\0\0\0\x2a"])
def test_characters_counted_in_an_item(behind: bytes) -> None:
    own, earlier = said(items(payload=CONTENT, payload_length=CHARACTERS, behind=behind))
    assert own == (
        f"the payload's length is {CHARACTERS}, and its JSON has {len(CONTENT)} bytes: {COUNTED}"
    )
    assert earlier is None


def test_characters_counted_in_frame_and_item() -> None:
    real = len(items(payload=CONTENT, behind=b"")) - 5
    length = real - len(CONTENT) + CHARACTERS
    wire = items(length, payload=CONTENT, payload_length=CHARACTERS, behind=b"")
    for own, earlier in (said(wire), said(wire, framed())):
        assert own is None
        assert earlier is not None
        assert COUNTED in earlier


def test_item_lengths_in_the_order_of_the_machine() -> None:
    own, _ = said(items(token_length=LITTLE), framed() * 200)
    assert own == f"the length of item 1 is 8,192: that is 32 {TURNED}"
    own, _ = said(items(payload_length=pack("<H", 22)), framed() * 200)
    assert own == f"the payload's length is 5,632, and its JSON has 22 bytes: that is 22 {TURNED}"


# ---- what is not odd --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wire",
    [
        simple(),
        enhanced(),
        framed(),
        framed(order=(3, 1, 2)),
        simple(b"", b""),
        framed(None, b"", b""),
        simple(payload=b"no json"),
        framed(payload=b"{"),
        enhanced(payload=b"{" * 3000 + b"}" * 3000),
        framed(payload=b"{x}"),
        items(behind=b"\x01\0\2ab"),
        items(behind=b"\x06\0\2ab"),
        items(behind=b"\x02\1\0ab"),
        b"\x07",
    ],
)
@pytest.mark.parametrize("then", [b"", simple(), enhanced(), framed(), b"\x02", b"\x01\0"])
def test_nothing_is_said_of_a_frame_whose_lengths_are_right(wire: bytes, then: bytes) -> None:
    assert wrong_length(wire + then, 0, len(wire)) is None


@pytest.mark.parametrize("head", [b"\x02\0\0", b"\x01\0\0\0\0", b"\0\0", b"\0"])
def test_nothing_is_said_of_a_frame_that_has_just_begun(head: bytes) -> None:
    assert wrong_length(head, 0, len(head)) is None


def test_an_object_with_no_length_before_it_tells_nothing() -> None:
    wire = plain(1, 64, payload=b'no {"a":1}')
    assert wrong_length(wire, 0, len(wire)) is None


@given(st.binary(min_size=1, max_size=90), st.integers(1, 90))
def test_no_bytes_make_it_raise(wire: bytes, end: int) -> None:
    for command in (b"\0", b"\1", b"\2", b""):
        wrong_length(command + wire, 0, min(end, len(command + wire)))


# ---- what a parser tells ----------------------------------------------------------------------


def test_nothing_is_told_before_anything_has_come() -> None:
    parser = GatewayParser()
    assert parser.odd_lengths() == (None, None)
    assert parser.waits_for() is None


def test_a_frame_that_waits_says_for_how_much() -> None:
    parser = GatewayParser()
    wire = plain(0, LITTLE)
    for piece in (wire[:20], wire[20:]):
        parser.receive_data(piece)
        assert parser.next_event() is NEED_DATA
    there, needed, (own, _) = parser.waits_for() or (0, 0, (None, None))
    assert (there, needed) == (len(wire), 8195)
    assert own is not None
    assert parser.unread == len(wire)


def test_the_frame_before_is_known_over_several_reads() -> None:
    parser = GatewayParser()
    wrong = plain(1, payload_length=CHARACTERS, payload=CONTENT)
    for piece in (framed(), wrong[:-6], wrong[-6:]):
        parser.receive_data(piece)
        events = list(iter(parser.next_event, NEED_DATA))
    assert isinstance(events[-1], FrameMalformed)
    assert COUNTED in str(parser.odd_lengths()[1])


def test_the_frame_before_is_known_where_it_was_put_back_once() -> None:
    parser = GatewayParser()
    wrong = plain(1, payload_length=CHARACTERS, payload=CONTENT)
    parser.receive_data(enhanced(7) + wrong[:-2])
    frames = parser.next_frames()
    assert frames is not None
    parser.put_back(frames[1:])
    parser.receive_data(wrong[-2:])
    # For that all that came is joined, and stands elsewhere.
    assert parser.begun()
    assert parser.next_frames() is not None
    assert isinstance(parser.next_event(), FrameMalformed)
    assert COUNTED in str(parser.odd_lengths()[1])


def test_a_row_tells_of_its_frames() -> None:
    parser = GatewayParser()
    parser.receive_data(plain(1) + plain(1, payload_length=25) + enhanced(7) * 3)
    frames = parser.next_frames()
    assert frames is not None
    assert frames.odd_lengths(0) == (None, None)
    assert frames.odd_lengths(1) == (
        "the payload's length is 25, and its JSON has 22 bytes",
        None,
    )
    parser.put_back(frames[1:])
    assert parser.odd_lengths() == (None, None)


def test_what_is_wrong_far_behind_the_beginning_is_shown_with_what_is_before_it() -> None:
    parser = GatewayParser()
    wire = items(payload=b" " * 400, behind=b"\x03\0\x09" + b"123456789")
    parser.receive_data(wire)
    event = parser.next_event()
    assert isinstance(event, FrameMalformed)
    place = wire.index(b"\x03\0\x09")
    assert (event.at, event.data) == (place - 16, wire[place - 16 :])
