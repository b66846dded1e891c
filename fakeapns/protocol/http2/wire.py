"""One connection of HTTP/2 on the server's side: bytes and values into each other."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping

from .boundary import Boundary
from .engine import MakeEngine
from .events import Event
from .frames import ErrorCode, Omitted
from .limits import Limits
from .sending import Sending
from .settings import SETTINGS, for_an_engine
from .shapes import Shapes
from .streams import ConnectionFailed, Streams


class Wire(Sending):
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
        limits = limits or Limits()
        streams = Streams(limits, shapes or Shapes())
        super().__init__(make(streams, limits), streams, limits, omit)
        self._boundary = Boundary()
        self._advertise(settings)
        self._engine.start(for_an_engine(settings, limits))

    @property
    def last_stream(self) -> int:
        """The highest stream that a request has begun on."""
        return self._streams.last

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

    # ---- inside -------------------------------------------------------------------------------

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

    def _fail(self, failure: ConnectionFailed) -> None:
        """End a connection whose engine says no GOAWAY, behind what it has to say all the same."""
        self._streams.over(failure.code, failure.reason)
        self._said = True
        self._collect()
        if failure.code:
            self._outgoing.goaway(self._streams.last, failure.code, failure.reason.encode())
