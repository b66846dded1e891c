"""What has come on each stream of a connection, made into events."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from .events import (
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


class Streams:
    """The streams of one connection: an engine tells it what comes, the wire what is answered.

    It counts them itself, by what the client has acknowledged: an engine would refuse those that a
    client opened before it saw any SETTINGS, which two Node clients do.
    """

    def __init__(self, limits: Limits, shapes: Shapes) -> None:
        self._limits = limits
        self._shapes = shapes
        #: The requests that are not complete: their headers, and what has come of bodies that did
        #: not come whole, as most do.
        self._begun: dict[int, Own] = {}
        self._bodies: dict[int, bytearray] = {}
        #: The complete requests that wait for their answers.
        self.unanswered: set[int] = set()
        self._weight = 0
        self._unrest = 0
        #: Of those that a limit has broken the streams on which more may come.
        self._endless: set[int] = set()
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
        self._count = 0

    # ---- what an engine tells -----------------------------------------------------------------

    def opened(self, stream: int, headers: Headers, ended: bool) -> None:
        """The headers of a request came."""
        self.last = stream
        self._count += 1
        own = self._shapes.split(headers)
        allowed = self._limits.streams if self._allowed is None else self._allowed
        if len(self._begun) + len(self.unanswered) >= allowed:
            self._one_too_many(stream, headers, allowed)
        elif ended:
            self._complete(_request(stream, own, b""))
        else:
            self._begun[stream] = own
            self._weight += own.weight
            if self._weight > self._limits.unfinished:
                self._bound(stream)

    def data(self, stream: int, data: bytes, ended: bool) -> None:
        """A piece of a request's body came; of a stream that is answered or over, too."""
        own = self._begun.get(stream)
        if own is None:
            if ended:
                self._endless.discard(stream)
            return
        size = len(data)
        self._weight += size
        fits = size <= self._limits.body and self._weight <= self._limits.unfinished
        if ended and fits and stream not in self._bodies:
            self._weight -= own.weight + size
            del self._begun[stream]
            self._complete(_request(stream, own, data))
            return
        body = self._bodies.setdefault(stream, bytearray())
        body += data
        if not fits or len(body) > self._limits.body:
            self._bound(stream)
            if ended:
                self._endless.discard(stream)
        elif ended:
            self.ended(stream)

    def ended(self, stream: int) -> None:
        """Nothing more comes on a stream. Trailers say so, too."""
        self._endless.discard(stream)
        request = self._forget(stream)
        if request is not None:
            self._complete(request)

    def reset(self, stream: int, code: int) -> None:
        """The client reset a stream."""
        self.surplus.pop(stream, None)
        self._endless.discard(stream)
        request = self._forget(stream)
        self.unanswered.discard(stream)
        if request is None:
            self.events.append(StreamReset(stream, code))
        else:
            why = "the client reset the stream before the request was complete"
            self.events.append(RequestBroken(request, "client", code, why))
        self._unrestful("RST_STREAM")

    def refused(self, stream: int, code: int, why: str, headers: Headers | None = None) -> None:
        """The engine reset a stream, since HTTP/2 forbids what came on it. `why` may be empty."""
        self._endless.discard(stream)
        request = self._forget(stream)
        self.unanswered.discard(stream)
        if request is None:
            known = stream <= self.last
            said = why or (words(code) if known else _UNSEEN)
            self.events.append(StreamRefused(stream, code, said, headers, known))
            return
        length = request.content_length
        if not why and length is not None:
            size = announced(length) or 0
            why = f"the body is not as long as content-length says, {size:,} bytes"
        self.events.append(RequestBroken(request, "http2", code, why or words(code)))

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
        if stream in self.unanswered:
            self.unanswered.remove(stream)
            return True
        return self._forget(stream) is not None

    def cut_off(self, stream: int) -> bool:
        """Nothing more is wanted of a request that a limit has broken; whether more may come."""
        more = stream in self._endless
        self._endless.discard(stream)
        return more

    def break_off(self, code: int, why: str) -> None:
        """No request that is not complete will ever be."""
        for stream in list(self._begun):
            request = self._forget(stream)
            assert request is not None
            self.events.append(RequestBroken(request, "end", code, why))

    @property
    def unfinished(self) -> int:
        """How many requests have begun and are not complete."""
        return len(self._begun)

    def opened_above(self, stream: int) -> int:
        """On how many streams above this one requests have begun, at most."""
        # A client counts its streams up by two (RFC 9113, 5.1.1), and may leave some out.
        return max(0, min(self._count, (self.last - stream + 1) // 2))

    def unfinished_up_to(self, stream: int) -> bool:
        """Whether one of them is on this stream, or on one below."""
        return any(each <= stream for each in self._begun)

    # ---- inside -------------------------------------------------------------------------------

    def _complete(self, request: Request) -> None:
        self._unrest = 0
        self.unanswered.add(request.stream)
        self.events.append(request)

    def _forget(self, stream: int) -> Request | None:
        """Strike a request off those that are not complete; what has come of it."""
        own = self._begun.pop(stream, None)
        if own is None:
            return None
        body = self._bodies.pop(stream, b"")
        self._weight -= own.weight + len(body)
        return _request(stream, own, bytes(body))

    def _bound(self, stream: int) -> None:
        """Give a request up whose body is too long, or which is too much beside all others."""
        limits = self._limits
        why = f"the requests that are not complete hold more than {limits.unfinished:,} bytes"
        request = self._forget(stream)
        assert request is not None
        if len(request.body) > limits.body:
            why = f"the body is longer than {limits.body:,} bytes, and more of it is not kept"
        self.unanswered.add(stream)
        self._endless.add(stream)
        self.events.append(RequestBroken(request, "limit", ErrorCode.NO_ERROR, why))

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


def _request(stream: int, own: Own, body: bytes) -> Request:
    return Request(stream, own.shape, own.path, own.apns_id, own.content_length, body)
