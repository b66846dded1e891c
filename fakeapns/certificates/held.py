"""Folders that a program holds: one is dead once nobody does, and is removed by whoever comes upon
it. The system lets go for who is gone, so what was killed leaves nothing for long.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
from functools import lru_cache
from pathlib import Path

from .locks import hold, let_go

#: Not what other programs' folders begin with; older versions of ours had no lock to tell by.
_PREFIX = "fakeapns-keys-"
#: What `tempfile.mkdtemp` puts behind it.
_OURS = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")


def held_folder() -> tuple[Path, int | None]:
    """A new folder, and what holds it: None where none can be, nor be taken for dead. Raises
    `OSError`.
    """
    while True:
        directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
        try:
            descriptor = hold(directory)
        except FileNotFoundError:
            # Somebody took it for dead before it was held.
            continue
        except OSError:
            return directory, None
        if descriptor is not None:
            if directory.exists():
                return directory, descriptor
            remove_held(directory, descriptor)


def remove_held(directory: Path, descriptor: int | None) -> None:
    """Remove a folder with all that is in it, and let go of what holds it. Never raises."""
    shutil.rmtree(directory, ignore_errors=True)
    with contextlib.suppress(OSError):
        if descriptor is not None:
            let_go(directory, descriptor)
        # Windows keeps the folder for as long as the file that holds it is open.
        directory.rmdir()


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
        remove_held(directory, descriptor)


def _is_private(found: os.stat_result) -> bool:
    """Whether it is a folder, no link, that this user made and nobody else may look into."""
    if os.name != "posix":
        return stat.S_ISDIR(found.st_mode)
    mine = found.st_uid == os.getuid()
    return mine and stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
