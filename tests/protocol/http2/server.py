"""A server made by hand, for the client's side: every byte of it stands here or in `client.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

import hpack

from fakeapns.protocol.http2 import ClientEvent, ClientWire, EngineChoice

from .client import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PREFACE,
    PUSH,
    SETTINGS_ACK,
    Pair,
    Said,
    data,
    headers,
    read,
    settings,
)

#: An answer of Apple's to a push that it takes.
TAKEN: tuple[Pair, ...] = ((b":status", b"200"), (b"apns-id", b"an id"))
REFUSED: tuple[Pair, ...] = ((b":status", b"400"), (b"content-type", b"application/json"))

Some = TypeVar("Some")


def taken(stream: int) -> bytes:
    """A push was taken."""
    return headers(stream, TAKEN, flags=END_HEADERS | END_STREAM)


def refused(stream: int, body: bytes = b'{"reason":"BadTopic"}') -> bytes:
    """A push was refused."""
    return headers(stream, REFUSED) + data(stream, body)


class Exchange:
    """A client's wire and this server: `events` and `said` are all that has come of it."""

    def __init__(self, engine: EngineChoice, **options: Any) -> None:
        self.engine = engine.name
        self.wire = ClientWire(engine.make_client, **options)
        self.events: list[ClientEvent] = []
        self.said: list[Said] = []
        preface = self.wire.data_to_send()
        assert preface.startswith(PREFACE)
        self.greeting = read(preface[len(PREFACE) :])

    def greeted(self, values: Mapping[int, int] = {}) -> Self:
        """Exchange SETTINGS, and forget that."""
        self.send(settings(values) + SETTINGS_ACK)
        self.events.clear()
        self.said.clear()
        return self

    def send(self, *wire: bytes) -> list[ClientEvent]:
        """Say this, each in a read of its own, and look what comes of it."""
        events: list[ClientEvent] = []
        for each in wire:
            events += self.wire.receive_data(each)
            self.listen()
        self.events += events
        return events

    def one(self, kind: type[Some], *wire: bytes) -> Some:
        """The only event that comes of this."""
        [event] = self.send(*wire)
        assert isinstance(event, kind), event
        return event

    def listen(self) -> list[Said]:
        """What the client says now."""
        said = read(self.wire.data_to_send())
        self.said += said
        return said

    def ask(self, body: bytes = b"{}", fields: tuple[Pair, ...] = PUSH) -> int:
        """Open a stream with a request, and listen to it."""
        stream = self.wire.request(fields, body)
        self.listen()
        return stream

    def of(self, kind: int) -> list[Said]:
        """All frames of one type that the client has said."""
        return [each for each in self.said if each.kind == kind]

    def asked(self) -> dict[int, tuple[tuple[Pair, ...], bytes, bool]]:
        """The requests, by stream: headers, body, and whether they are whole."""
        decoder = hpack.Decoder()
        asked: dict[int, tuple[tuple[Pair, ...], bytes, bool]] = {}
        for each in self.said:
            ended = bool(each.flags & END_STREAM)
            if each.kind == HEADERS:
                fields = decoder.decode(each.payload, raw=True)
                told = tuple((bytes(name), bytes(value)) for name, value in fields)
                asked[each.stream] = (told, b"", ended)
            elif each.kind == DATA:
                before = asked[each.stream]
                asked[each.stream] = (before[0], before[1] + each.payload, ended)
        return asked
