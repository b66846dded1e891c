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
import ssl

import trio

from .alerts import fatal_alert
from .hello import is_settled, server_name
from .records import Records
from .sessions import begun
from .stream import CHUNK, Transport
from .turns import Turn

#: Bytes taken from the transport in one go in a handshake. A memory buffer never gives back what it
#: has grown to, and thousands of connections may do nothing but shake hands and wait: 39 KiB for
#: each of 5000 idle ones (`python -m benchmarks`).
HANDSHAKE_CHUNK = 1024

#: Slices of work in a step of a handshake: half a millisecond, most of it for a signature.
_STEP = 1.0


class TLSStream(Records):
    """One TLS connection.

    `heard` is what came before the handshake was finished, and `answered` whether something of ours
    went out by then. Before each step of a handshake it waits for its `turn`: `held_up` is whether
    that was as far as it came.
    """

    __slots__ = ("_host", "_shut", "answered", "heard", "held_up")

    def __init__(
        self,
        transport: Transport,
        context: ssl.SSLContext,
        *,
        server_hostname: str | None = None,
        turn: Turn | None = None,
    ) -> None:
        super().__init__(transport, context, server_hostname, turn)
        self.heard = b""
        self.answered = self.held_up = False
        self._shut = False
        self._host: str | None = None

    @property
    def host(self) -> str | None:
        """The name that the client has asked for (SNI), as far as that is to be seen yet."""
        return self._host or server_name(self.heard)

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

    async def hear_hello(self) -> None:
        """Wait until the peer's hello is whole, or nothing that comes makes one, or it leaves."""
        with contextlib.suppress(trio.BrokenResourceError):
            while not is_settled(self.heard):
                await self._hear(HANDSHAKE_CHUNK)

    def present(self, context: ssl.SSLContext) -> None:
        """Present the certificate of this context, on the terms of the one before."""
        self._tls.context = context

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
        self._host, self.heard = self.host, b""
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

    def send_at_once(self, data: bytes) -> bool:
        """Encrypt, and send without waiting, if that can be done now."""
        if not self._has_yielded or self.owes:
            return False
        self._tls.write(data)
        self._outgoing.write(self._write_at_once(self._outgoing.read()))
        return True

    async def send_eof(self, *, close_notify: bool = True) -> None:
        """Shut our side, with a close_notify or without, then FIN. Reading goes on."""
        if close_notify and not self._shut:
            self._shut = True
            # Every complete record has been read, or else OpenSSL would take the next one
            # for an answer and fail; with none there it just waits for it.
            with contextlib.suppress(ssl.SSLError):
                self._tls.unwrap()
            await self._flush()
        await super().send_eof()

    async def _flush(self) -> None:
        if not self._outgoing.pending:
            return
        data = self._outgoing.read()
        if not self.answered:
            self.answered, self._session = True, begun(data)
        await self.transport.send_all(data)
