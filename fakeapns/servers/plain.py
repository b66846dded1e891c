"""A connection without TLS, for the port that has none."""

from __future__ import annotations

from typing import Literal

from .stream import CHUNK, Stream, Transport
from .turns import Turn


class PlainStream(Stream):
    """Bytes as they come: a FIN is a goodbye, and the only one that there is."""

    __slots__ = ("_held", "_unsent")

    END: Literal["graceful"] = "graceful"

    def __init__(self, transport: Transport, turn: Turn | None = None) -> None:
        super().__init__(transport, turn)
        self._held = bytearray()
        self._unsent = b""

    @property
    def begun(self) -> int:
        """What was taken to hear of it, and waits with the rest."""
        return len(self._held)

    @property
    def owes(self) -> bool:
        """What there was no room for."""
        return bool(self._unsent)

    @property
    def version(self) -> None:
        """There is no TLS."""

    def _receive(self, data: bytes | bytearray) -> int:
        self.taken += len(data)
        self._held += data
        return len(data)

    def decrypt(self, most: int = CHUNK) -> bytes:
        """What was taken: so many bytes at most, see `undecrypted`."""
        data = bytes(self._held[:most])
        del self._held[:most]
        self.undecrypted = bool(self._held)
        return data

    def looks_ahead(self) -> bool:
        """Whether anything was taken."""
        return bool(self._held)

    def _is_goodbye(self) -> bool:
        return False

    async def answer(self) -> None:
        """Send what there was no room for."""
        data, self._unsent = self._unsent, b""
        if data:
            await self.transport.send_all(data)

    async def send_all(self, data: bytes) -> None:
        """Send."""
        await self.transport.send_all(data)

    def send_at_once(self, data: bytes) -> bool:
        """Send without waiting, if that can be done now."""
        if not self._has_yielded or self._unsent:
            return False
        self._unsent = self._write_at_once(data)
        return True
