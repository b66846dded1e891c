"""TLS over memory buffers: what it makes of bytes, and has to say of them."""

from __future__ import annotations

import contextlib
import ssl
from typing import Literal

from .sessions import Session, forget
from .stream import CHUNK, Stream, Transport
from .turns import Turn

#: The type of a record with an alert, and what each record begins with: its type, a version and a
#: length, each of the latter in two bytes (RFC 5246, 6.2.1).
_ALERT, _HEADER = b"\x15", 5


class Records(Stream):
    """One side of a TLS connection: the client's with a `server_hostname`, the server's without.

    `ended` says how the peer has ended it: `graceful` with a close_notify, else `no-close-notify`.
    """

    __slots__ = (
        "_ahead",
        "_broken",
        "_context",
        "_head",
        "_incoming",
        "_outgoing",
        "_session",
        "_tls",
        "_whole",
    )

    END: Literal["no-close-notify"] = "no-close-notify"

    def __init__(
        self,
        transport: Transport,
        context: ssl.SSLContext,
        server_hostname: str | None = None,
        turn: Turn | None = None,
    ) -> None:
        super().__init__(transport, turn)
        self._context = context
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming,
            self._outgoing,
            server_side=server_hostname is None,
            server_hostname=server_hostname,
        )
        #: What our first flight offered to remember, until that is forgotten.
        self._session: Session | None = None
        #: What was decrypted and not given out.
        self._ahead = b""
        #: What the peer has broken TLS with. OpenSSL says it once, and something else behind it.
        self._broken: ssl.SSLError | None = None
        #: The header of the record that has begun, as far as it has come; of one whose beginning
        #: came together with the record before, what came next.
        self._head = b""
        #: How many of the bytes that were taken had come of something.
        self._whole = 0

    @property
    def begun(self) -> int:
        """Bytes that have come behind the last that could be decrypted: of no complete record."""
        # Not those that came together with a complete one: OpenSSL takes them in and says nothing.
        return self.taken - self._whole

    @property
    def version(self) -> str | None:
        """The protocol agreed upon, as in `TLSv1.2`."""
        return self._tls.version()

    @property
    def alpn(self) -> str | None:
        """What was agreed upon to be spoken inside, if anything was."""
        return self._tls.selected_alpn_protocol()

    @property
    def resumed(self) -> bool:
        """Whether it would go on with a session, and the identity in it: then nothing of ours has
        gone out, and it is to be refused.
        """
        return bool(self._tls.session_reused)

    @property
    def peer_certificate(self) -> bytes | None:
        """The peer's certificate in DER."""
        return self._tls.getpeercert(binary_form=True)

    @property
    def trusted_by_us(self) -> list[bytes]:
        """The CAs that the peer's certificate may be from, in DER."""
        return self._context.get_ca_certs(binary_form=True)

    @property
    def owes(self) -> bool:
        """Whether TLS itself has something to say of what was read, such as an alert."""
        return self._outgoing.pending > 0

    def _forget(self) -> None:
        """See that nobody resumes what began with this handshake, or what it would go on with."""
        if self._session is not None and self.version != "TLSv1.3":
            forget(self._session, self._context)
        self._session = None

    def _receive(self, data: bytes | bytearray) -> int:
        if self.begun == 0:
            self._head = bytes(data[:_HEADER])
        elif len(self._head) < _HEADER:
            self._head = (self._head + data)[:_HEADER]
        self.taken += len(data)
        return self._incoming.write(data)

    def _is_goodbye(self) -> bool | None:
        # An alert is one, in most cases. Its type alone does not tell: one in 256 bytes from the
        # middle of a record looks like it.
        head = self._head
        if head[:1] != _ALERT:
            return False
        return None if len(head) < _HEADER else head[1] == 3 and head[3] == 0

    def looks_ahead(self) -> bool:
        """Whether `decrypt` has something to tell of what was taken, were it that all is over."""
        with contextlib.suppress(ssl.SSLError):
            self._ahead = self.decrypt(1)
        return bool(self._ahead) or self.ended is not None or self._broken is not None

    def decrypt(self, most: int = CHUNK) -> bytes:
        """What the records hold that were taken: so many bytes at most, see `undecrypted`.

        Raises `ssl.SSLError` where the peer has broken TLS, once what came before is given out.
        """
        if self._broken is not None:
            raise self._broken
        parts = [self._ahead] if self._ahead else []
        most, self._ahead = most - len(self._ahead), b""
        while self.ended is None and most > 0:
            try:
                data = self._tls.read(most)
            except ssl.SSLWantReadError:
                self.undecrypted = False
                break
            except ssl.SSLZeroReturnError:
                data = b""
            except ssl.SSLError as wrong:
                self._broken, self.has_given_up = wrong, self.owes
                if parts:
                    # Give out what came before; the error comes again with the next call.
                    break
                raise
            if not data:
                self.ended = "graceful"
            parts.append(data)
            most -= len(data)
        if self.ended is not None:
            self.undecrypted = False
        if parts:
            self._whole = self.taken
        # There is nothing else that OpenSSL answers by itself, up to TLS 1.2.
        if self.owes and self._broken is None and self.version != "TLSv1.3":
            self.asks_anew = True
        return parts[0] if len(parts) == 1 else b"".join(parts)
