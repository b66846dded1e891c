"""What a server has said on each stream that a client opened, made into events."""

from __future__ import annotations

from collections.abc import Mapping

from .events import (
    ClientEvent,
    ConnectionEnded,
    GoAwayReceived,
    PingAcknowledged,
    PingReceived,
    Response,
    SettingsAcknowledged,
    SettingsReceived,
    StreamRefused,
    StreamReset,
)
from .frames import UNLIMITED, ErrorCode, Setting, words
from .limits import Limits
from .shapes import Headers


class _Begun:
    """An answer that is not complete."""

    __slots__ = ("body", "headers")

    def __init__(self) -> None:
        self.headers: Headers = ()
        self.body = b""


class Answers:
    """The streams of a client's connection: an engine tells it what comes, the wire what is asked.

    It keeps count of what the server allows, and of the streams that have no answer.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: dict[int, _Begun] = {}
        self._own_settings: Mapping[int, int] = {}
        #: What has happened, for whoever takes it.
        self.events: list[ClientEvent] = []
        #: Whether the connection is over.
        self.is_over = False
        #: How many streams may be open at once; None before the server has said SETTINGS.
        self.allowed: int | None = None
        #: Whether the server has said GOAWAY.
        self.parting = False
        #: Streams on which nothing more is awaited, and which the wire is to end.
        self.finished: dict[int, int] = {}

    # ---- what the wire tells ------------------------------------------------------------------

    def advertised(self, values: Mapping[int, int]) -> None:
        """We sent SETTINGS."""
        self._own_settings = values

    def asked(self, stream: int) -> None:
        """A request went out."""
        self._open[stream] = _Begun()

    def given_up(self, stream: int) -> bool:
        """No answer is awaited any more on a stream; whether one was."""
        return self._open.pop(stream, None) is not None

    @property
    def unanswered(self) -> frozenset[int]:
        """The streams that have no complete answer."""
        return frozenset(self._open)

    def status_of(self, stream: int) -> int | None:
        """The status of an answer that has begun and has no end."""
        answer = self._open.get(stream)
        return int(answer.headers[0][1]) if answer is not None and answer.headers else None

    @property
    def room(self) -> int:
        """How many streams may be opened now."""
        if self.allowed is None or self.parting or self.is_over:
            return 0
        return max(0, min(self.allowed, self._limits.streams) - len(self._open))

    # ---- what an engine tells -----------------------------------------------------------------

    def begun(self, stream: int, headers: Headers, *, ended: bool) -> None:
        """The headers of an answer came."""
        answer = self._open.get(stream)
        if answer is not None:
            answer.headers = headers
            if ended:
                self.ended(stream)

    def data(self, stream: int, data: bytes, *, ended: bool) -> None:
        """A piece of an answer's body came; of a stream that is over, too."""
        answer = self._open.get(stream)
        if answer is None:
            return
        answer.body += data
        if len(answer.body) > self._limits.body:
            why = f"the answer is longer than {self._limits.body:,} bytes, and no more is kept"
            self.finished[stream] = ErrorCode.CANCEL
            self.refused(stream, ErrorCode.CANCEL, why)
        elif ended:
            self.ended(stream)

    def ended(self, stream: int) -> None:
        """Nothing more comes on a stream. Trailers say so, too."""
        answer = self._open.pop(stream, None)
        if answer is not None:
            status = int(answer.headers[0][1])
            self.events.append(Response(stream, status, answer.headers[1:], answer.body))
            self.finished[stream] = ErrorCode.NO_ERROR
            self._look_for_the_end()

    def reset(self, stream: int, code: int) -> None:
        """The server reset a stream, or will never look at it."""
        status = self.status_of(stream)
        if self._open.pop(stream, None) is not None:
            self.events.append(StreamReset(stream, code, status))
            self._look_for_the_end()

    def refused(self, stream: int, code: int, why: str) -> None:
        """The engine reset a stream, since HTTP/2 forbids what came on it. `why` may be empty."""
        if self._open.pop(stream, None) is not None:
            self.events.append(StreamRefused(stream, code, why or words(code)))
            self._look_for_the_end()

    def settings(self, values: Mapping[int, int]) -> None:
        """The server sent SETTINGS. What they do not name stays (RFC 9113, 6.5.3)."""
        before = UNLIMITED if self.allowed is None else self.allowed
        self.allowed = values.get(Setting.MAX_CONCURRENT_STREAMS, before)
        self.events.append(SettingsReceived(values))

    def acknowledged(self) -> None:
        """The server acknowledged our SETTINGS."""
        self.events.append(SettingsAcknowledged(self._own_settings))

    def pinged(self, data: bytes) -> None:
        """The server sent PING."""
        self.events.append(PingReceived(data))

    def pong(self, data: bytes) -> None:
        """The server answered PING."""
        self.events.append(PingAcknowledged(data))

    def goodbye(self, last_stream: int, code: int, debug: bytes) -> None:
        """The server said GOAWAY: it has not looked at streams above the last one, nor will it."""
        self.parting = True
        self.events.append(GoAwayReceived(last_stream, code, debug))
        for stream in [each for each in self._open if each > last_stream]:
            self.reset(stream, ErrorCode.REFUSED_STREAM)
        self._look_for_the_end()

    def over(self, code: int, reason: str) -> None:
        """The connection is over, and with it all that was not complete."""
        if not self.is_over:
            self.is_over = True
            self.events.append(ConnectionEnded(code, reason))

    def _look_for_the_end(self) -> None:
        if self.parting and not self._open:
            why = "the server has said GOAWAY, and no stream is open any more"
            self.over(ErrorCode.NO_ERROR, why)
