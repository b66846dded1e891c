"""What the providers share: read the work list, write frames, hear what the gateway says."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import struct
from collections.abc import Callable, Iterator

#: The identifier of a last word that is bad on purpose, with no token in it. The gateway
#: answers it once all before it is accepted, so nobody has to wait for silence.
LAST = 0xFFFFFFFF
#: Connections after which a provider gives up.
MOST = 5

Frames = dict[int, bytes]
#: What to write again, given what was written and the identifier that was refused.
Replay = Callable[[Frames, int], Frames]


def frame(token: bytes, payload: bytes, identifier: int) -> bytes:
    """A notification in the enhanced format, command 1."""
    head = struct.pack(">BIIH", 1, identifier, 0xFFFFFFF, len(token))
    return head + token + struct.pack(">H", len(payload)) + payload


def work() -> Frames:
    """What is to be sent, by identifier; of broadcasts the gateway knows nothing."""
    with open(os.environ["APNS_WORK"], encoding="utf-8") as file:
        items = [json.loads(line) for line in file]
    return {
        item["identifier"]: frame(
            bytes.fromhex(item["token"]), json.dumps(item["payload"]).encode(), item["identifier"]
        )
        for item in items
        if "token" in item
    }


@contextlib.contextmanager
def connected() -> Iterator[ssl.SSLSocket]:
    """A connection to the gateway."""
    context = ssl.create_default_context(cafile=os.environ["APNS_CA"])
    context.load_cert_chain(os.environ["APNS_CERT"], os.environ["APNS_KEY"])
    address = os.environ["APNS_GATEWAY_HOST"], int(os.environ["APNS_GATEWAY_PORT"])
    with (
        socket.create_connection(address) as transport,
        context.wrap_socket(transport, server_hostname="localhost") as stream,
    ):
        yield stream


def converse(frames: Frames) -> int:
    """Write all on one connection; the identifier that the gateway's error names."""
    with connected() as stream:
        # The gateway may be gone before all is written; it said why before.
        with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
            stream.sendall(b"".join(frames.values()) + frame(b"", b"{}", LAST))
        answer = b""
        while len(answer) < 6:
            received = stream.recv(6)
            if not received:
                raise SystemExit("the gateway closed the connection without a word")
            answer += received
    _, _, identifier = struct.unpack(">BBI", answer)
    return int(identifier)


def send_all(replay: Replay) -> None:
    """Send the work list, and after every error what `replay` makes of it."""
    frames = work()
    for _ in range(MOST):
        refused = converse(frames)
        if refused == LAST:
            return
        frames = replay(frames, refused)
