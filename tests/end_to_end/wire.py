"""A provider's end of a connection, with nothing of ours in it: its own bytes, its own notes."""

from __future__ import annotations

import contextlib
import ssl
import struct
from typing import Self

import trio

PACKET = struct.Struct(">BBI")


def pack(token: bytes, payload: bytes, identifier: int) -> bytes:
    """A frame of command 2 with token, payload and identifier."""
    items = b"".join(
        struct.pack(">BH", item, len(data)) + data
        for item, data in ((1, token), (2, payload), (3, struct.pack(">I", identifier)))
    )
    return struct.pack(">BI", 2, len(items)) + items


class Link:
    """One connection: what was written on it, in order, and what came back.

    `written` has the identifiers. `packet` is the answer so far, `told` is set when it is
    whole, `ended` when the server will say no more.
    """

    def __init__(self, stream: trio.abc.Stream, transport: trio.SocketStream) -> None:
        self._stream = stream
        self._transport = transport
        host, port = transport.socket.getsockname()
        self.name = f"{host}:{port}"
        self.written: list[int] = []
        self.packet = b""
        self.told = trio.Event()
        self.ended = trio.Event()
        self.broken = False

    @classmethod
    async def open(cls, address: tuple[str, int], context: ssl.SSLContext) -> Self:
        """Connect and shake hands. Raises `OSError` or `trio.BrokenResourceError`."""
        transport = await trio.open_tcp_stream(*address)
        stream = trio.SSLStream(
            transport, context, server_hostname="localhost", https_compatible=True
        )
        try:
            await stream.do_handshake()
        except BaseException:
            await trio.aclose_forcefully(transport)
            raise
        return cls(stream, transport)

    @property
    def answered(self) -> bool:
        """Whether a whole error packet has come."""
        return self.told.is_set()

    @property
    def refused(self) -> int:
        """The identifier in the error packet."""
        command, _, identifier = PACKET.unpack(self.packet)
        assert command == 8
        return int(identifier)

    async def write(self, frames: dict[int, bytes]) -> None:
        """Write frames by identifier, in one go. Notes it where the connection is gone."""
        self.written += frames
        try:
            await self._stream.send_all(b"".join(frames.values()))
        except trio.BrokenResourceError:
            self.broken = True

    async def listen(self) -> None:
        """Take what comes until the end."""
        with contextlib.suppress(trio.BrokenResourceError):
            while data := await self._stream.receive_some(4096):
                self.packet += data
                if len(self.packet) >= PACKET.size:
                    self.told.set()
        self.ended.set()

    async def hang_up(self) -> None:
        """Shut our side and read on until the server has shut its own."""
        with contextlib.suppress(trio.BrokenResourceError):
            await self._transport.send_eof()
        await self.ended.wait()

    async def close(self) -> None:
        """Let go of the socket."""
        await trio.aclose_forcefully(self._stream)
