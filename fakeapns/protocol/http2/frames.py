"""The few frames that are written here, and how any are told apart (RFC 9113, 4.1 and 6)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from enum import Enum, IntEnum
from typing import NamedTuple

#: What a client begins with (RFC 9113, 3.4).
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#: The length of what stands before a frame's payload.
HEAD = 9
#: As many streams as anybody can open.
UNLIMITED = 0x7FFF_FFFF
#: Flags, as far as anybody here asks for them.
ACK, END_STREAM, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32


class Kind(IntEnum):
    """Types of frames."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


class Setting(IntEnum):
    """What SETTINGS can say (RFC 9113, 6.5.2; 8441, 3; 9218, 2.1)."""

    HEADER_TABLE_SIZE = 1
    ENABLE_PUSH = 2
    MAX_CONCURRENT_STREAMS = 3
    INITIAL_WINDOW_SIZE = 4
    MAX_FRAME_SIZE = 5
    MAX_HEADER_LIST_SIZE = 6
    ENABLE_CONNECT_PROTOCOL = 8
    NO_RFC7540_PRIORITIES = 9


class ErrorCode(IntEnum):
    """Why a stream or a connection ends (RFC 9113, 7)."""

    NO_ERROR = 0
    PROTOCOL_ERROR = 1
    INTERNAL_ERROR = 2
    FLOW_CONTROL_ERROR = 3
    SETTINGS_TIMEOUT = 4
    STREAM_CLOSED = 5
    FRAME_SIZE_ERROR = 6
    REFUSED_STREAM = 7
    CANCEL = 8
    COMPRESSION_ERROR = 9
    CONNECT_ERROR = 10
    ENHANCE_YOUR_CALM = 11
    INADEQUATE_SECURITY = 12
    HTTP_1_1_REQUIRED = 13


_NAMES = {code.value: code.name for code in ErrorCode}
_WORDS: dict[int, str] = {
    ErrorCode.PROTOCOL_ERROR: "a frame breaks a rule of HTTP/2",
    ErrorCode.FLOW_CONTROL_ERROR: "a window for flow control was exceeded, or grew too large",
    ErrorCode.STREAM_CLOSED: "a frame came on a stream that was over, or behind its request's end",
    ErrorCode.FRAME_SIZE_ERROR: "a frame has a length that its type does not allow",
    ErrorCode.COMPRESSION_ERROR: "a header block cannot be decoded (HPACK)",
}


class Omitted(Enum):
    """Frames that a server can be told not to send: the type, and whether it is an ACK."""

    SETTINGS = (Kind.SETTINGS, False)
    SETTINGS_ACK = (Kind.SETTINGS, True)
    PING_ACK = (Kind.PING, True)
    WINDOW_UPDATE = (Kind.WINDOW_UPDATE, False)


def code_name(code: int) -> str:
    """What the standard calls an error code: `CANCEL`; `code 99` where it knows none."""
    return _NAMES.get(code, f"code {code}")


def words(code: int) -> str:
    """What it means that an engine ends something with this code and says no more."""
    return _WORDS.get(code, code_name(code))


class Frame(NamedTuple):
    """One frame: its type and flags, its stream (0 is the connection), its payload."""

    kind: int
    flags: int
    stream: int
    payload: bytes

    def encode(self) -> bytes:
        """The frame's bytes."""
        head = struct.pack(">IBBI", len(self.payload), self.kind, self.flags, self.stream)
        return head[1:] + self.payload


def frames_of(data: bytes) -> Iterator[Frame]:
    """The whole frames at the front of `data`: what an engine writes has no other."""
    at = 0
    while at + HEAD <= len(data):
        end = at + HEAD + int.from_bytes(data[at : at + 3], "big")
        stream = int.from_bytes(data[at + 5 : at + HEAD], "big") & 0x7FFF_FFFF
        yield Frame(data[at + 3], data[at + 4], stream, data[at + HEAD : end])
        at = end


def goaway(last_stream: int, code: int, debug: bytes = b"") -> bytes:
    """A GOAWAY: the last stream that was dealt with, the code, and any further words."""
    payload = struct.pack(">II", last_stream, code) + debug
    return Frame(Kind.GOAWAY, 0, 0, payload).encode()


def rst_stream(stream: int, code: int) -> bytes:
    """A RST_STREAM."""
    return Frame(Kind.RST_STREAM, 0, stream, struct.pack(">I", code)).encode()


def settings(values: Mapping[int, int]) -> bytes:
    """A SETTINGS frame with these values, in their order."""
    payload = b"".join(struct.pack(">HI", *each) for each in values.items())
    return Frame(Kind.SETTINGS, 0, 0, payload).encode()
