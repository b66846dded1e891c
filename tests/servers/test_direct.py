"""Sockets are read and written past trio's own calls where that can be done, to the same effect."""

from __future__ import annotations

import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing

from fakeapns.servers import direct
from fakeapns.servers.plain import PlainStream
from fakeapns.servers.stream import CHUNK

LARGE = bytes(range(256)) * 40_000


@pytest.fixture(params=[True, False], ids=["direct", "by trio"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    possible = bool(request.param)
    if possible and not direct.POSSIBLE:
        pytest.skip("a socket is no file here")
    monkeypatch.setattr(direct, "POSSIBLE", possible)
    return possible


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[PlainStream, trio.SocketStream]]:
    """A stream of ours, and the socket at its other end."""
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    client = await trio.open_tcp_stream("127.0.0.1", listener.socket.getsockname()[1])
    async with listener, client, await listener.accept() as served:
        yield PlainStream(served), client


async def say(stream: PlainStream, data: bytes) -> None:
    """At once if that can be done."""
    if not stream.send_at_once(data):
        await stream.send_all(data)


async def test_what_comes_is_read_and_what_is_said_arrives(way: bool) -> None:
    async with connected() as (stream, client):
        await client.send_all(b"hello")
        assert await stream.receive_some() == b"hello"
        at_once = stream.send_at_once(b"and ")
        assert at_once is way
        if not at_once:
            await stream.send_all(b"and ")
        # The loop has to look for news before the next one may go past it.
        assert not stream.send_at_once(b"never")
        await stream.send_all(b"goodbye")
        await stream.aclose()
        assert b"".join([part async for part in client]) == b"and goodbye"


async def test_what_there_is_no_room_for_is_owed(way: bool) -> None:
    async with connected() as (stream, client):
        await client.send_all(b"hello")
        await stream.receive_some()
        if not stream.send_at_once(LARGE):
            assert not way
            return
        assert stream.owes
        assert not stream.send_at_once(b"behind it")
        found = bytearray()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(stream.answer)
            while len(found) < len(LARGE):
                found += await client.receive_some(CHUNK)
        assert found == LARGE
        assert not stream.owes


async def test_the_end_is_seen() -> None:
    async with connected() as (stream, client):
        await client.send_eof()
        assert await stream.receive_some() == b""
        assert stream.ended == "graceful"


async def test_a_reset_is_told_as_what_it_is() -> None:
    async with connected() as (stream, client):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.socket.close()
        with pytest.raises(trio.BrokenResourceError) as broken:
            await stream.receive_some()
        cause = broken.value.__cause__
        assert isinstance(cause, OSError)
        with pytest.raises(trio.BrokenResourceError):
            await stream.send_all(b"anybody?")


async def test_a_write_behind_a_reset_is_told_so() -> None:
    async with connected() as (stream, client):
        await client.send_all(b"hello")
        await stream.receive_some()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.socket.close()
        assert isinstance(stream.transport, trio.SocketStream)
        await trio.lowlevel.wait_readable(stream.transport.socket)
        with pytest.raises(trio.BrokenResourceError):
            await say(stream, b"anybody?")


async def test_a_stream_that_was_closed_here_says_so() -> None:
    async with connected() as (stream, client):
        await client.send_all(b"hello")
        await stream.receive_some()
        await stream.aclose()
        with pytest.raises(trio.ClosedResourceError):
            await stream.receive_some()
        with pytest.raises(trio.ClosedResourceError):
            await say(stream, b"late")


async def test_who_waits_while_it_is_closed_is_told() -> None:
    async with connected() as (stream, _), trio.open_nursery() as nursery:

        async def close() -> None:
            await trio.testing.wait_all_tasks_blocked()
            await stream.aclose()

        nursery.start_soon(close)
        with pytest.raises(trio.ClosedResourceError):
            await stream.receive_some()
