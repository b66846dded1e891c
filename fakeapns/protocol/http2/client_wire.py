"""One connection of HTTP/2 on the client's side: values and bytes into each other."""

from __future__ import annotations

from collections.abc import Mapping

from .answers import Answers
from .client_engine import MakeClientEngine
from .events import ClientEvent
from .frames import ErrorCode, Setting, goaway
from .limits import Limits
from .shapes import Headers
from .streams import ConnectionFailed

#: What a client of Apple's has to say: it wants no pushes of HTTP/2's kind.
CLIENT_SETTINGS: Mapping[int, int] = {Setting.ENABLE_PUSH: 0}


class ClientWire:
    """Turns requests into bytes, and what a server writes into events. No bytes make it raise.

    `make` is the client's engine of `choose_engine`. Nothing may be asked before the server has
    said SETTINGS, since these can allow a single stream: `room` is how many may be opened now. As
    with a `Wire`, one task drives a connection.
    """

    def __init__(self, make: MakeClientEngine, *, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self._answers = Answers(limits)
        self._engine = make(self._answers, limits)
        self._out: list[bytes] = []
        self._answers.advertised(CLIENT_SETTINGS)
        self._engine.start(CLIENT_SETTINGS)

    @property
    def ended(self) -> bool:
        """Whether nothing more is understood or sent: see `ConnectionEnded`."""
        return self._answers.is_over

    @property
    def room(self) -> int:
        """How many streams may be opened now: none before SETTINGS and behind GOAWAY."""
        return self._answers.room

    @property
    def greeted(self) -> bool:
        """Whether the server has said SETTINGS."""
        return self._answers.allowed is not None

    @property
    def parting(self) -> bool:
        """Whether the server has said GOAWAY: nothing more is to be asked on this connection."""
        return self._answers.parting

    @property
    def unanswered(self) -> frozenset[int]:
        """The streams that wait for an answer; behind the end those that never get one."""
        return self._answers.unanswered

    def status_of(self, stream: int) -> int | None:
        """The status of an answer that has begun and has no end; None where none has."""
        return self._answers.status_of(stream)

    @property
    def held_back(self) -> int:
        """Bytes of requests that wait until the server gives credit for them."""
        return 0 if self.ended else self._engine.held_back

    def receive_data(self, data: bytes) -> list[ClientEvent]:
        """What the server did with these bytes, in its order.

        Once the connection has ended, bytes are dropped.
        """
        self._collect()
        if not self.ended:
            try:
                self._engine.receive_data(data)
            except ConnectionFailed as failure:
                self._answers.over(failure.code, failure.reason)
                self._collect()
                self._out.append(goaway(0, failure.code, failure.reason.encode()))
        self._settle()
        self._collect()
        events, self._answers.events = self._answers.events, []
        return events

    def data_to_send(self) -> bytes:
        """All that is to be written to the server now."""
        self._collect()
        data = b"".join(self._out)
        self._out.clear()
        return data

    def request(self, headers: Headers, body: bytes) -> int:
        """Ask something; the number of the stream. ValueError where there is no room."""
        if not self.room:
            raise ValueError("no stream may be opened now: look at `room` first")
        stream = self._engine.request(headers, body)
        self._answers.asked(stream)
        return stream

    def reset(self, stream: int, code: int = ErrorCode.CANCEL) -> None:
        """Wait no longer for an answer. Nothing happens where there is one."""
        if self._answers.given_up(stream) and not self.ended:
            self._engine.reset(stream, code)

    def ping(self, data: bytes = bytes(8)) -> None:
        """Send PING with eight bytes; `PingAcknowledged` has them again."""
        if not self.ended:
            self._engine.ping(data)

    def goodbye(self) -> None:
        """Say GOAWAY: this client asks for nothing more. Whoever says it closes then."""
        self._collect()
        self._out.append(goaway(0, ErrorCode.NO_ERROR))

    def _settle(self) -> None:
        """End what has its answer though the request is not sent to its end (RFC 9113, 8.1)."""
        for stream, code in self._answers.finished.items():
            if not self.ended and (code or self._engine.unsent(stream)):
                self._engine.reset(stream, code)
        self._answers.finished.clear()

    def _collect(self) -> None:
        self._out.append(self._engine.data_to_send())
