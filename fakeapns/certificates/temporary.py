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
import re
import shutil
import stat
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from .locks import hold, let_go

#: Not what other programs' folders begin with; older versions of ours had no lock to tell by.
_PREFIX = "fakeapns-keys-"
#: What `tempfile.mkdtemp` puts behind it.
_OURS = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")
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
    directory, descriptor = _held_folder()
    _watch(directory)

    def remove() -> None:
        # A forked child that ends must not take away what its parent still uses.
        if os.getpid() == pid:
            _remove(directory, descriptor)

    atexit.register(remove)
    return directory


def _held_folder() -> tuple[Path, int | None]:
    """A new folder, and what holds it: None where none can be, nor be taken for dead."""
    while True:
        directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
        try:
            descriptor = hold(directory)
        except FileNotFoundError:
            # Somebody took it for dead before it was held.
            continue
        except OSError:
            return directory, None
        if descriptor is not None and directory.exists():
            return directory, descriptor


def _watch(directory: Path) -> None:
    """Have the folder removed once this process has ended, and those that were forked off it."""
    if not os.path.exists(SHELL):
        return
    # Nobody else has the other end, and it stays open for as long as this process lives.
    reading, _ = os.pipe()
    with contextlib.suppress(OSError, subprocess.SubprocessError):
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
    os.close(reading)


@lru_cache(maxsize=1)
def remove_dead_folders() -> None:
    """Remove what programs have left that were killed: folders of this user that nobody holds.
    Once is enough for a program, so it looks once.
    """
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    _remove_if_dead(Path(entry.path))


def _remove_if_dead(directory: Path) -> None:
    if not _is_private(os.lstat(directory)):
        return
    descriptor = hold(directory)
    if descriptor is not None:
        _remove(directory, descriptor)


def _remove(directory: Path, descriptor: int | None) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    with contextlib.suppress(OSError):
        if descriptor is not None:
            let_go(directory, descriptor)
        # Windows keeps the folder for as long as the file that holds it is open.
        directory.rmdir()


def _is_private(found: os.stat_result) -> bool:
    """Whether it is a folder, no link, that this user made and nobody else may look into."""
    if os.name != "posix":
        return stat.S_ISDIR(found.st_mode)
    mine = found.st_uid == os.getuid()
    return mine and stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
