"""Clients that misbehave, a thread each, told by a JSON argument: where, how many, and how."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from fakeapns.protocol import encode_framed, encode_simple

WRITE = 65_536
PATIENCE = 5.0
TOKEN = bytes(32)
PAYLOAD = b'{"aps":{"alert":"Hello"}}'
#: Keys that are nobody's, so that each has to be held against those that are known.
ODD = json.dumps({"aps": {f"{number}nobodys{number * 7919}": 1 for number in range(60)}}).encode()
GOOD = encode_framed(TOKEN, PAYLOAD, identifier=1, expiration=0, priority=10)


class Client:
    """One that connects anew whenever it has been thrown out."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._address = ("127.0.0.1", int(told["port"]))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.maximum_version = ssl.TLSVersion.TLSv1_2
        self._context.load_verify_locations(told["ca"])
        self._context.load_cert_chain(told["pem"])

    def bare(self) -> socket.socket:
        """A connection without TLS."""
        return socket.create_connection(self._address, timeout=PATIENCE)

    def secured(self) -> ssl.SSLSocket:
        """A connection that has shaken hands."""
        return self._context.wrap_socket(self.bare(), server_hostname="localhost")

    def hello(self) -> bytes:
        """The first message of a handshake."""
        out = ssl.MemoryBIO()
        tls = self._context.wrap_bio(ssl.MemoryBIO(), out, server_hostname="localhost")
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        return out.read()


def flood(data: bytes, client: Client) -> None:
    """Write the same again and again, and read nothing, until that fails."""
    with client.secured() as connection:
        while True:
            connection.sendall(data)


def storm(client: Client) -> None:
    """Shake hands, and leave."""
    client.secured().close()


def half(client: Client) -> None:
    """Say hello, wait for the answer, and leave."""
    with client.bare() as connection:
        connection.sendall(client.hello())
        connection.recv(WRITE)


def drip(client: Client) -> None:
    """Write notifications byte by byte, a record each, a hundred a second."""
    with client.secured() as connection:
        while True:
            for at in range(len(GOOD)):
                connection.sendall(GOOD[at : at + 1])
                time.sleep(0.01)


def deaf(client: Client) -> None:
    """Provoke an answer, never read it, and write on."""
    with client.secured() as connection:
        while True:
            connection.sendall(encode_framed(TOKEN, b"", identifier=1) + GOOD * 10)
            time.sleep(0.01)


def garbage(client: Client) -> None:
    """Write what is no TLS, as fast as it is taken."""
    with client.bare() as connection:
        while True:
            connection.sendall(os.urandom(WRITE))


def reset(client: Client) -> None:
    """Break off in the middle of the second notification."""
    with client.secured() as connection:
        connection.sendall(GOOD + GOOD[:20])
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def whole(frame: bytes) -> bytes:
    """As many as fit into one write."""
    return frame * (WRITE // len(frame))


KINDS: dict[str, Callable[[Client], None]] = {
    "empty frames": partial(flood, whole(bytes.fromhex("02 00000000"))),
    "bad tokens": partial(flood, whole(encode_simple(b"", PAYLOAD))),
    "odd payloads": partial(flood, whole(encode_simple(TOKEN, ODD))),
    "handshakes": storm,
    "half handshakes": half,
    "byte by byte": drip,
    "deaf": deaf,
    "garbage": garbage,
    "resets": reset,
}


def misbehave(kind: str, client: Client) -> None:
    """Go on for good, whatever the server does about it."""
    while True:
        try:
            KINDS[kind](client)
        except OSError:
            time.sleep(0.001)


def main() -> None:
    """Start them when told to, and be ended by a signal."""
    told = json.loads(sys.argv[1])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # So that what is measured beside them, on the same core, does not wait for them.
    os.nice(19)
    client = Client(told)
    print("ready", flush=True)
    sys.stdin.readline()
    for kind in told["kinds"]:
        for _ in range(told["each"]):
            threading.Thread(target=misbehave, args=(kind, client), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
