"""The send queue at the other end of one connection, asked of Linux by its addresses.

A question takes 3 µs, where the tables in /proc, which the kernel walks its hash table for, take
1.4 ms and more (measured). Not everybody may ask: some containers forbid it.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

#: Netlink, which only Linux has.
FAMILY: int | None = getattr(socket, "AF_NETLINK", None)

#: From linux/netlink.h, linux/sock_diag.h and linux/inet_diag.h.
_SOCK_DIAG = 4
_REQUEST, _BY_FAMILY = 1, 20
#: nlmsghdr: length, type, flags, sequence, process.
_HEADER = struct.Struct("=IHHII")
#: inet_diag_req_v2 up to the addresses: family, protocol, extensions, padding, states.
_WHAT = struct.Struct("=BBBxI")
#: inet_diag_sockid: both ports, both addresses, interface, and a cookie that says "any".
_WHICH = struct.Struct("!HH16s16sI8s")
#: inet_diag_msg behind its sockid: expires, rqueue, wqueue.
_QUEUES = struct.Struct("=III")
_ALL, _ANY_COOKIE = 0xFFFFFFFF, b"\xff" * 8

#: Host and port.
Address = tuple[str, int]


class Pair(NamedTuple):
    """Both ends of a connection over TCP."""

    peer: Address
    ours: Address


def asked(pairs: Iterable[Pair]) -> Iterator[tuple[Pair, int]]:
    """The bytes in the send queue of each peer that the kernel knows, and will tell of."""
    if FAMILY is None:
        return
    with (
        contextlib.suppress(OSError),
        socket.socket(FAMILY, socket.SOCK_RAW, _SOCK_DIAG) as kernel,
    ):
        kernel.setblocking(False)
        for pair in pairs:
            kernel.send(question(pair))
            size = answer(kernel.recv(8192))
            if size is not None:
                yield pair, size


def question(pair: Pair) -> bytes:
    """What asks for the peer's end of a connection."""
    # A socket for both families is found by the IPv4 addresses that it speaks with.
    family = socket.AF_INET6 if ":" in pair.ours[0] else socket.AF_INET
    there, here = (socket.inet_pton(family, host.partition("%")[0]) for host, _ in pair)
    wanted = _WHAT.pack(family, socket.IPPROTO_TCP, 0, _ALL) + _WHICH.pack(
        pair.peer[1], pair.ours[1], there, here, 0, _ANY_COOKIE
    )
    return _HEADER.pack(_HEADER.size + len(wanted), _BY_FAMILY, _REQUEST, 0, 0) + wanted


def answer(data: bytes) -> int | None:
    """The send queue in an answer; None if there is no such connection."""
    _, kind, *_ = _HEADER.unpack_from(data)
    if kind != _BY_FAMILY:
        return None
    _, _, size = _QUEUES.unpack_from(data, _HEADER.size + 4 + _WHICH.size)
    return int(size)
