"""Taking in those who connect: all who wait, and none whom there is no room for.

`trio.serve_listeners` accepts one connection in each round of the loop: with 200 clients that kept
the loop busy, a newcomer waited five seconds for its turn (`python -m benchmarks --only 200`). And
where file descriptors run out it logs a traceback ten times a second, and nobody is told.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Callable

import trio

#: Connections that are accepted in one round of the loop: more only wait in another queue.
MOST = 64
#: Seconds until it is tried again where the system has no room for even one.
_PAUSE = 0.1

# As in trio's `_highlevel_open_tcp_listeners` and `_highlevel_socket`, with accept(2) behind them.
_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS}
_GONE = {
    getattr(errno, name)
    for name in (
        *("EPERM", "ECONNABORTED", "EPROTO", "ENETDOWN", "ENOPROTOOPT", "EHOSTDOWN", "ENONET"),
        *("EHOSTUNREACH", "EOPNOTSUPP", "ENETUNREACH", "ENOSR", "ESOCKTNOSUPPORT"),
        *("EPROTONOSUPPORT", "ETIMEDOUT", "ECONNRESET"),
    )
    if hasattr(errno, name)
}

#: The address of somebody who was turned away: host, port, and what else IPv6 has.
Peer = tuple[object, ...]


async def accept(
    listener: trio.SocketListener,
    take: Callable[[trio.SocketStream], None],
    turn_away: Callable[[Peer], None],
) -> None:
    """Accept for good: `take` gets each connection.

    Where the process has no file descriptor left, who comes is closed at once, and `turn_away` is
    told of it: it would wait for nothing otherwise, and nobody would know why.
    """
    async with listener:
        with _Spare() as spare:
            while True:
                await trio.lowlevel.wait_readable(listener.socket)
                if not _accept_all(listener.socket, take, turn_away, spare):
                    await trio.sleep(_PAUSE)


def _accept_all(
    listening: trio.socket.SocketType,
    take: Callable[[trio.SocketStream], None],
    turn_away: Callable[[Peer], None],
    spare: _Spare,
) -> bool:
    """Accept who waits; whether the system has room for more."""
    # trio accepts only behind a checkpoint, so the same descriptor is used past it.
    borrowed = socket.socket(
        listening.family, listening.type, listening.proto, fileno=listening.fileno()
    )
    try:
        borrowed.setblocking(False)
        for _ in range(MOST):
            try:
                accepted, _ = borrowed.accept()
            except BlockingIOError:
                break
            except OSError as wrong:
                if wrong.errno in _NO_ROOM:
                    peer = spare.spend_on(borrowed)
                    if peer is None:
                        return False
                    turn_away(peer)
                elif wrong.errno not in _GONE:
                    raise
            else:
                take(trio.SocketStream(trio.socket.from_stdlib_socket(accepted)))
    finally:
        borrowed.detach()
    return True


class _Spare:
    """A file descriptor that is given up so that somebody can be let in, and shown out."""

    def __init__(self) -> None:
        self._held: int | None = None

    def __enter__(self) -> _Spare:
        self._hold()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_up()

    def spend_on(self, listening: socket.socket) -> Peer | None:
        """Accept one more and close it; who that was, None if that is not possible either."""
        self._give_up()
        try:
            accepted, peer = listening.accept()
        except OSError:
            return None
        else:
            accepted.close()
            return tuple(peer)
        finally:
            self._hold()

    def _hold(self) -> None:
        if self._held is None:
            with contextlib.suppress(OSError):
                self._held = os.open(os.devnull, os.O_RDONLY)

    def _give_up(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None
