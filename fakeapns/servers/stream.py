"""What comes and goes on a transport, as the loop wants it: read on demand, ended on purpose."""

from __future__ import annotations

import socket
import struct
from abc import ABC, abstractmethod
from typing import Literal

import trio

from . import direct
from .turns import Turn

#: Bytes taken from the transport in one go. The records of one read are decrypted together, and
#: their frames scanned in a row.
CHUNK = 65_536

Transport = trio.abc.HalfCloseableStream


class Stream(ABC):
    """One connection on `transport`. Not for use by two tasks in one direction.

    What arrives is taken by `fetch` and given out by `decrypt`, so that this can have its `turn`.
    `ended` says how the peer has ended it. Methods raise `trio.BrokenResourceError` when the
    connection is gone and `ssl.SSLError` when the peer breaks TLS. `asks_anew` is whether the peer
    has asked to shake hands again, which is refused, up to TLS 1.2; `has_given_up` whether it has
    broken TLS, and is to read an alert that says so.
    """

    __slots__ = (
        "_end",
        "_has_yielded",
        "_heard",
        "asks_anew",
        "ended",
        "has_given_up",
        "taken",
        "transport",
        "turn",
        "undecrypted",
    )

    #: What the end of the transport itself says of how the peer has ended it.
    END: Literal["graceful", "no-close-notify"]

    def __init__(self, transport: Transport, turn: Turn | None = None) -> None:
        self.transport = transport
        self.turn = turn or Turn()
        self.ended: Literal["graceful", "no-close-notify"] | None = None
        self.asks_anew = self.has_given_up = False
        #: Whether something may be left that was taken from the transport and not given out.
        self.undecrypted = False
        #: Bytes that were taken from the transport.
        self.taken = 0
        #: How many of them since it was told that there are more.
        self._heard = 0
        #: Whether the loop has looked for news since something was sent past it.
        self._has_yielded = False
        #: How the transport ended while nobody was reading, for whoever reads next.
        self._end: trio.BrokenResourceError | Literal["closed"] | None = None

    # ---- what is made of bytes ----------------------------------------------------------------

    @property
    @abstractmethod
    def begun(self) -> int:
        """Bytes that have come and can be given out to nobody yet."""

    @property
    @abstractmethod
    def owes(self) -> bool:
        """Whether the stream itself has something to say of what was read, such as an alert."""

    @property
    @abstractmethod
    def version(self) -> str | None:
        """The version of TLS, as in `TLSv1.2`, if there is one."""

    @abstractmethod
    def _receive(self, data: bytes | bytearray) -> int:
        """Take what has arrived; how much it was."""

    @abstractmethod
    def decrypt(self, most: int = CHUNK) -> bytes:
        """What was taken: so many bytes at most, see `undecrypted`."""

    @abstractmethod
    def looks_ahead(self) -> bool:
        """Whether `decrypt` has something to tell of what was taken, were it that all is over."""

    @abstractmethod
    def _is_goodbye(self) -> bool | None:
        """Whether what was taken last is none that anybody would read later; None as long as that
        is not to be seen.
        """

    @abstractmethod
    async def answer(self) -> None:
        """Send what the stream itself has to say of what was read."""

    @abstractmethod
    async def send_all(self, data: bytes) -> None:
        """Send."""

    @abstractmethod
    def send_at_once(self, data: bytes) -> bool:
        """Send without waiting; False where that cannot be done now, and nothing was sent. What the
        transport has no room for is owed.
        """

    # ---- the transport ------------------------------------------------------------------------

    async def receive_some(self, limit: int = CHUNK) -> bytes:
        """What has arrived, `b""` at the end.

        There may be nothing yet though it is not the end, see `ended`: where at most `limit` bytes
        are taken from the transport, or something is to be said of what was read, see `owes`.
        """
        while True:
            data = self.decrypt()
            if data or self.ended or self.owes:
                return data
            await self.fetch(limit)
            if limit < CHUNK:
                return self.decrypt()

    async def fetch(self, limit: int = CHUNK) -> None:
        """Take what arrives from the transport, at most so many bytes, for `decrypt`."""
        heard, self._heard = self._heard, 0
        # Those bytes have been taken already, and they may be the last that ever come.
        if heard and (limit <= heard or self.looks_ahead()):
            self.undecrypted = True
            return
        arrived = await self._arrived(limit - heard)
        if not self._receive(arrived):
            self.ended = self.END
        self.undecrypted = True

    async def hear_of_more(self) -> None:
        """Wait until the peer has sent more, and leave it there. Told once, until it is read."""
        # One byte of it is taken, a few if need be: that makes no room for a writer, and works on
        # every transport.
        while self._end is None and (not self._heard or self._is_goodbye() is None):
            try:
                taken = await self.transport.receive_some(1)
            except trio.BrokenResourceError as broken:
                self._end = broken
                break
            if not taken:
                self._end = "closed"
                break
            self._heard += self._receive(taken)
            if self._is_goodbye() is False:
                return
        await trio.sleep_forever()

    async def _arrived(self, limit: int) -> bytes | bytearray:
        if isinstance(self._end, trio.BrokenResourceError):
            raise self._end
        if self._end is not None:
            return b""
        if isinstance(self.transport, trio.SocketStream) and direct.POSSIBLE:
            self._has_yielded = False
            arrived = await direct.read(self.transport, limit)
            self._has_yielded = True
            return arrived
        return await self.transport.receive_some(limit)

    def _write_at_once(self, data: bytes) -> bytes:
        """Write without waiting, once the loop has looked for news; what there was no room for."""
        assert isinstance(self.transport, trio.SocketStream)
        self._has_yielded = False
        return data[direct.write(self.transport, data) :]

    async def send_eof(self, *, close_notify: bool = True) -> None:
        """Shut our side, with a close_notify where there is such a thing, or with FIN alone.
        Reading goes on.
        """
        await self.transport.send_eof()

    async def aclose(self) -> None:
        """Close the transport."""
        await trio.aclose_forcefully(self.transport)

    async def reset(self) -> None:
        """Close the transport with a RST where it is a socket."""
        await reset(self.transport)


async def reset(transport: Transport) -> None:
    """Close a transport with a RST where it is a socket."""
    # What SO_LINGER does with a time of 0, and no other call does on purpose.
    if isinstance(transport, trio.SocketStream):
        linger_for_nothing = struct.pack("ii", 1, 0)
        transport.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_nothing)
    await trio.aclose_forcefully(transport)
