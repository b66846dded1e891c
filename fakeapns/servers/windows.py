"""How much a provider may write before it has to wait for a server that does not read."""

from __future__ import annotations

import contextlib
import socket
import sys
from typing import Protocol

#: What makes a write block soon: small segments, and the least that the system has for a buffer.
#: On one machine segments are of 64 KiB, and a sender's buffer is reckoned in segments. Measured
#: on Linux, notifications of 80 bytes that are written one by one until a write blocks, behind the
#: tenth: 250 with these, where the system's sizes take 20,000 and more; of one large write 50 kB
#: are taken. Smaller segments are worse, since more of them are under way: 256 took 500, 88 took
#: 1,500. Reading is slower meanwhile: 8 to 18 MB a second.
SEGMENT, BUFFER = 384, 1


class Socket(Protocol):
    """What has options."""

    def getsockopt(self, level: int, option: int, /) -> int: ...

    def setsockopt(self, level: int, option: int, value: int, /) -> None: ...


class Window:
    """The window that a listening socket gives to those who connect from now on.

    A system that has no such option, or does not take it, goes on as it is: then a stall is as
    long as ever, and a writer notices it later.
    """

    def __init__(self, listening: Socket) -> None:
        self._socket = listening
        self._narrow = False
        self._buffer = BUFFER
        with contextlib.suppress(OSError):
            self._buffer = listening.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            if sys.platform == "linux":
                # Which doubles what it is given, and gives that back.
                self._buffer //= 2

    def fit(self, *, narrow: bool) -> None:
        """Make it so narrow that writes block soon, or as wide as it was.

        A buffer that was set once is tuned no more: it does not grow with a fast writer.
        """
        if narrow == self._narrow:
            return
        self._narrow = narrow
        # No segment size stands for the system's own.
        self._set(socket.IPPROTO_TCP, getattr(socket, "TCP_MAXSEG", None), SEGMENT if narrow else 0)
        self._set(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER if narrow else self._buffer)

    def _set(self, level: int, option: int | None, value: int) -> None:
        if option is not None:
            # A listener that is being closed takes nothing any more, and needs nothing.
            with contextlib.suppress(OSError):
                self._socket.setsockopt(level, option, value)
