"""What has come on each stream of a connection, made into events."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from .events import (
    By,
    ConnectionEnded,
    Event,
    GoAwayReceived,
    PingAcknowledged,
    PingReceived,
    Request,
    RequestBroken,
    SettingsAcknowledged,
    SettingsReceived,
    StreamRefused,
    StreamReset,
)
from .frames import ErrorCode, Setting, code_name, words
from .limits import Limits
from .rules import announced
from .shapes import Headers, Own, Shapes

#: A library that refuses headers does not say why, and only so many requests are kept to see it.
_UNSEEN = (
    "HTTP/2 forbids its headers; which rule they break is only looked into for the first requests"
    " of a connection"
)


class ConnectionFailed(Exception):
    """Nothing more can be understood; `code` and `reason` are for the GOAWAY that says so."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class _Begun:
    """A request that is not complete. `weight` is the bytes that are kept for it."""

    __slots__ = ("body", "own", "weight")

    def __init__(self, own: Own) -> None:
        self.own = own
        self.body: bytes | bytearray = b""
        self.weight = own.shape.size + len(own.path or b"") + len(own.apns_id or b"")

    def add(self, data: bytes) -> None:
        """Take more of the body, which mostly comes whole."""
        if not self.body:
            self.body = data
        elif isinstance(self.body, bytes):
            self.body = bytearray(self.body + data)
        else:
            self.body += data
        self.weight += len(data)

    def request(self, stream: int) -> Request:
        """The request as far as it has come."""
        own, body = self.own, bytes(self.body)
        return Request(stream, own.shape, own.path, own.apns_id, own.content_length, body)


