"""Who is there: every connection from its acceptance to its end, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import trio

from ..fronts import Connection
from .diag import Pair
from .peers import pair_of
from .stream import Stream


class Visitor:
    """One connection. What it comes with is there from the start, the rest as it comes to that."""

    __slots__ = (
        "_visitors",
        "at",
        "connection",
        "held",
        "host",
        "number",
        "pair",
        "stage",
        "stream",
        "transport",
    )

    def __init__(self, transport: trio.abc.HalfCloseableStream, visitors: Visitors) -> None:
        self._visitors = visitors
        #: What it is about before it speaks, in words.
        self.at = "in its handshake"
        self.transport = transport
        self.pair: Pair | None = pair_of(transport)
        self.number: int | None = None
        #: The name that it has asked the proxy for, if it came by that.
        self.host: str | None = None
        self.stream: Stream | None = None
        self.connection: Connection | None = None
        self.stage: Literal["arriving", "served", "leaving"] = "arriving"
        #: What keeps it from arriving, in words.
        self.held: str | None = None

    def served(self, connection: Connection) -> None:
        """It has shaken hands, if it has to, and speaks from now on."""
        self.connection, self.stage = connection, "served"
        self._visitors.wake()

    def leave(self) -> None:
        """Nothing that it says from now on matters."""
        self.stage = "leaving"
        self._visitors.wake()

    def flushing(self, flush: Callable[[], None]) -> Callable[[], None]:
        """What hands on what was recorded of it, and tells of that."""

        def flush_and_wake() -> None:
            flush()
            self._visitors.wake()

        return flush_and_wake

    def hold(self, why: str | None) -> None:
        """A fault keeps it from arriving, or does no more."""
        self.held = why
        self._visitors.wake()

    @property
    def socket(self) -> trio.socket.SocketType | None:
        """Where it writes; None over memory."""
        return self.transport.socket if isinstance(self.transport, trio.SocketStream) else None

    @property
    def taken(self) -> int:
        """How many bytes have come of it."""
        return 0 if self.stream is None else self.stream.taken

    @property
    def is_held(self) -> bool:
        """Whether something keeps it from being read."""
        if self.connection is None:
            return self.held is not None
        return self.connection.pending.held is not None

    @property
    def is_at_work(self) -> bool:
        """Whether something was taken of it that is only waiting for a turn to be dealt with."""
        if self.stage != "served" or self.connection is None or self.stream is None:
            return False
        return self.connection.busy or self.stream.undecrypted

    @property
    def may_speak(self) -> bool:
        """Whether something may still be heard of it."""
        ended = self.stream is not None and self.stream.ended is not None
        return self.stage == "served" and not ended

    def __str__(self) -> str:
        return "a connection" if self.number is None else f"connection {self.number}"


class Visitors:
    """All of one server, in the order in which they came. To be asked in the server's loop."""

    def __init__(self) -> None:
        self._present: dict[Visitor, None] = {}
        self._news: trio.Event | None = None

    def __iter__(self) -> Iterator[Visitor]:
        return iter(tuple(self._present))

    @contextmanager
    def with_one(self, transport: trio.abc.HalfCloseableStream) -> Iterator[Visitor]:
        """Whoever is at the other end of this transport is there while the context lasts."""
        visitor = Visitor(transport, self)
        self._present[visitor] = None
        try:
            yield visitor
        finally:
            del self._present[visitor]
            self.wake()

    def wake(self) -> None:
        """One of them has moved on, or something may have come of it: wake who waits for that."""
        if self._news is not None:
            self._news.set()
            self._news = None

    async def news(self) -> None:
        """Wait until one of them moves on, or something has come of it."""
        if self._news is None:
            self._news = trio.Event()
        await self._news.wait()
