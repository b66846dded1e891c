"""Writing what the gateway and its providers say: notifications and error packets.

Layouts of the frames as in `readers`; error packet: Binary Provider API, table A-4 and the text
above it. All numbers are unsigned and big-endian. Whatever fits the fields is written, however
wrong it would be for Apple: those who test want to send it. A number that does not fit its field
raises `struct.error`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import msgspec

from .readers import EXPIRATION, IDENTIFIER, PAYLOAD, PRIORITY, TOKEN
from .status import status_label

ERROR_COMMAND = 8
#: Bytes of an error packet, always.
ERROR_SIZE = 6

# Unsigned: rpush 7.0.1 unpacks the status as a signed byte, so 255 reaches it as -1 and its own
# entry for 255 never matches.
_ERROR = struct.Struct(">BBI")


class ErrorPacket(msgspec.Struct, frozen=True, gc=False):
    """The only thing the gateway ever says. `status` stays a number: 9 may come, too.

    `identifier` is the four bytes that the provider chose, as a big-endian number. It names the
    notification that was refused, and beside status 10 the last one that was accepted.
    """

    status: int
    identifier: int


def encode_simple(token: bytes, payload: bytes) -> bytes:
    """A command 0 frame: no identifier, no expiration, no answer when it is refused.

    Raises `ValueError` where token or payload are longer than 65,535 bytes, as the next two do.
    """
    return b"\x00" + _sized(token) + _sized(payload)


def encode_enhanced(
    token: bytes, payload: bytes, *, identifier: int = 0, expiration: int = 0
) -> bytes:
    """A command 1 frame. `expiration` is in epoch seconds; 0 means one attempt, not stored."""
    return struct.pack(">BII", 1, identifier, expiration) + _sized(token) + _sized(payload)


def encode_framed(
    token: bytes | None,
    payload: bytes | None,
    *,
    identifier: int | None = None,
    expiration: int | None = None,
    priority: int | None = None,
    order: Sequence[int] = (TOKEN, PAYLOAD, IDENTIFIER, EXPIRATION, PRIORITY),
) -> bytes:
    """A command 2 frame with the items that are not None, in the `order` of their ids, 1 to 5.

    `expiration` is in epoch seconds, `priority` 10 or 5. Left out, Apple takes 10 for priority;
    what it takes for the others is written nowhere.
    """
    items = {
        TOKEN: token,
        PAYLOAD: payload,
        IDENTIFIER: None if identifier is None else struct.pack(">I", identifier),
        EXPIRATION: None if expiration is None else struct.pack(">I", expiration),
        PRIORITY: None if priority is None else struct.pack(">B", priority),
    }
    body = b"".join(
        struct.pack(">B", item) + _sized(data)
        for item in order
        if (data := items[item]) is not None
    )
    return struct.pack(">BI", 2, len(body)) + body


def encode_error(status: int, identifier: int) -> bytes:
    """The six bytes that end a connection. `status` is any byte, of Apple's table or not."""
    return _ERROR.pack(ERROR_COMMAND, status, identifier)


def decode_error(packet: bytes) -> ErrorPacket:
    """What six bytes from the gateway say. Raises `ValueError` when they are no error packet."""
    # PushSharp's TestApnsServer begins its packets with 1, which its client never looks at.
    if len(packet) != ERROR_SIZE or packet[0] != ERROR_COMMAND:
        raise ValueError(f"{packet.hex(' ') or 'nothing'} is no error packet (08, status, id)")
    _, status, identifier = _ERROR.unpack(packet)
    return ErrorPacket(status, identifier)


def error_text(packet: ErrorPacket) -> str:
    """The packet in words, for people."""
    name = status_label(packet.status)
    return f"status {packet.status} ({name}) for identifier {packet.identifier}"


def _sized(data: bytes) -> bytes:
    if len(data) > 0xFFFF:
        raise ValueError(f"{len(data)} bytes do not fit the two-byte length field of a frame")
    return struct.pack(">H", len(data)) + data
