"""Reading and writing on sockets past trio's own calls, where the system has such files.

Whoever answers one request after the other pays for the loop above all. trio tries to read before
it waits, and looks for news behind each write: of 200 µs for a request and its answer that is 50.
"""

from __future__ import annotations

import os
import sys

import trio

#: Whether a socket can be read and written like a file. On Windows it cannot.
POSSIBLE = sys.platform != "win32"


async def read(transport: trio.SocketStream, limit: int) -> bytes:
    """What arrives, `b""` at the end. The loop has looked for news meanwhile.

    Raises what `transport.receive_some` raises.
    """
    socket = transport.socket
    while True:
        if socket.fileno() < 0:
            raise _closed()
        await trio.lowlevel.wait_readable(socket)
        try:
            return os.read(socket.fileno(), limit)
        except BlockingIOError:
            continue
        except OSError as wrong:
            raise _broken(wrong) from wrong


def write(transport: trio.SocketStream, data: bytes) -> int:
    """Write what there is room for; how many bytes that was. Nobody else has a turn meanwhile.

    Raises what `transport.send_all` raises.
    """
    number = transport.socket.fileno()
    if number < 0:
        raise _closed()
    try:
        return os.write(number, data)
    except BlockingIOError:
        return 0
    except OSError as wrong:
        raise _broken(wrong) from wrong


def _broken(wrong: OSError) -> trio.BrokenResourceError:
    return trio.BrokenResourceError(f"the connection is broken: {wrong}")


def _closed() -> trio.ClosedResourceError:
    return trio.ClosedResourceError("the socket was closed")
