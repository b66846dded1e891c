"""Everything the other side can do on an HTTP/2 connection, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from .shapes import FIELD, Header, Headers, Shape

#: Who or what kept a request from being complete: the client by RST_STREAM, the rules of HTTP/2, a
#: limit of ours (it may be answered all the same), or the end of the connection.
By = Literal["client", "http2", "limit", "end"]


class Request(msgspec.Struct, frozen=True, gc=False):
    """A complete request. `shape` has the headers that others share with it, `headers` all.

    `path`, `apns_id` and `content_length` are the first ones of their name, as they came, and None
    where there is none. Trailers are dropped: nothing of Apple's stands in them.
    """

    stream: int
    shape: Shape
    path: bytes | None
    apns_id: bytes | None
    content_length: bytes | None
    body: bytes

    @property
    def headers(self) -> Headers:
        """All headers: its own ones, then those of the shape, which keep their order."""
        return (*self._own, *self.shape.headers)

    @property
    def size(self) -> int:
        """Bytes of its headers, as HTTP/2 counts them (RFC 9113, 6.5.2)."""
        return self.shape.size + sum(len(name) + len(value) + FIELD for name, value in self._own)

    @property
    def _own(self) -> Headers:
        own: tuple[tuple[bytes, bytes | None], ...] = (
            (b":path", self.path),
            (b"apns-id", self.apns_id),
            (b"content-length", self.content_length),
        )
        return tuple((name, value) for name, value in own if value is not None)


class RequestBroken(msgspec.Struct, frozen=True, gc=False):
    """A request that will never be complete; its `body` is what had come of it.

    `code` is what RST_STREAM said, and `reason` says in words why. Broken by `limit` it is still to
    be answered or reset; more of its body is not kept.
    """

    request: Request
    by: By
    code: int
    reason: str


class StreamRefused(msgspec.Struct, frozen=True, gc=False):
    """HTTP/2 itself forbids what came on a stream, which has been reset with `code`.

    `headers` are those of the request, where they are known. It is `known` if an event has told of
    the request before, and the rule was broken by what came behind it.
    """

    stream: int
    code: int
    reason: str
    headers: tuple[Header, ...] | None = None
    known: bool = False


class Response(msgspec.Struct, frozen=True, gc=False):
    """A complete answer, as a client gets it. Informational ones and trailers are dropped."""

    stream: int
    status: int
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """The first header of this name, in small letters."""
        return next((value for each, value in self.headers if each == name), None)


class StreamReset(msgspec.Struct, frozen=True, gc=False):
    """The other side reset a stream. A client that does waits for no answer to its request, which
    had been complete; a server that does gives none. REFUSED_STREAM means that it did not look at
    the request, which is so, too, for each stream above the last one of its GOAWAY. `status` is
    that of an answer which had begun.
    """

    stream: int
    code: int
    status: int | None = None


class GoAwayReceived(msgspec.Struct, frozen=True, gc=False):
    """The other side said GOAWAY. Its complaint, if it has one, stands in `debug`."""

    last_stream: int
    code: int
    debug: bytes


class PingReceived(msgspec.Struct, frozen=True, gc=False):
    """The other side sent PING, which is answered unless that is omitted."""

    data: bytes


class PingAcknowledged(msgspec.Struct, frozen=True, gc=False):
    """The other side answered a PING of ours."""

    data: bytes


class SettingsReceived(msgspec.Struct, frozen=True, gc=False):
    """The other side sent SETTINGS: those of its values that the engine understands."""

    values: Mapping[int, int]


class SettingsAcknowledged(msgspec.Struct, frozen=True, gc=False):
    """The other side has taken note of SETTINGS that we sent: of these."""

    values: Mapping[int, int]


class ConnectionEnded(msgspec.Struct, frozen=True, gc=False):
    """Nothing more is understood: the other side broke a rule of the whole connection, or a limit,
    or it had said GOAWAY and nothing is open any more, or is wanted (`code` 0). Any other code is
    that of a GOAWAY among what is to be sent. Close late: a client may want to read it first.
    """

    code: int
    reason: str


#: What a server sees of a client.
Event = (
    Request
    | RequestBroken
    | StreamRefused
    | StreamReset
    | GoAwayReceived
    | PingReceived
    | PingAcknowledged
    | SettingsReceived
    | SettingsAcknowledged
    | ConnectionEnded
)
#: What a client sees of a server.
ClientEvent = (
    Response
    | StreamRefused
    | StreamReset
    | GoAwayReceived
    | PingReceived
    | PingAcknowledged
    | SettingsReceived
    | SettingsAcknowledged
    | ConnectionEnded
)
