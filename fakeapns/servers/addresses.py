"""Where the other end of a connection is, in words."""

from __future__ import annotations

import trio

from .accepting import Peer


def peer_name(transport: trio.abc.Stream) -> str:
    """`127.0.0.1:50123`, or `memory` where there is no socket."""
    if not isinstance(transport, trio.SocketStream):
        return "memory"
    try:
        return address_in_words(transport.socket.getpeername())
    except OSError:
        return "gone"


def host_of(peer: str) -> str:
    """The same without the port."""
    return peer.rpartition(":")[0].strip("[]") or peer


def address_in_words(peer: Peer) -> str:
    """`127.0.0.1:50123`, `[::1]:50123`."""
    host, port = str(peer[0]), peer[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
