"""Two bad providers, as the scenarios of the catalogue meant to catch them find them.

Both write as fast as they can, take whatever comes back for an error, and connect again when
they were cut off or refused. Neither of them ever asks for feedback.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Sequence

import trio

from fakeapns.provider import SendError
from fakeapns.provider.sender import Connect, Outgoing

#: Frames in one write: no divisor of the numbers at which stories have their turning points.
BATCH = 70
#: Seconds of silence behind the last notification that they take for success.
SETTLE = 5.0
#: Connections after which they give up, and attempts to get one.
CONNECTIONS = 25
TRIES = 20


async def never_replay(
    connect: Connect, notifications: Sequence[Outgoing], *, command: int = 2
) -> None:
    """Go on behind the last one written: what an error swallowed is lost."""
    await _send(connect, notifications, command, replay=False)


async def replay_everything(
    connect: Connect, notifications: Sequence[Outgoing], *, command: int = 2
) -> None:
    """Write all of the connection again: what was accepted before, and what was refused."""
    await _send(connect, notifications, command, replay=True)


async def _send(
    connect: Connect, notifications: Sequence[Outgoing], command: int, *, replay: bool
) -> None:
    todo = list(enumerate(notifications, start=1))
    for _ in range(CONNECTIONS):
        stream = await _connect(connect)
        frames = [each.encode(command, identifier) for identifier, each in todo]
        written, cut_off = await _write(stream, frames)
        if not cut_off:
            return
        todo = todo if replay else todo[written:]
        if not todo:
            return


async def _connect(connect: Connect) -> trio.abc.Stream:
    for _ in range(TRIES):
        try:
            return await connect()
        except (SendError, trio.BrokenResourceError, ssl.SSLError):
            await trio.sleep(5)
    raise SendError("nobody lets us in")


async def _write(stream: trio.abc.Stream, frames: list[bytes]) -> tuple[int, bool]:
    """How many were written, and whether anything but silence came back."""
    written, cut_off = 0, False

    async def listen(until_then: trio.CancelScope) -> None:
        nonlocal cut_off
        with contextlib.suppress(trio.BrokenResourceError):
            await stream.receive_some()
        cut_off = True
        until_then.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(listen, nursery.cancel_scope)
        try:
            while written < len(frames):
                batch = frames[written : written + BATCH]
                written += len(batch)
                await stream.send_all(b"".join(batch))
            await trio.sleep(SETTLE)
        except trio.BrokenResourceError:
            cut_off = True
        nursery.cancel_scope.cancel()
    await trio.aclose_forcefully(stream)
    return written, cut_off