class Streams:
    """The streams of one connection: an engine tells it what comes, the wire what is answered.

    It counts them itself, by what the client has acknowledged: an engine would refuse those that a
    client opened before it saw any SETTINGS, which two Node clients do.
    """

    def __init__(self, limits: Limits, shapes: Shapes) -> None:
        self._limits = limits
        self._shapes = shapes
        self._begun: dict[int, _Begun] = {}
        self._unanswered: set[int] = set()
        self._weight = 0
        self._unrest = 0
        #: SETTINGS of ours that wait for their acknowledgement, oldest first.
        self._sent: deque[Mapping[int, int]] = deque()
        self._allowed: int | None = None
        #: What has happened, for whoever takes it.
        self.events: list[Event] = []
        #: Whether the connection is over.
        self.is_over = False
        #: Streams that the wire is to reset, with the code.
        self.surplus: dict[int, int] = {}
        #: The highest stream that a request began on, for GOAWAY.
        self.last = 0

    # ---- what an engine tells -----------------------------------------------------------------

    def opened(self, stream: int, headers: Headers, *, ended: bool) -> None:
        """The headers of a request came."""
        self.last = stream
        own = self._shapes.split(headers)
        allowed = self._limits.streams if self._allowed is None else self._allowed
        if len(self._begun) + len(self._unanswered) >= allowed:
            self._one_too_many(stream, headers, allowed)
        elif ended:
            self._complete(_Begun(own).request(stream))
        else:
            begun = self._begun[stream] = _Begun(own)
            self._weight += begun.weight
            if self._weight > self._limits.unfinished:
                self._bound(stream, begun)

    def data(self, stream: int, data: bytes, *, ended: bool) -> None:
        """A piece of a request's body came; of a stream that is answered or over, too."""
        begun = self._begun.get(stream)
        if begun is None:
            return
        if data:
            begun.add(data)
            self._weight += len(data)
            if len(begun.body) > self._limits.body or self._weight > self._limits.unfinished:
                self._bound(stream, begun)
        if ended:
            self.ended(stream)

    def ended(self, stream: int) -> None:
        """Nothing more comes on a stream. Trailers say so, too."""
        begun = self._forget(stream)
        if begun is not None:
            self._complete(begun.request(stream))

    def reset(self, stream: int, code: int) -> None:
        """The client reset a stream."""
        self.surplus.pop(stream, None)
        begun = self._forget(stream)
        self._unanswered.discard(stream)
        if begun is None:
            self.events.append(StreamReset(stream, code))
        else:
            why = "the client reset the stream before the request was complete"
            self._broken(stream, begun, "client", code, why)
        self._unrestful("RST_STREAM")

    def refused(self, stream: int, code: int, why: str, headers: Headers | None = None) -> None:
        """The engine reset a stream, since HTTP/2 forbids what came on it. `why` may be empty."""
        begun = self._forget(stream)
        self._unanswered.discard(stream)
        if begun is None:
            known = stream <= self.last
            said = why or (words(code) if known else _UNSEEN)
            self.events.append(StreamRefused(stream, code, said, headers, known))
            return
        length = begun.own.content_length
        if not why and length is not None:
            size = announced(length) or 0
            why = f"the body is not as long as content-length says, {size:,} bytes"
        self._broken(stream, begun, "http2", code, why or words(code))

    def settings(self, values: Mapping[int, int]) -> None:
        """The client sent SETTINGS."""
        self.events.append(SettingsReceived(values))
        self._unrestful("SETTINGS")

    def acknowledged(self) -> None:
        """The client acknowledged the oldest of our SETTINGS that were not."""
        if self._sent:
            values = self._sent.popleft()
            if (limit := values.get(Setting.MAX_CONCURRENT_STREAMS)) is not None:
                self._allowed = min(limit, self._limits.streams)
            self.events.append(SettingsAcknowledged(values))

    def pinged(self, data: bytes) -> None:
        """The client sent PING."""
        self.events.append(PingReceived(data))

    def pong(self, data: bytes) -> None:
        """The client answered PING."""
        self.events.append(PingAcknowledged(data))

    def goodbye(self, last_stream: int, code: int, debug: bytes) -> None:
        """The client said GOAWAY. One with an error takes nothing more: Node, behind its own
        COMPRESSION_ERROR, waits for us to close.
        """
        self.events.append(GoAwayReceived(last_stream, code, debug))
        self._unrestful("GOAWAY")
        if code:
            why = f"the client gave the connection up: {code_name(code)}"
            raise ConnectionFailed(ErrorCode.NO_ERROR, why)

    def over(self, code: int, reason: str) -> None:
        """The connection is over, and with it all that was not complete."""
        self.is_over = True
        why = f"the connection ended before the request was complete: {reason}"
        self.break_off(code, why)
        self.events.append(ConnectionEnded(code, reason))

    # ---- what the wire tells ------------------------------------------------------------------

    def advertised(self, values: Mapping[int, int]) -> None:
        """We sent SETTINGS, which hold once they are acknowledged."""
        self._sent.append(values)

    def answered(self, stream: int) -> bool:
        """The answer is complete, or none will come: what the client still sends is dropped.

        Whether there was something to answer.
        """
        if stream in self._unanswered:
            self._unanswered.remove(stream)
            return True
        return self._forget(stream) is not None

    def is_unanswered(self, stream: int) -> bool:
        """Whether a complete request waits for its answer."""
        return stream in self._unanswered

    def break_off(self, code: int, why: str) -> None:
        """No request that is not complete will ever be."""
        for stream in list(self._begun):
            begun = self._forget(stream)
            assert begun is not None
            self._broken(stream, begun, "end", code, why)

    @property
    def unfinished(self) -> int:
        """How many requests have begun and are not complete."""
        return len(self._begun)

    # ---- inside -------------------------------------------------------------------------------

    def _complete(self, request: Request) -> None:
        self._unrest = 0
        self._unanswered.add(request.stream)
        self.events.append(request)

    def _broken(self, stream: int, begun: _Begun, by: By, code: int, why: str) -> None:
        self.events.append(RequestBroken(begun.request(stream), by, code, why))

    def _forget(self, stream: int) -> _Begun | None:
        begun = self._begun.pop(stream, None)
        if begun is not None:
            self._weight -= begun.weight
        return begun

    def _bound(self, stream: int, begun: _Begun) -> None:
        """Give a request up whose body is too long, or which is too much beside all others."""
        limits = self._limits
        why = f"the requests that are not complete hold more than {limits.unfinished:,} bytes"
        if len(begun.body) > limits.body:
            why = f"the body is longer than {limits.body:,} bytes, and more of it is not kept"
        self._forget(stream)
        self._unanswered.add(stream)
        self._broken(stream, begun, "limit", ErrorCode.NO_ERROR, why)

    def _one_too_many(self, stream: int, headers: Headers, allowed: int) -> None:
        code = ErrorCode.REFUSED_STREAM
        why = f"{allowed:,} streams may be open at once, and as many are"
        self.surplus[stream] = code
        self.events.append(StreamRefused(stream, code, why, headers))

    def _unrestful(self, frame: str) -> None:
        self._unrest += 1
        if self._unrest > self._limits.unrest:
            most = f"{self._limits.unrest:,}"
            why = f"over {most} RST_STREAM, SETTINGS and GOAWAY in a row, the last: {frame}"
            raise ConnectionFailed(ErrorCode.ENHANCE_YOUR_CALM, why)
