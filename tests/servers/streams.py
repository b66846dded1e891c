"""Both ends of a connection in one test, over memory."""

from __future__ import annotations

import contextlib
import ssl
import warnings

import trio
from trio.testing import memory_stream_pair

from fakeapns.certificates import client_context, default_authority, server_context
from fakeapns.scenario.faults import Service
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.settings_keywords import SettingsKeywords
from fakeapns.scenario.tls_terms import TLSTerms
from fakeapns.servers import TLSStream
from fakeapns.servers.refusals import Door

from ..frames import TOPIC

Transport = trio.abc.HalfCloseableStream


class Recording(trio.abc.HalfCloseableStream):
    """A stream that remembers what was sent in one go, and can hold it back."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.sent: list[bytes] = []
        self.holding = False

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))
        if not self.holding:
            await self.inner.send_all(data)

    async def release(self) -> None:
        """Send all that was held back, in one go."""
        self.holding = False
        await self.inner.send_all(b"".join(self.sent))

    async def wait_send_all_might_not_block(self) -> None:
        await self.inner.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        return await self.inner.receive_some(max_bytes)

    async def send_eof(self) -> None:
        if not self.holding:
            await self.inner.send_eof()

    async def aclose(self) -> None:
        await self.inner.aclose()


def contexts(settings: SettingsKeywords | None = None) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A client's and a server's context that trust each other."""
    authority = default_authority()
    ours = client_context(authority, authority.client(TOPIC))
    return ours, server_context(authority, Settings.of(settings or {}))


def door(
    service: Service = "gateway", settings: Settings | None = None, port: int | None = None
) -> Door:
    """What a client comes to, where every other service is at this port."""
    settings = settings or Settings()
    return Door(service, TLSTerms.of(service, settings), settings, lambda _: port)


def insist_on(context: ssl.SSLContext, version: str) -> None:
    """Let a client speak this version only, as in `TLSv1.1`, however old it is."""
    chosen = ssl.TLSVersion[version.replace(".", "_")]
    if chosen < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = chosen


def hello(context: ssl.SSLContext) -> bytes:
    """The first thing that a client says."""
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


async def tls_pair(
    transports: tuple[Transport, Transport] | None = None,
    settings: SettingsKeywords | None = None,
    sides: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
) -> tuple[TLSStream, TLSStream]:
    """A client and a server that have shaken hands."""
    theirs, ours = transports or memory_stream_pair()
    client_side, server_side = sides or contexts(settings)
    client = TLSStream(theirs, client_side, server_hostname="localhost")
    server = TLSStream(ours, server_side)
    async with trio.open_nursery() as nursery:
        for stream in (client, server):
            nursery.start_soon(_shake_hands, stream)
    return client, server


async def _shake_hands(stream: TLSStream) -> None:
    await stream.do_handshake()
    await stream.finish_handshake()


async def read_to_end(stream: trio.SSLStream[trio.abc.Stream] | TLSStream) -> bytes:
    """All that comes until the peer is through."""
    parts = []
    while data := await stream.receive_some():
        parts.append(bytes(data))
    return b"".join(parts)
