"""TLS over memory buffers on a trio stream: the one place where records are handled.

`trio.SSLStream` cannot read on after its own close_notify, cannot leave one out, cannot send
a chosen alert, and gives back one record for each call. The gateway needs all four.

Two rules of TLS shape the rest. A side that shuts says close_notify and may read on until it has
the other's (RFC 5246, 7.2.1; RFC 8446, 6.1): so an error packet is followed by both and by reading,
since a socket that is closed with something unread answers with a reset (RFC 1122, 4.2.2.13) that
wipes out the packet. And up to TLS 1.2 the server has the last word of a handshake: it judges the
client's certificate while the client still waits, so a refusal is part of connecting, as on the
real service (TN2265). In TLS 1.3 the client has finished by then (RFC 8446, 2), and learns of it
with its first read.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from typing import Literal

import trio

from .alerts import fatal_alert
from .records import CHUNK, Records
from .sessions import begun
from .turns import Turn

#: Bytes taken from the transport in one go in a handshake. A memory buffer never gives back what it
#: has grown to, and thousands of connections may do nothing but shake hands and wait: 39 KiB for
#: each of 5000 idle ones (`python -m benchmarks`).
HANDSHAKE_CHUNK = 1024

#: Slices of work in a step of a handshake: half a millisecond, most of it for a signature.
_STEP = 1.0


class TLSStream(Records):
    """One TLS connection on `transport`. Not for use by two tasks in one direction.

    Once `receive_some` has returned `b""`, `ended` says how, unless something is to be said first:
    see `owes`. Methods raise `trio.BrokenResourceError` when the connection is gone and
    `ssl.SSLError` when the peer breaks TLS. `heard` is what came before the handshake was finished,
    and `answered` whether something of ours went out by then. Before each step of a handshake it
    waits for its `turn`: `held_up` is whether that was as far as it came.
    """

    __slots__ = (
        "_end",
        "_knows_of_more",
        "_shut",
        "answered",
        "heard",
        "held_up",
        "transport",
        "turn",
    )

    def __init__(
        self,
        transport: trio.abc.HalfCloseableStream,
        context: ssl.SSLContext,
        *,
        server_hostname: str | None = None,
        turn: Turn | None = None,
    ) -> None:
        super().__init__(context, server_hostname)
        self.transport = transport
        self.turn = turn or Turn()
        self.heard = b""
        self.answered = self.held_up = False
        self._shut = False
        self._knows_of_more = False
        #: How the transport ended while nobody was reading, for whoever reads next.
        self._end: trio.BrokenResourceError | Literal["closed"] | None = None

    async def do_handshake(self) -> None:
        """Shake hands, but for our last flight: it waits in memory until `finish_handshake`.

        So a server can look at the client's certificate while it can still refuse it with
        an alert that the client sees as part of the handshake. When this raises, the alert
        that OpenSSL has chosen is sent.
        """
        while True:
            try:
                self._tls.do_handshake()
                self._forget()
                return
            except ssl.SSLWantReadError:
                if self.resumed:
                    self._session = begun(self._outgoing.read())
                    self._forget()
                    return
                await self._flush()
            except ssl.SSLError:
                await self._flush()
                raise
            if await self._hear(HANDSHAKE_CHUNK) < HANDSHAKE_CHUNK:
                self.held_up = True
                await self.turn.come(_STEP, begun=True)
                self.held_up = False

    async def hear(self) -> None:
        """Wait for the peer's first bytes, before the handshake."""
        await self._hear(CHUNK)

    async def _hear(self, limit: int) -> int:
        data = await self.transport.receive_some(limit)
        if not data:
            raise trio.BrokenResourceError("the peer left during the handshake")
        self.heard += data
        return self._receive(data)

    async def alert(self, number: int) -> None:
        """Send a fatal alert in place of our first flight. The peer has to have spoken."""
        await self.transport.send_all(fatal_alert(number))

    async def finish_handshake(self) -> None:
        """Send our last flight."""
        self.heard = b""
        self._whole = self.taken
        self.undecrypted = self._incoming.pending > 0
        await self._flush()

    async def refuse(self, alert: int) -> bool:
        """Send a fatal alert instead of our last flight. False where TLS 1.3 forbids it.

        Up to TLS 1.2 the client awaits a plaintext record at this point; in 1.3 it has
        finished its side already and takes encrypted ones only.
        """
        if self.version == "TLSv1.3":
            return False
        self._outgoing.read()
        await self.transport.send_all(fatal_alert(alert, self.version))
        return True

    async def receive_some(self, limit: int = CHUNK) -> bytes:
        """What all complete records that have arrived hold, `b""` at the end.

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
        heard, self._knows_of_more = self._knows_of_more, False
        # That one byte has been taken already, and it may be the last that ever comes.
        if heard and (limit == 1 or self.looks_ahead()):
            self.undecrypted = True
            return
        arrived = await self._arrived(limit - heard)
        if not self._receive(arrived):
            self.ended = "no-close-notify"
        self.undecrypted = True

    async def hear_of_more(self) -> None:
        """Wait until the peer has sent more, and leave it there. Told once, until it is read."""
        # One byte of it is taken: that makes no room for a writer, and works on every transport.
        if not self._knows_of_more and self._end is None:
            try:
                taken = await self.transport.receive_some(1)
            except trio.BrokenResourceError as broken:
                self._end = broken
            else:
                self._receive(taken)
                self._knows_of_more = bool(taken)
                # An alert is a goodbye, in most cases: nothing that anybody would read later.
                if taken and not self._is_alert:
                    return
                if not taken:
                    self._end = "closed"
        await trio.sleep_forever()

    async def _arrived(self, limit: int) -> bytes | bytearray:
        if isinstance(self._end, trio.BrokenResourceError):
            raise self._end
        if self._end is not None:
            return b""
        return await self.transport.receive_some(limit)

    async def answer(self) -> None:
        """Send what TLS itself has to say of what was read: an alert, or new keys in return."""
        # Apart from reading, which may be called off at any moment, half a record or not.
        await self._flush()

    async def send_all(self, data: bytes) -> None:
        """Encrypt and send."""
        if not data:
            return
        self._tls.write(data)
        await self._flush()

    async def send_eof(self, *, close_notify: bool = True) -> None:
        """Shut our side, with a close_notify or without, then FIN. Reading goes on."""
        if close_notify and not self._shut:
            self._shut = True
            # Every complete record has been read, or else OpenSSL would take the next one
            # for an answer and fail; with none there it just waits for it.
            with contextlib.suppress(ssl.SSLError):
                self._tls.unwrap()
            await self._flush()
        await self.transport.send_eof()

    async def aclose(self) -> None:
        """Close the transport."""
        await trio.aclose_forcefully(self.transport)

    async def reset(self) -> None:
        """Close the transport with a RST where it is a socket."""
        # What SO_LINGER does with a time of 0, and no other call does on purpose.
        if isinstance(self.transport, trio.SocketStream):
            linger_for_nothing = struct.pack("ii", 1, 0)
            self.transport.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_nothing)
        await trio.aclose_forcefully(self.transport)

    async def _flush(self) -> None:
        if not self._outgoing.pending:
            return
        data = self._outgoing.read()
        if not self.answered:
            self.answered, self._session = True, begun(data)
        await self.transport.send_all(data)
