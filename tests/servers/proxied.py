"""Clients that come by the proxy."""

from __future__ import annotations

import socket
import ssl

import trio
from trio.testing import memory_stream_pair

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.fake.both_forms import emulator_of

from ..providers import knock

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def request(host: str, port: int = 443) -> bytes:
    """What a client asks a proxy."""
    return f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()


def ask(apns: ThreadedAPNs, host: str, port: int = 443) -> socket.socket:
    """A connection that the proxy has led somewhere."""
    connection = knock(apns, "proxy")
    connection.sendall(request(host, port))
    assert connection.recv(len(ESTABLISHED), socket.MSG_WAITALL) == ESTABLISHED
    return connection


def dial_by_proxy(apns: ThreadedAPNs, host: str) -> ssl.SSLSocket:
    """The same, and a handshake for the name that was asked for."""
    return apns.ssl_context().wrap_socket(ask(apns, host), server_hostname=host)


def come_in(apns: FakeAPNs) -> trio.abc.HalfCloseableStream:
    """A client at the proxy, over memory."""
    server = emulator_of(apns).server
    assert server is not None
    ours, theirs = memory_stream_pair()
    server.take("proxy", ours)
    return theirs


async def answer_to(client: trio.abc.HalfCloseableStream, data: bytes) -> bytes:
    """All that a client is told behind this."""
    await client.send_all(data)
    said = b""
    while more := await client.receive_some():
        said += bytes(more)
    return said
