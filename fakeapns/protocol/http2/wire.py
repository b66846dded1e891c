"""One connection of HTTP/2 on the server's side: bytes and values into each other."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping

from .boundary import Boundary
from .engine import MakeEngine
from .events import Event
from .frames import ErrorCode, Omitted, rst_stream
from .limits import Limits
from .outgoing import Outgoing
from .settings import SETTINGS, for_an_engine
from .shapes import Header, Shapes
from .streams import ConnectionFailed, Streams

_STATUS = {status: (b":status", str(status).encode()) for status in range(100, 600)}


class Wire:
    """Turns what a client writes into events, and answers into bytes. No bytes make it raise.

    `make` is the engine, of `choose_engine`. `settings` are advertised at once; of the list of
    headers more is taken than they say, so that somebody can answer it. `shapes` are best shared by
    all connections. One task drives a connection, since what is taken with `data_to_send`
    is to be written before more is taken: two writers would mix their frames.
    """

    def __init__(
        self,
        make: MakeEngine,
        settings: Mapping[int, int] = SETTINGS,
        *,
        limits: Limits | None = None,
        shapes: Shapes | None = None,
        omit: Collection[Omitted] = (),
    ) -> None:
        self._limits = limits or Limits()
        self._streams = Streams(self._limits, shapes or Shapes())
        self._outgoing = Outgoing()
        self._boundary = Boundary()
        self._outgoing.omitted.update(omit)
        self._engine = make(self._streams, self._limits)
        # What was said since the engine was last asked for its bytes.
        self._said = True
        self._advertise(settings)
        self._engine.start(for_an_engine(settings, self._limits))

    @property
    def ended(self) -> bool:
        """Whether nothing more is understood or answered: see `ConnectionEnded`."""
        return self._streams.is_over

    @property
    def held_back(self) -> int:
        """Bytes of answers that wait until the client gives credit for them."""
        self._collect()
        return 0 if self.ended else self._engine.held_back

    def held_back_on(self, stream: int) -> int:
        """Those of the answer on one stream."""
        self._collect()
        return 0 if self.ended else self._engine.held_back_on(stream)

    @property
    def last_stream(self) -> int:
        """The highest stream that a request has begun on."""
        return self._streams.last

    @property
    def last_processed(self) -> int:
        """The highest stream that a GOAWAY may name now."""
        return min(self._streams.last, self._outgoing.last)

    def opened_above(self, stream: int) -> int:
        """On how many streams above this one requests have begun."""
        return self._streams.opened_above(stream)

    @property
    def awaited(self) -> Container[int]:
        """The streams on which the client waits for an answer to a request that was complete."""
        return () if self.ended else self._streams.unanswered

    @property
    def unfinished(self) -> int:
        """How many requests have begun and are not complete."""
        return self._streams.unfinished

    def unfinished_up_to(self, stream: int) -> bool:
        """Whether one of them is on this stream, or on one below."""
        return self._streams.unfinished_up_to(stream)

    @property
    def left_out(self) -> Collection[Omitted]:
        """The frames that were to be sent and were not, as `omit` wants it."""
        self._collect()
        return self._outgoing.left_out

    @property
    def unread(self) -> int:
        """Bytes that have come of a frame that is not whole."""
        return 0 if self.ended else self._boundary.rest

    @property
    def half_read(self) -> str | None:
        """What has come in part, of a frame or of a header block, as a clause; None if nothing."""
        return None if self.ended else self._boundary.words

    # ---- what comes ---------------------------------------------------------------------------

    def receive_data(self, data: bytes) -> list[Event]:
        """What the client did with these bytes, in its order, and what had not been told before.

        Once the connection has ended, bytes are dropped.
        """
        # What was to be sent dies with the engine, if it does. Taking it can be the end itself.
        self._collect()
        if not self.ended:
            self._boundary.take(data)
            try:
                self._engine.receive_data(data)
                self._settle()
            except ConnectionFailed as failure:
                self._fail(failure)
        return self.events()

    def receive_eof(self, because: str = "the client left") -> list[Event]:
        """What it means that nothing more comes, `because` of this, as a clause: requests that will
        never be complete.
        """
        self._streams.break_off(ErrorCode.NO_ERROR, f"{because} before it was complete")
        return self.events()

    def events(self) -> list[Event]:
        """What has happened and was not told: sending can end a connection, too."""
        events = self._streams.events
        if events:
            self._streams.events = []
            return events
        return []

    # ---- what goes ----------------------------------------------------------------------------

    def data_to_send(self) -> bytes:
        """All that is to be written to the client now."""
        self._collect()
        return self._outgoing.take()

    def respond(
        self, stream: int, status: int, headers: Iterable[Header] = (), body: bytes = b""
    ) -> bool:
        """Answer a request; False if there is nothing to answer: it was reset, or answered."""
        if not body:
            return self.begin_response(stream, status, headers, end=True)
        begun = self.begin_response(stream, status, headers)
        return begun and self.send_body(stream, body, end=True)

    def begin_response(
        self, stream: int, status: int, headers: Iterable[Header] = (), *, end: bool = False
    ) -> bool:
        """Send the headers of an answer; `send_body`, `reset` or nothing follows."""
        return self._say(stream, end, (_STATUS[status], *headers), b"")

    def respond_to_all(
        self, streams: Iterable[int], status: int, headers: Iterable[Iterable[Header]]
    ) -> int:
        """Answer several requests with headers and nothing else, up to the first on which there is
        nothing to answer; how many were answered.
        """
        if self._streams.is_over:
            return 0
        self._said = True
        send, answered = self._engine.send_headers, self._streams.answered
        count, first = 0, _STATUS[status]
        for stream, further in zip(streams, headers, strict=True):
            sent = send(stream, (first, *further), end=True)
            answered(stream)
            if not sent:
                break
            count += 1
        return count

    def send_body(self, stream: int, data: bytes, *, end: bool = False) -> bool:
        """Send a piece of an answer's body, `end` with the last one; False as with `respond`."""
        return self._say(stream, end, None, data)

    def reset(self, stream: int, code: int, *further: int) -> bool:
        """End a stream by RST_STREAM; False if it is over, or its answer complete.

        `further` codes are said behind it, past the engine: Apple was seen to reset a stream twice,
        with 7, and with 5 for what was still on its way (pushy #476).
        """
        if self.ended or not self._streams.answered(stream):
            return False
        # Headers that were not taken yet would never be said.
        self._collect()
        self._said = True
        done = self._engine.reset(stream, code)
        for each in further:
            self.send_raw(rst_stream(stream, each))
        return done

    def want_no_more(self, stream: int) -> bool:
        """Say behind a complete answer that the rest of its request is not wanted: RST_STREAM with
        NO_ERROR (RFC 9113, 8.1). False if the answer has not left or nothing more can come.
        """
        if self.held_back_on(stream) or self.ended or not self._streams.cut_off(stream):
            return False
        self._said = True
        return self._engine.reset(stream, ErrorCode.NO_ERROR)

    def process_up_to(self, last_stream: int) -> None:
        """Let no GOAWAY name a higher stream from now on."""
        self._outgoing.last = min(self._outgoing.last, last_stream)

    def goaway(self, last_stream: int, code: int, debug: bytes = b"") -> int:
        """Say GOAWAY and stay: streams go on, also new ones. Gives back the last stream that was
        named, which one before may have lowered. It goes past the engine, which would not stay.
        """
        self._collect()
        return self._outgoing.goaway(last_stream, code, debug)

    def update_settings(self, values: Mapping[int, int]) -> bool:
        """Advertise other SETTINGS, which hold once `SettingsAcknowledged` has them; False if
        nothing is said any more.
        """
        self._collect()
        own = for_an_engine(values, self._limits)
        done = not self.ended and self._engine.update_settings(own)
        if done:
            self._advertise(values)
            self._said = True
        return done

    def ping(self, data: bytes = bytes(8)) -> None:
        """Send PING with eight bytes; `PingAcknowledged` has them again."""
        if not self.ended:
            self._engine.ping(data)
            self._said = True

    def send_raw(self, data: bytes) -> None:
        """Send any bytes behind all that was said before: half a frame, or none at all.

        A header block in them must not touch the table of HPACK, which the engine knows nothing of:
        only indexes of the static table, and literals without indexing.
        """
        self._collect()
        self._outgoing.add_raw(data)

    def omit(self, *kinds: Omitted) -> None:
        """From now on leave these frames out of what is sent."""
        self._collect()
        self._outgoing.omitted.update(kinds)

    # ---- inside -------------------------------------------------------------------------------

    def _advertise(self, values: Mapping[int, int]) -> None:
        self._outgoing.advertise(values)
        # What is not said is not acknowledged either.
        if Omitted.SETTINGS not in self._outgoing.omitted:
            self._streams.advertised(values)

    def _say(self, stream: int, end: bool, headers: Iterable[Header] | None, data: bytes) -> bool:
        if self._streams.is_over:
            return False
        self._said = True
        if headers is None:
            sent = self._engine.send_data(stream, data, end=end)
        else:
            sent = self._engine.send_headers(stream, headers, end=end)
        if end:
            self._streams.answered(stream)
        return sent

    def _settle(self) -> None:
        """Do what follows from what came, so that all of it is told at once."""
        if self._streams.surplus:
            for stream, code in self._streams.surplus.items():
                self._engine.reset(stream, code)
            self._streams.surplus.clear()
            self._said = True
        self._said = self._said or self._engine.wants_to_send
        self._collect()
        waiting = self._outgoing.size + self.held_back
        if waiting > self._limits.unsent and not self.ended:
            why = f"{waiting:,} bytes wait to be sent, and the client takes none of them"
            raise ConnectionFailed(ErrorCode.ENHANCE_YOUR_CALM, why)

    def _collect(self) -> None:
        if self._said:
            self._said = False
            self._outgoing.add(self._engine.data_to_send())

    def _fail(self, failure: ConnectionFailed) -> None:
        """End a connection whose engine says no GOAWAY, behind what it has to say all the same."""
        self._streams.over(failure.code, failure.reason)
        self._said = True
        self._collect()
        if failure.code:
            self._outgoing.goaway(self._streams.last, failure.code, failure.reason.encode())
