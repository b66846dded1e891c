"""Clients that behave, one after the other, told by a JSON argument: how long anything takes them.

Success is silence, so each sends a notification that is refused: what is timed is its answer.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import time
from typing import Any

from fakeapns.protocol import encode_framed

from .processes import LOAD_CORE, first_on

PATIENCE = 60.0
#: Without a payload: status 4, at once.
REFUSED = encode_framed(bytes(32), b"", identifier=7)
#: Seconds between connecting and sending, and from one client to the next: nothing is in a hurry.
PAUSE = 0.005


def visit(context: ssl.SSLContext, port: int) -> tuple[float, float]:
    """Seconds that a handshake takes, TCP's included, and a notification until it is answered."""
    before = time.perf_counter()
    with context.wrap_socket(
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE),
        server_hostname="localhost",
    ) as connection:
        shaken = time.perf_counter()
        time.sleep(PAUSE)
        sent = time.perf_counter()
        connection.sendall(REFUSED)
        answer = connection.recv(6)
        answered = time.perf_counter()
    if answer != bytes.fromhex("08 04 00000007"):
        raise RuntimeError(f"a notification was answered with {answer.hex() or 'nothing'}")
    return shaken - before, answered - sent


def main() -> None:
    """Whenever told for how many seconds, measure so long, and print what was found."""
    told: dict[str, Any] = json.loads(sys.argv[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(told["ca"])
    context.load_cert_chain(told["pem"])
    first_on(LOAD_CORE)
    print("ready", flush=True)
    for line in sys.stdin:
        end = time.perf_counter() + float(line)
        found = []
        while time.perf_counter() < end:
            found.append(visit(context, int(told["port"])))
            time.sleep(PAUSE)
        print(json.dumps(found), flush=True)


main()
