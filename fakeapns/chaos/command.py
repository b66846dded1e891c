"""The user's command: run, listened to, and in the end gone with everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import trio

from ..errors import StartError

#: Bytes of output that are kept: the last ones, which say what went wrong.
KEPT = 64 * 1024
#: Seconds for what was written before the end, if something holds the pipe open.
LAST_WORDS = 1.0
#: Seconds that a process gets to die, which one of another user does not have to.
DEATH = 5.0
#: Seconds between looks for processes that are left, and how many.
PAUSE, LOOKS = 0.01, 100


class Ended(msgspec.Struct, frozen=True):
    """How a command ended, and the end of what it wrote on stdout and stderr.

    `exit_code` is negative for the signal that killed it. With `timed_out` that was ours, and
    if it `survived` we were not allowed to.
    """

    exit_code: int
    timed_out: bool
    output: str
    survived: bool = False


class Tail:
    """The last bytes of a stream; `cut` counts those before."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._data = bytearray()
        self.cut = 0

    def add(self, data: bytes | bytearray) -> None:
        """Take what came next."""
        self._data += data
        surplus = max(0, len(self._data) - self._kept)
        del self._data[:surplus]
        self.cut += surplus

    def __str__(self) -> str:
        text = self._data.decode("utf-8", "replace")
        return f"… {self.cut:,} bytes before this were not kept\n{text}" if self.cut else text


async def run_command(
    command: Sequence[str], environment: Mapping[str, str], mark: str, timeout: float
) -> Ended:
    """Run a command to its end, or kill it after `timeout` seconds.

    It has a session of its own and nothing on stdin. Whatever it started is killed behind
    it, also when we are cancelled: all of its process group, and on Linux all that carry the
    variable `mark`, whose value has to be unique. Raises `StartError`.
    """
    try:
        process = await trio.lowlevel.open_process(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as wrong:
        reason = getattr(wrong, "strerror", None) or wrong
        raise StartError(f"cannot start {command[0]}: {reason}") from None
    tail = Tail()
    ended = trio.Event()
    async with trio.open_nursery() as nursery:
        assert process.stdout is not None
        nursery.start_soon(_read, process.stdout, tail, ended)
        try:
            with trio.move_on_after(timeout) as limit:
                await process.wait()
        finally:
            with trio.CancelScope(shield=True):
                await _kill(process, f"{mark}={environment[mark]}".encode())
        with trio.move_on_after(LAST_WORDS):
            await ended.wait()
        nursery.cancel_scope.cancel()
    if process.returncode is None:
        return Ended(-signal.SIGKILL, True, str(tail), survived=True)
    return Ended(process.returncode, limit.cancelled_caught, str(tail))


async def _read(stream: trio.abc.ReceiveStream, tail: Tail, ended: trio.Event) -> None:
    async with stream:
        async for data in stream:
            tail.add(data)
    ended.set()


async def _kill(process: trio.Process, mark: bytes) -> None:
    # The group outlives its leader, and as long as it does nobody else gets its number.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for _ in range(LOOKS):
        left = list(_carriers(mark))
        if not left:
            break
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        await trio.sleep(PAUSE)
    with trio.move_on_after(DEATH):
        await process.wait()


def _carriers(mark: bytes) -> Iterator[int]:
    """Processes with this in their environment, wherever they have gone since they started.

    Shells with job control, `timeout` and daemons leave the group that they were born in.
    """
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in path.read_bytes().split(b"\0"):
                yield int(path.parent.name)
