"""Files that people name, to be read: they may be pipes, devices, folders, endless, or huge."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .text import size_in_words

#: Bytes of a file that is read whole: no scenario and no ready file comes near it.
WHOLE = 1 << 24
#: Bytes that are taken of what is no regular file: a million notifications fit.
PIPED = 1 << 28
_PIECE = 1 << 20
#: Seconds between looks whether somebody writes to a pipe, and how many.
PAUSE, LOOKS = 0.01, 200
_BINARY, _NOT_BLOCKING = getattr(os, "O_BINARY", 0), getattr(os, "O_NONBLOCK", 0)


def read_input(path: Path, most: int = WHOLE) -> bytes:
    """All of a file. Raises as `open_input` does, and `ValueError` if there is more than that."""
    with open_input(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise _too_much(most)
    return data


def open_input(path: Path, most: int = PIPED) -> IO[bytes]:
    """A file to read and to seek in: a regular one as it is, of any size, or else a copy of all
    that comes, as through `<(…)` of a shell.

    Raises `OSError`, and `ValueError` for a pipe that nobody writes to and for what is endless.
    """
    # To open a pipe that nobody writes to would take for ever.
    descriptor = os.open(path, os.O_RDONLY | _BINARY | _NOT_BLOCKING)
    file = open(descriptor, "rb")  # noqa: SIM115
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return file
    with file:
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        first = _first(descriptor) if stat.S_ISFIFO(mode) else b""
        if _NOT_BLOCKING:
            # From here on there is somebody to wait for.
            os.set_blocking(descriptor, True)
        return _copy(_pieces(descriptor, first), most)


def _first(descriptor: int) -> bytes:
    """What is in a pipe, if anything, once somebody has it open to write."""
    for _ in range(LOOKS):
        try:
            piece = os.read(descriptor, _PIECE)
        except BlockingIOError:
            return b""
        if piece:
            return piece
        time.sleep(PAUSE)
    raise ValueError("it is a pipe that nobody writes to; start who does, or give a file")


def _pieces(descriptor: int, piece: bytes) -> Iterator[bytes]:
    if piece:
        yield piece
    while piece := os.read(descriptor, _PIECE):
        yield piece


def _copy(pieces: Iterator[bytes], most: int) -> IO[bytes]:
    copy, size = tempfile.TemporaryFile(), 0  # noqa: SIM115
    for piece in pieces:
        size += len(piece)
        if size > most:
            copy.close()
            raise _too_much(most)
        copy.write(piece)
    copy.seek(0)
    return copy


def _too_much(most: int) -> ValueError:
    return ValueError(f"it has no end, or more than {size_in_words(most)}; give another file")
