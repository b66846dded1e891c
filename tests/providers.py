"""Providers on real sockets, blocking, with a timeout that only a broken test reaches."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from typing import Literal, TypeVar

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.certificates import Credentials, client_context
from fakeapns.ledger.entries import Entry
from fakeapns.scenario.faults import Service

PATIENCE = 30.0

E = TypeVar("E", bound=Entry)
Server = FakeAPNs | ThreadedAPNs


def knock(apns: Server, service: Service | Literal["proxy"] = "gateway") -> socket.socket:
    """A bare TCP connection to a service, or to the proxy."""
    where = {
        "gateway": lambda: (apns.gateway.host, apns.gateway.port),
        "feedback": lambda: (apns.feedback.host, apns.feedback.port),
        "api": lambda: (apns.api.host, apns.api.port),
        "proxy": lambda: (apns.proxy.host, apns.proxy.port),
    }
    return socket.create_connection(where[service](), timeout=PATIENCE)


def dial(
    apns: Server, context: ssl.SSLContext | None = None, service: Service = "gateway"
) -> ssl.SSLSocket:
    """A provider's connection after its handshake; raises what the provider sees."""
    return (context or apns.ssl_context()).wrap_socket(
        knock(apns, service), server_hostname="localhost"
    )


def presenting(apns: Server, credentials: Credentials | None) -> ssl.SSLContext:
    """A context that trusts the server and presents these credentials."""
    return client_context(apns.folder.authority, credentials)


def shake_hands(
    connection: socket.socket, context: ssl.SSLContext
) -> tuple[ssl.SSLObject, ssl.MemoryBIO, ssl.MemoryBIO]:
    """A handshake over memory, whose last flight is not sent yet; what comes in, and goes out."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    while True:
        try:
            tls.do_handshake()
            return tls, incoming, outgoing
        except ssl.SSLWantReadError:
            connection.sendall(outgoing.read())
            incoming.write(connection.recv(65_536))


def read_to_end(connection: socket.socket) -> bytes:
    """All that comes until the server is through."""
    parts = []
    while data := connection.recv(65_536):
        parts.append(data)
    return b"".join(parts)


def vanish(connection: socket.socket) -> None:
    """Close with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def await_entries(apns: Server, kind: type[E], count: int = 1) -> list[E]:
    """The entries of this kind as soon as there are `count`. Blocks, so not in trio's thread."""
    enough = threading.Event()

    def look(entry: Entry) -> None:
        # Runs for every entry, in the server's thread.
        if isinstance(entry, kind) and len(apns.ledger.of(kind)) >= count:
            enough.set()

    stop = apns.ledger.watch(look)
    try:
        if len(apns.ledger.of(kind)) < count and not enough.wait(PATIENCE):
            raise AssertionError(f"no {count} entries {kind.__name__} came:\n{apns.ledger}")
    finally:
        stop()
    return apns.ledger.of(kind)
