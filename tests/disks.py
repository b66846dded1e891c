"""Disks that fail: full, read-only, or of a program that is killed in the middle."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


class Killed(BaseException):
    """The program is gone, and does nothing any more."""


class Disk:
    """Counts what is changed under a folder, and fails at one of these steps.

    A full disk fails once, a read-only one each time. Without an error it is as if the program were
    killed there: nothing is done any more.
    """

    #: What Python tells of before it is done.
    STEPS = ("open", "os.chmod", "os.mkdir", "os.remove", "os.rename", "os.rmdir")

    def __init__(self) -> None:
        self._folder: str | None = None
        # Such a hook stays for as long as the process does.
        sys.addaudithook(self._told)

    @contextlib.contextmanager
    def failing(
        self, folder: Path, step: int = 1, error: int | None = None, *, always: bool = False
    ) -> Iterator[None]:
        """Fail meanwhile."""
        self._left, self._error, self._always = step, error, always or error is None
        self._folder = str(folder)
        try:
            yield
        finally:
            self._folder = None

    def _told(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._folder is None or event not in self.STEPS:
            return
        reads = event == "open" and not int(str(arguments[2])) & (os.O_WRONLY | os.O_CREAT)
        ours = isinstance(arguments[0], int) or str(arguments[0]).startswith(self._folder)
        if reads or not ours:
            return
        self._left -= 1
        if self._left == 0 or (self._left < 0 and self._always):
            raise Killed if self._error is None else OSError(self._error, os.strerror(self._error))


#: One is enough for a process.
DISK = Disk()
