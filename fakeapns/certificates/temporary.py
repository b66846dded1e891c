"""Folders for private keys that do not outlive the program that made them, however it ends.

A program that ends by itself removes them. One that a signal ends cannot, and its handlers are its
own: a shell waits for the end of a pipe that only that program has open, and removes them then. If
both were killed at once, or where there is no such shell, the next program does that starts a
server or wants a folder: one is dead once nobody holds it, and the system lets go for who is gone.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from .held import held_folder, remove_dead_folders, remove_held

SHELL = "/bin/sh"
#: In the background, so that it is nobody's child: programs wait for theirs. Signals that a whole
#: group or a terminal gets are not for it.
_WATCH = 'exec 3<&0; (trap "" HUP INT TERM; read -r _ <&3; rm -rf -- "$0") &'


def temporary_folder() -> Path:
    """A new folder that nobody else may look into. Whoever has no more use for it removes it; at
    the end of this program it goes anyway. Raises `OSError`.
    """
    try:
        return Path(tempfile.mkdtemp(dir=_of_process(os.getpid())))
    except FileNotFoundError:
        # Somebody has cleared away meanwhile where this process has its folders.
        _of_process.cache_clear()
        return Path(tempfile.mkdtemp(dir=_of_process(os.getpid())))


# A process that was forked off has one of its own. 2 ms, most of them for the shell (measured).
@lru_cache(maxsize=1)
def _of_process(pid: int) -> Path:
    remove_dead_folders()
    directory, descriptor = held_folder()

    def remove() -> None:
        # A forked child that ends must not take away what its parent still uses.
        if os.getpid() == pid:
            remove_held(directory, descriptor)

    atexit.register(remove)
    _watch(directory)
    return directory


def _watch(directory: Path) -> None:
    """Have the folder removed once this process has ended, and those that were forked off it."""
    if not os.path.exists(SHELL):
        return
    # Where there is no descriptor left, say, it is left to the next program.
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        # Nobody else has the other end, and it stays open for as long as this process lives.
        reading, _ = os.pipe()
        with open(reading, "rb"):
            subprocess.run(
                [SHELL, "-c", _WATCH, str(directory)],
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": os.defpath},
                start_new_session=True,
                check=False,
            )
