"""What is no notification: said in words, with the identifier to echo, never raised."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from fakeapns.protocol import FrameMalformed, GatewayParser, NotificationReceived

from ...frames import PAYLOAD, TOKEN, enhanced, framed, raw_frame, simple
from .cases import OVERLONG_ITEM, events_of, single_bytes

TOKEN_ITEM = b"\x01\x00\x20" + TOKEN
PAYLOAD_ITEM = b"\x02\x00\x16" + PAYLOAD
IDENTIFIER_ITEM = b"\x03\x00\x04\x00\x00\x00\x2a"


class Malformed(NamedTuple):
    """A frame of command 2 whose length is right, and what is wrong inside."""

    name: str
    body: bytes
    reason: str
    identifier: int | None = 42


FRAMED = [
    Malformed("unknown-item", IDENTIFIER_ITEM + b"\x06\x00\x01x", "item id 6 is unknown"),
    Malformed("item-0", IDENTIFIER_ITEM + b"\x00\x00\x00", "item id 0 is unknown"),
    Malformed("item-255", IDENTIFIER_ITEM + b"\xff\x00\x00", "item id 255 is unknown"),
    Malformed("token-twice", IDENTIFIER_ITEM + TOKEN_ITEM * 2, "item 1 appears twice"),
    Malformed("payload-twice", IDENTIFIER_ITEM + PAYLOAD_ITEM * 2, "item 2 appears twice"),
    Malformed(
        "identifier-twice",
        IDENTIFIER_ITEM + b"\x03\x00\x04\x00\x00\x00\x07",
        "item 3 appears twice",
    ),
    Malformed(
        "expiration-twice", IDENTIFIER_ITEM + b"\x04\x00\x04time" * 2, "item 4 appears twice"
    ),
    Malformed("priority-twice", IDENTIFIER_ITEM + b"\x05\x00\x01\x0a" * 2, "item 5 appears twice"),
    Malformed("one-byte-left-over", IDENTIFIER_ITEM + b"\x01", "1 bytes are left over"),
    Malformed("two-bytes-left-over", IDENTIFIER_ITEM + b"\x01\x00", "2 bytes are left over"),
    Malformed(
        "item-past-the-end", IDENTIFIER_ITEM + b"\x01\x00\x20abc", "announces 32 bytes and 3 are"
    ),
    Malformed("short-identifier", b"\x03\x00\x03abc", "item 3 has 3 bytes instead of 4", None),
    Malformed("long-identifier", b"\x03\x00\x05abcde", "item 3 has 5 bytes instead of 4", None),
    Malformed("empty-identifier", b"\x03\x00\x00", "item 3 has 0 bytes instead of 4", None),
    Malformed("short-expiration", IDENTIFIER_ITEM + b"\x04\x00\x03abc", "item 4 has 3 bytes"),
    Malformed("long-expiration", IDENTIFIER_ITEM + b"\x04\x00\x08abcdefgh", "item 4 has 8 bytes"),
    Malformed("empty-priority", IDENTIFIER_ITEM + b"\x05\x00\x00", "item 5 has 0 bytes"),
    Malformed("long-priority", IDENTIFIER_ITEM + b"\x05\x00\x04\0\0\0\x0a", "item 5 has 4 bytes"),
    Malformed("priority-0", IDENTIFIER_ITEM + b"\x05\x00\x01\x00", "priority 0 is neither"),
    Malformed("priority-1", IDENTIFIER_ITEM + b"\x05\x00\x01\x01", "priority 1 is neither"),
    # The identifier is that of the whole frame, wherever it stands.
    Malformed(
        "identifier-behind-the-mistake",
        b"\x06\x00\x00" + IDENTIFIER_ITEM,
        "item id 6 is unknown",
    ),
    Malformed(
        "identifier-behind-its-own-mistake",
        b"\x03\x00\x01x" + IDENTIFIER_ITEM,
        "item 3 has 1 bytes instead of 4",
    ),
    Malformed(
        "identifier-out-of-reach",
        b"\x01\x00\xff" + IDENTIFIER_ITEM,
        "item 1 announces 255 bytes and 7 are left",
        None,
    ),
    Malformed(
        "first-of-two-mistakes", IDENTIFIER_ITEM + b"\x07\x00\x00\x01\x00", "item id 7 is unknown"
    ),
    Malformed(
        "first-of-two-mistakes-past-the-end",
        IDENTIFIER_ITEM + b"\x07\x00\x00\x01\x00\x09",
        "item id 7 is unknown",
    ),
]

each_framed = pytest.mark.parametrize("case", FRAMED, ids=lambda case: case.name)


@each_framed
def test_a_frame_that_cannot_be_parsed_says_what_was_wrong(case: Malformed) -> None:
    wire = raw_frame(case.body)
    [event] = events_of([wire])
    assert isinstance(event, FrameMalformed)
    assert (event.command, event.identifier, event.framed) == (2, case.identifier, True)
    assert case.reason in event.reason
    assert event.data == wire[:64]


@each_framed
def test_it_is_the_same_byte_by_byte(case: Malformed) -> None:
    wire = raw_frame(case.body)
    assert events_of(single_bytes(wire)) == events_of([wire])


@each_framed
def test_framing_goes_on_behind_it(case: Malformed) -> None:
    parser = GatewayParser()
    events = events_of([raw_frame(case.body) + framed(7) + b"\x01"], parser)
    assert isinstance(events[0], FrameMalformed)
    assert events[1:] == [NotificationReceived(2, TOKEN, PAYLOAD, identifier=7)]
    assert parser.unread == 1


def test_the_item_that_go_libapns_writes_too_long_is_no_notification() -> None:
    for chunks in ([OVERLONG_ITEM], single_bytes(OVERLONG_ITEM), [OVERLONG_ITEM + b"\x02"]):
        assert events_of(chunks) == [
            FrameMalformed(
                command=2,
                identifier=42,
                reason="item 5 announces 4 bytes and 1 are left",
                # Four bytes are wrong, at the end of 83: those before them show which they are.
                data=OVERLONG_ITEM[63:],
                framed=True,
                at=63,
            )
        ]


@pytest.mark.parametrize("command", [3, 4, 8, 0x47, 0x16, 0x80, 0xFF])
def test_an_unknown_command_byte_ends_the_framing(command: int) -> None:
    wire = bytes([command]) + enhanced() * 2
    parser = GatewayParser()
    assert events_of([wire], parser) == [
        FrameMalformed(command, None, f"command byte 0x{command:02x} is unknown", wire[:64], False)
    ]
    assert parser.unread == len(wire) - 1
    assert events_of([enhanced()], parser) == []
    assert parser.unread == len(wire) - 1 + len(enhanced())


def test_an_unknown_command_byte_is_enough_by_itself() -> None:
    for before in (b"", enhanced()):
        parser = GatewayParser()
        events_of([before], parser)
        [event] = events_of([b"\x03"], parser)
        assert isinstance(event, FrameMalformed)
        assert parser.unread == 0


def test_frames_before_an_unknown_command_byte_still_count() -> None:
    events = events_of([enhanced(1) + framed(2) + b"GET / HTTP/1.1\r\n\r\n"])
    assert [event.identifier for event in events] == [1, 2, None]
    assert isinstance(events[2], FrameMalformed)
    assert events[2].data == b"GET / HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "limit", "what"),
    [
        ("02 00010000", None, "frame length 65536"),
        ("02 ffffffff", 65_535, "frame length 4294967295"),
        ("00 0101", 256, "token length 257"),
        ("00 0000 0101", 256, "payload length 257"),
        ("01 0000002a 00000000 0101", 256, "token length 257"),
        ("01 0000002a 00000000 0000 ffff", 256, "payload length 65535"),
    ],
)
def test_a_length_over_the_limit_is_refused_at_once_and_nothing_behind_it_is_read(
    head: str, limit: int | None, what: str
) -> None:
    wire = bytes.fromhex(head)
    for chunks in ([wire], single_bytes(wire)):
        parser = GatewayParser() if limit is None else GatewayParser(limit)
        assert events_of(chunks, parser) == [
            FrameMalformed(
                command=wire[0],
                # Command 1 has said its identifier by then; an item may still have come.
                identifier=42 if wire[0] == 1 else None,
                reason=f"{what} is over the limit of {limit or 65_535}",
                data=wire,
                framed=False,
            )
        ]
        assert parser.unread == 0
        assert events_of([enhanced()], parser) == []
        assert parser.unread == len(enhanced())


def test_behind_a_frame_over_a_lower_limit_framing_goes_on() -> None:
    # Up to 65,535 the end of the frame is believed; only its content is not waited for.
    head = bytes.fromhex("02 00000101")
    refused = FrameMalformed(2, None, "frame length 257 is over the limit of 256", head, True)
    parser = GatewayParser(256)
    assert events_of([head], parser) == [refused]
    assert parser.unread == 0
    for byte in bytes(256):
        assert events_of([bytes([byte])], parser) == []
        assert parser.unread == 0
    assert [event.command for event in events_of([b"\0" + enhanced() + simple()[:10]], parser)] == [
        1
    ]
    assert parser.unread == 10


def test_a_refused_frame_that_came_whole_is_skipped_whole() -> None:
    wire = bytes.fromhex("02 00000101") + bytes(257) + enhanced()
    for chunks in ([wire], single_bytes(wire)):
        first, second = events_of(chunks, GatewayParser(256))
        assert isinstance(first, FrameMalformed)
        assert isinstance(second, NotificationReceived)
