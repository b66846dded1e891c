"""What a server says on one connection of HTTP/2: answers, and HTTP/2 itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from .engine import Engine
from .frames import ErrorCode, Omitted, rst_stream
from .limits import Limits
from .outgoing import Outgoing
from .settings import for_an_engine
from .shapes import Header
from .streams import Streams

_STATUS = {status: (b":status", str(status).encode()) for status in range(100, 600)}


class Sending:
    """The half of a wire that writes. What is said is done by the engine, and what it would never
    say behind its back.
    """

    def __init__(
        self, engine: Engine, streams: Streams, limits: Limits, omit: Collection[Omitted]
    ) -> None:
        self._engine = engine
        self._streams = streams
        self._limits = limits
        self._outgoing = Outgoing()
        self._outgoing.omitted.update(omit)
        # What was said since the engine was last asked for its bytes.
        self._said = True

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
    def last_processed(self) -> int:
        """The highest stream that a GOAWAY may name now."""
        return min(self._streams.last, self._outgoing.last)

    @property
    def left_out(self) -> Collection[Omitted]:
        """The frames that were to be sent and were not, as `omit` wants it."""
        self._collect()
        return self._outgoing.left_out

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
        # What is still to be sent may be the end itself.
        self._collect()
        if self.ended:
            return False
        self._engine.update_settings(for_an_engine(values, self._limits))
        self._advertise(values)
        self._said = True
        return True

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

    def _collect(self) -> None:
        if self._said:
            self._said = False
            self._outgoing.add(self._engine.data_to_send())
