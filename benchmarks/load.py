"""The load generator: prebuilt buffers on blocking sockets, told by a JSON argument."""

from __future__ import annotations

import json
import resource
import socket
import ssl
import sys
from typing import Any

from .payloads import DISTINCT, frames


def connect(told: dict[str, Any]) -> list[ssl.SSLSocket]:
    """The connections that are asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(told["ca"])
    context.load_cert_chain(told["pem"])
    return [
        context.wrap_socket(
            socket.create_connection(("127.0.0.1", int(told["port"]))),
            server_hostname="localhost",
        )
        for _ in range(int(told["connections"]))
    ]


def main() -> None:
    """Send what is asked for: all connections in turn, a buffer each."""
    told = json.loads(sys.argv[1])
    made = frames(told["command"], told["payload"], told["tokens"])
    batch = 1 if told["single"] else 1000
    buffers = [b"".join(made[at : at + batch]) for at in range(0, DISTINCT, batch)]
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sockets = connect(told)
    print("connected", flush=True)
    sys.stdin.readline()
    sent = turn = 0
    while sent < told["count"]:
        sockets[turn % len(sockets)].sendall(buffers[turn % len(buffers)])
        sent += batch
        turn += 1
    for each in sockets:
        each.close()


main()
