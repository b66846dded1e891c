"""The bytes of a ledger file that somebody may be writing to, or clearing away."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from pathlib import Path

from ..errors import UsageError
from ..inputs import open_input

#: Bytes that are read at once: more than whatever is searched for has.
BLOCK = 1 << 20


class Recording:
    """A file as long as it was when it was opened: what is written behind that is not looked at.

    It is read, not mapped: a file that gets shorter would end the process (SIGBUS). So it raises
    `UsageError` on reading; one that is moved, replaced or removed meanwhile stays as it was.
    Opening raises `OSError`, and `ValueError` for an empty one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_input(path) as file:
            self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)
        self.size = os.fstat(self._descriptor).st_size
        if not self.size:
            raise ValueError("it is empty")

    def read(self, begin: int, end: int) -> bytes:
        """The bytes from here to there."""
        parts = []
        while begin < end:
            part = self._read_some(begin, end - begin)
            if not part:
                raise UsageError(
                    f"{self._path} became shorter while it was read: try again, or give a copy"
                )
            parts.append(part)
            begin += len(part)
        return b"".join(parts)

    def _read_some(self, begin: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, size, begin)
        os.lseek(self._descriptor, begin, os.SEEK_SET)
        return os.read(self._descriptor, size)

    def lines(self, begin: int, end: int) -> Iterator[bytes]:
        """The lines from here to there, each without its newline; one that has none counts, too."""
        rest: list[bytes] = []
        for at in range(begin, end, BLOCK):
            first, *others = self.read(at, min(at + BLOCK, end)).split(b"\n")
            rest.append(first)
            if others:
                yield b"".join(rest)
                yield from others[:-1]
                rest = others[-1:]
        if any(rest):
            yield b"".join(rest)

    def line(self, begin: int, end: int) -> bytes:
        """The line that begins here, and ends there at the latest."""
        return next(self.lines(begin, end), b"")

    def rfind(self, wanted: bytes, begin: int, end: int) -> int:
        """Where the last of these bytes between here and there begin, or -1."""
        while end - begin >= len(wanted):
            start = max(begin, end - BLOCK)
            found = self.read(start, end).rfind(wanted)
            if found >= 0:
                return start + found
            if start == begin:
                break
            # It may lie across the border.
            end = start + len(wanted) - 1
        return -1
