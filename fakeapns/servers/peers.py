"""What the other ends of connections have written and not got through yet, as Linux tells it.

A write returns as soon as the kernel has the bytes. They stay in the writer's send queue until this
end has acknowledged them, which is later where Nagle's algorithm holds a small write back until the
one before is acknowledged, and the receiver takes its 40 ms for that (RFC 896; RFC 1122, 4.2.3.2).
So an empty queue says that all is here. On one machine the kernel tells of both ends, when asked or
in its tables. Elsewhere, in another network namespace or on another system, it does not.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import trio

from .diag import Pair, asked

#: Where Linux lists all connections, those over IPv4 first. Files that do not exist tell nothing.
TABLES: tuple[Path, ...] = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))

#: Linux only: to acknowledge at once.
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


def pair_of(transport: trio.abc.Stream) -> Pair | None:
    """The ends of a connection; None if it is over memory, or gone."""
    if not isinstance(transport, trio.SocketStream):
        return None
    try:
        peer, ours = transport.socket.getpeername(), transport.socket.getsockname()
    except OSError:
        return None
    return Pair(peer[:2], ours[:2])


def send_queues(pairs: Collection[Pair]) -> dict[Pair, int]:
    """How many bytes wait in the send queue of each peer. Those that are not to be seen are not
    there.
    """
    found = dict(asked(pairs))
    for table in TABLES:
        if missing := [pair for pair in pairs if pair not in found]:
            wanted = {row: pair for pair in missing for row in _rows(pair)}
            with contextlib.suppress(OSError):
                found |= queues_in(table.read_text(), wanted)
    return found


def queues_in(table: str, wanted: Mapping[str, Pair]) -> Iterator[tuple[Pair, int]]:
    """The send queues in a table as Linux writes it, of rows that begin with what is wanted: the
    peer's address and ours, in hex.
    """
    for line in table.splitlines():
        # sl, local_address, rem_address, st, tx_queue:rx_queue and the rest
        # (Documentation/networking/proc_net_tcp.rst).
        fields = line.split(maxsplit=5)
        if len(fields) < 6:
            continue
        pair = wanted.get(f"{fields[1]} {fields[2]}")
        if pair is not None:
            yield pair, int(fields[4].partition(":")[0], 16)


def _rows(pair: Pair) -> Iterator[str]:
    """How rows of this connection begin, seen from the peer."""
    (peer, peer_port), (ours, our_port) = pair
    ends = ip_address(peer.partition("%")[0]), ip_address(ours.partition("%")[0])
    both = [ends]
    if all(end.version == 4 for end in ends):
        # What a client on a socket for both families, as in Java, calls the same.
        both.append((ip_address(f"::ffff:{ends[0]}"), ip_address(f"::ffff:{ends[1]}")))
    for there, here in both:
        yield f"{in_hex(there)}:{peer_port:04X} {in_hex(here)}:{our_port:04X}"


def in_hex(address: IPv4Address | IPv6Address) -> str:
    """An address as these tables have it: words of 32 bits, each as the machine would read it."""
    raw = address.packed
    words = (raw[at : at + 4] for at in range(0, len(raw), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


def hasten(ours: trio.socket.SocketType) -> None:
    """Acknowledge what has come, where that can be asked for, so that the peer sends the rest."""
    if _QUICKACK is not None:
        with contextlib.suppress(OSError):
            ours.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
