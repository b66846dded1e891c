"""What readers and writers are both held against: name, event, bytes.

Common values: token 00 01 … 1f, payload {"aps":{"alert":"Hi"}}, identifier 42, expiration
2020-01-01T00:00:00Z. The bytes were worked out apart from this code, by hand and by script.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fakeapns.protocol import (
    NEED_DATA,
    ErrorPacket,
    Event,
    FeedbackTuple,
    GatewayParser,
    NotificationReceived,
    Status,
    encode_enhanced,
    encode_framed,
    encode_simple,
)

from ...frames import PAYLOAD, TOKEN

ALL_ITEMS = (1, 2, 3, 4, 5)
NEW_YEAR_2020 = 1_577_836_800


class FrameCase(NamedTuple):
    """A notification and its frame. `order` is that of the items of command 2."""

    name: str
    event: NotificationReceived
    wire: bytes
    order: Sequence[int] = ALL_ITEMS


class ErrorCase(NamedTuple):
    """An error packet and its bytes."""

    name: str
    packet: ErrorPacket
    wire: bytes


SIMPLE = bytes.fromhex(
    """
    00 00 20 00 01 02 03 04 05 06 07 08 09 0a 0b 0c
    0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c
    1d 1e 1f 00 16 7b 22 61 70 73 22 3a 7b 22 61 6c
    65 72 74 22 3a 22 48 69 22 7d 7d
    """
)
ENHANCED = bytes.fromhex(
    """
    01 00 00 00 2a 5e 0b e1 00 00 20 00 01 02 03 04
    05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14
    15 16 17 18 19 1a 1b 1c 1d 1e 1f 00 16 7b 22 61
    70 73 22 3a 7b 22 61 6c 65 72 74 22 3a 22 48 69
    22 7d 7d
    """
)
FRAMED_FULL = bytes.fromhex(
    """
    02 00 00 00 4e 01 00 20 00 01 02 03 04 05 06 07
    08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17
    18 19 1a 1b 1c 1d 1e 1f 02 00 16 7b 22 61 70 73
    22 3a 7b 22 61 6c 65 72 74 22 3a 22 48 69 22 7d
    7d 03 00 04 00 00 00 2a 04 00 04 5e 0b e1 00 05
    00 01 0a
    """
)
FRAMED_REQUIRED = bytes.fromhex(
    """
    02 00 00 00 3c 01 00 20 00 01 02 03 04 05 06 07
    08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17
    18 19 1a 1b 1c 1d 1e 1f 02 00 16 7b 22 61 70 73
    22 3a 7b 22 61 6c 65 72 74 22 3a 22 48 69 22 7d
    7d
    """
)
FRAMED_PUSHY = bytes.fromhex(
    """
    02 00 00 00 4e 03 00 04 00 00 00 2a 01 00 20 00
    01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10
    11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 02
    00 16 7b 22 61 70 73 22 3a 7b 22 61 6c 65 72 74
    22 3a 22 48 69 22 7d 7d 04 00 04 00 00 00 00 05
    00 01 05
    """
)
FRAMED_EMPTY = bytes.fromhex("02 00 00 00 06 01 00 00 02 00 00")
#: As go-libapns writes it: item 5 announces four bytes and has one. The frame length is right.
OVERLONG_ITEM = bytes.fromhex(
    """
    02 00 00 00 4e 01 00 20 00 01 02 03 04 05 06 07
    08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17
    18 19 1a 1b 1c 1d 1e 1f 02 00 16 7b 22 61 70 73
    22 3a 7b 22 61 6c 65 72 74 22 3a 22 48 69 22 7d
    7d 03 00 04 00 00 00 2a 04 00 04 5e 0b e1 00 05
    00 04 0a
    """
)
FEEDBACK = bytes.fromhex(
    """
    5e 0b e1 00 00 20 00 01 02 03 04 05 06 07 08 09
    0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19
    1a 1b 1c 1d 1e 1f 5e 0b e1 01 00 20 e0 e1 e2 e3
    e4 e5 e6 e7 e8 e9 ea eb ec ed ee ef f0 f1 f2 f3
    f4 f5 f6 f7 f8 f9 fa fb fc fd fe ff
    """
)
FEEDBACK_TUPLES = [
    FeedbackTuple(NEW_YEAR_2020, TOKEN),
    FeedbackTuple(NEW_YEAR_2020 + 1, bytes(range(0xE0, 0x100))),
]

FRAMES = [
    FrameCase("simple", NotificationReceived(0, TOKEN, PAYLOAD), SIMPLE),
    FrameCase(
        "enhanced",
        NotificationReceived(1, TOKEN, PAYLOAD, identifier=42, expiration=NEW_YEAR_2020),
        ENHANCED,
    ),
    FrameCase(
        "framed-all-items",
        NotificationReceived(
            2, TOKEN, PAYLOAD, identifier=42, expiration=NEW_YEAR_2020, priority=10
        ),
        FRAMED_FULL,
    ),
    FrameCase("framed-required-items", NotificationReceived(2, TOKEN, PAYLOAD), FRAMED_REQUIRED),
    FrameCase(
        "framed-in-pushys-order",
        NotificationReceived(2, TOKEN, PAYLOAD, identifier=42, expiration=0, priority=5),
        FRAMED_PUSHY,
        order=(3, 1, 2, 4, 5),
    ),
    FrameCase("framed-empty-items", NotificationReceived(2, b"", b""), FRAMED_EMPTY),
    FrameCase("simple-empty", NotificationReceived(0, b"", b""), bytes(5)),
    FrameCase(
        "enhanced-empty-highest-numbers",
        NotificationReceived(1, b"", b"", identifier=0xFFFFFFFF, expiration=0xFFFFFFFF),
        b"\x01" + b"\xff" * 8 + bytes(4),
    ),
]

#: A frame of each layout that providers commonly write.
COMMON = [
    SIMPLE,
    ENHANCED,
    FRAMED_REQUIRED,
    encode_framed(TOKEN, PAYLOAD, identifier=1),
    encode_framed(TOKEN, PAYLOAD, identifier=1, priority=5),
    encode_framed(TOKEN, PAYLOAD, identifier=1, priority=10),
    encode_framed(TOKEN, PAYLOAD, identifier=1, expiration=2),
    encode_framed(TOKEN, PAYLOAD, identifier=1, expiration=2, priority=5),
    FRAMED_FULL,
]

ERRORS = [
    ErrorCase("invalid-token", ErrorPacket(8, 42), bytes.fromhex("08 08 00 00 00 2a")),
    ErrorCase("payload-too-long", ErrorPacket(7, 42), bytes.fromhex("08 07 00 00 00 2a")),
    ErrorCase("shutdown", ErrorPacket(10, 42), bytes.fromhex("08 0a 00 00 00 2a")),
    ErrorCase("missing-token", ErrorPacket(2, 0), bytes.fromhex("08 02 00 00 00 00")),
    ErrorCase(
        "protocol-error",
        ErrorPacket(Status.PROTOCOL_ERROR, 0),
        bytes.fromhex("08 80 00 00 00 00"),
    ),
    ErrorCase("unknown", ErrorPacket(255, 42), bytes.fromhex("08 ff 00 00 00 2a")),
]


def write(event: NotificationReceived, order: Sequence[int] = ALL_ITEMS) -> bytes:
    """The frame of a notification."""
    match event.command:
        case 0:
            return encode_simple(event.token, event.payload)
        case 1:
            return encode_enhanced(
                event.token,
                event.payload,
                identifier=event.identifier or 0,
                expiration=event.expiration or 0,
            )
        case _:
            return encode_framed(
                event.token,
                event.payload,
                identifier=event.identifier,
                expiration=event.expiration,
                priority=event.priority,
                order=order,
            )


def pull(parser: GatewayParser) -> list[Event]:
    """All events that are complete now."""
    events: list[Event] = []
    while (event := parser.next_event()) is not NEED_DATA:
        events.append(event)
    return events


def events_of(chunks: Sequence[bytes], parser: GatewayParser | None = None) -> list[Event]:
    """What the parser says when it is fed chunk by chunk and asked after each."""
    parser = parser or GatewayParser()
    events: list[Event] = []
    for chunk in chunks:
        parser.receive_data(chunk)
        events += pull(parser)
    return events


def single_bytes(wire: bytes) -> list[bytes]:
    """The finest split there is."""
    return [wire[at : at + 1] for at in range(len(wire))]
