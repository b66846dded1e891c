"""Pipes and devices that people name, to be written to: nobody may read them, now or any more."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path
from typing import IO

#: Seconds between looks whether a pipe is read again, and how many in vain.
PAUSE, LOOKS = 0.01, 500
#: What is wrong with a pipe that has no reader, or one that sleeps.
NOBODY = "nobody reads this pipe"


def open_output(path: Path, flags: int = 0) -> int:
    """A descriptor to write to; what would have to wait for a reader is `BlockingIOError`.

    Raises `OSError`, with `NOBODY` for a pipe that nobody reads.
    """
    wanted = os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        return os.open(path, wanted | flags, 0o666)
    except OSError as wrong:
        if wrong.errno != errno.ENXIO:
            raise
        raise OSError(errno.ENXIO, NOBODY) from None


def write_patiently(file: IO[bytes], content: bytes, looks: int | None = None) -> int:
    """Write what `open_output` has opened, as long as somebody reads at all: how much is left."""
    looks = LOOKS if looks is None else looks
    left, again = memoryview(content), looks
    while left:
        written = file.write(left)
        if written:
            left, again = left[written:], looks
        elif again:
            again -= 1
            time.sleep(PAUSE)
        else:
            break
    return len(left)


def write_output(path: Path, content: bytes) -> None:
    """Write to a pipe or a device as it is. Raises `OSError`, also if nobody reads on."""
    with open(open_output(path), "wb", buffering=0) as file:
        if write_patiently(file, content):
            raise OSError(errno.EAGAIN, NOBODY)


def check_output(path: Path) -> None:
    """Raise `OSError` where that could not be written to now."""
    descriptor = open_output(path)
    # Who reads a pipe would take its end for the end of what is written later: it stays open.
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        os.close(descriptor)
