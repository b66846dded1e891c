"""One program at a time in a folder."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: What holds a folder where there is no `flock`.
LOCK = ".lock"
#: Seconds between two looks at a folder that somebody else holds.
_PAUSE = 0.02


def hold(directory: Path) -> int | None:
    """A descriptor that holds the folder for as long as it is open, at the latest until this
    program ends; None where somebody else holds it. Raises `OSError` where nobody can.
    """
    return _hold_by_file(directory) if fcntl is None else _hold_itself(directory)


def _hold_itself(directory: Path) -> int | None:
    # The folder is its own lock. Nothing has to be written for that, so one that is read-only can
    # be held, and there is no file in whose place somebody could have put a link.
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _hold_by_file(directory: Path) -> int | None:
    # O_EXCL follows no link. Windows removes such a file with the program that has it open.
    how = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_TEMPORARY", 0)
    try:
        return os.open(directory / LOCK, how, 0o600)
    except FileExistsError:
        return None


def let_go(directory: Path, descriptor: int) -> None:
    """Let others hold the folder."""
    os.close(descriptor)
    if fcntl is None:
        with contextlib.suppress(OSError):
            (directory / LOCK).unlink()


class FolderLock:
    """Whoever has it is alone in the folder. The thread that has it may take it again.

    Where a folder cannot be held, as on some network drives and, without `flock`, on those that
    are read-only, nobody waits for anybody.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ours = threading.RLock()
        self._depth = 0

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Have it while the context lasts."""
        with self._ours:
            descriptor = None if self._depth else self._wait()
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if descriptor is not None:
                    let_go(self._directory, descriptor)

    def _wait(self) -> int | None:
        with contextlib.suppress(OSError):
            while (descriptor := hold(self._directory)) is None:
                time.sleep(_PAUSE)
            return descriptor
        return None
