"""A client made by hand: every byte of it stands here, so it can be as wrong as one likes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self, TypeVar

import hpack

from fakeapns.protocol.http2 import EngineChoice, Event, Wire

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS = range(5)
PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(5, 10)
END_STREAM = ACK = 1
END_HEADERS, PADDED, HAS_PRIORITY = 4, 8, 32

Pair = tuple[bytes, bytes]
#: A push as a correct client sends it.
PUSH: tuple[Pair, ...] = (
    (b":method", b"POST"),
    (b":scheme", b"https"),
    (b":path", b"/3/device/00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0"),
    (b":authority", b"api.push.apple.com"),
    (b"apns-topic", b"com.example.app"),
)


def frame(kind: int, payload: bytes = b"", *, stream: int = 0, flags: int = 0) -> bytes:
    """One frame (RFC 9113, 4.1)."""
    return len(payload).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + payload


def settings(values: Mapping[int, int] = {}) -> bytes:
    """SETTINGS with these values."""
    return frame(SETTINGS, b"".join(struct.pack(">HI", *each) for each in values.items()))


def goaway(last: int = 0, code: int = 0, debug: bytes = b"") -> bytes:
    """GOAWAY."""
    return frame(GOAWAY, struct.pack(">II", last, code) + debug)


def reset(stream: int, code: int = 8) -> bytes:
    """RST_STREAM."""
    return frame(RST_STREAM, struct.pack(">I", code), stream=stream)


def credit(size: int, stream: int = 0) -> bytes:
    """WINDOW_UPDATE."""
    return frame(WINDOW_UPDATE, struct.pack(">I", size), stream=stream)


SETTINGS_ACK = frame(SETTINGS, flags=ACK)
HELLO = PREFACE + settings()


def block(headers: Iterable[Pair], first: int = 0) -> bytes:
    """A header block of literals: without indexing (`first` 0) or never indexed (16)."""
    return b"".join(bytes([first]) + _text(name) + _text(value) for name, value in headers)


def _text(text: bytes) -> bytes:
    """A string of HPACK, not compressed (RFC 7541, 5.2)."""
    if len(text) < 127:
        return bytes([len(text)]) + text
    rest, size = len(text) - 127, b"\x7f"
    while rest >= 128:
        size += bytes([rest % 128 + 128])
        rest //= 128
    return size + bytes([rest]) + text


def headers(stream: int, fields: Iterable[Pair] = PUSH, *, flags: int = END_HEADERS) -> bytes:
    """HEADERS with a whole block."""
    return frame(HEADERS, block(fields), stream=stream, flags=flags)


def data(stream: int, body: bytes = b"{}", *, flags: int = END_STREAM) -> bytes:
    """DATA."""
    return frame(DATA, body, stream=stream, flags=flags)


def post(stream: int, fields: Iterable[Pair] = PUSH, body: bytes = b"{}") -> bytes:
    """A whole request; without a body if that is empty."""
    if not body:
        return headers(stream, fields, flags=END_HEADERS | END_STREAM)
    return headers(stream, fields) + data(stream, body)


class Said(NamedTuple):
    """A frame of the server's."""

    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def code(self) -> int:
        """The error code of RST_STREAM or GOAWAY."""
        return int.from_bytes(self.payload[:4] if self.kind == RST_STREAM else self.payload[4:8])

    @property
    def values(self) -> dict[int, int]:
        """What SETTINGS say."""
        return dict(struct.iter_unpack(">HI", self.payload))


def read(wire: bytes) -> list[Said]:
    """The frames in these bytes, all of them whole."""
    said = []
    while wire:
        size = int.from_bytes(wire[:3])
        said.append(Said(wire[3], wire[4], int.from_bytes(wire[5:9]), wire[9 : 9 + size]))
        assert len(said[-1].payload) == size
        wire = wire[9 + size :]
    return said


class Answer(NamedTuple):
    """What a client has understood of an answer."""

    headers: dict[bytes, bytes]
    body: bytes
    ended: bool


Some = TypeVar("Some")


class Conversation:
    """A wire and this client: `events` and `said` are all that has come of it."""

    def __init__(self, engine: EngineChoice, **options: Any) -> None:
        self.engine = engine.name
        self.wire = Wire(engine.make, **options)
        self.events: list[Event] = []
        self.said: list[Said] = []

    def greeted(self) -> Self:
        """Exchange SETTINGS, and forget that."""
        self.send(HELLO + SETTINGS_ACK)
        self.events.clear()
        self.said.clear()
        return self

    def send(self, *wire: bytes) -> list[Event]:
        """Say this, each in a read of its own, and look what comes of it."""
        events: list[Event] = []
        for each in wire:
            events += self.wire.receive_data(each)
            self.listen()
            events += self.wire.events()
        self.events += events
        return events

    def listen(self) -> list[Said]:
        """What the server says now."""
        said = read(self.wire.data_to_send())
        self.said += said
        return said

    def one(self, kind: type[Some], *wire: bytes) -> Some:
        """The only event that comes of this."""
        [event] = self.send(*wire)
        assert isinstance(event, kind), event
        return event

    def of(self, kind: int) -> list[Said]:
        """All frames of one type that the server has said."""
        return [each for each in self.said if each.kind == kind]

    def answers(self) -> dict[int, Answer]:
        """The answers, by stream."""
        self.listen()
        decoder = hpack.Decoder()
        answers: dict[int, Answer] = {}
        for each in self.said:
            if each.kind == HEADERS:
                fields = decoder.decode(each.payload, raw=True)
                told = {bytes(name): bytes(value) for name, value in fields}
                answers[each.stream] = Answer(told, b"", bool(each.flags & END_STREAM))
            elif each.kind == DATA:
                before = answers[each.stream]
                ended = bool(each.flags & END_STREAM)
                answers[each.stream] = Answer(before.headers, before.body + each.payload, ended)
        return answers
