"""Files that are whole or not there at all, and reports, which are found to be writable before
there is anything to write.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from .errors import StartError


def replace_file(path: Path, content: bytes, permissions: int | None = None) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it.

    `permissions` are those of `chmod`, by default what new files have. Raises `OSError`, and
    `ValueError` for a path that names no file.
    """
    beside = _beside(path)
    mode = 0o666 if permissions is None else permissions
    try:
        # Nobody else may look into a private key, not even while it is written.
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with open(descriptor, "wb") as file:
            if permissions is not None:
                os.fchmod(descriptor, permissions)
            file.write(content)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError, ValueError):
            beside.unlink()
        raise


def make_folder(path: Path) -> None:
    """Make a folder for what no repository should have: it tells git to ignore it. One that is
    there already stays as it is. Raises `OSError`.
    """
    # As pytest does with its cache: what nobody meant to commit, somebody commits.
    if path.is_dir():
        return
    path.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), (path / ".gitignore").open("x") as ignored:
        ignored.write("*\n")


def check_writable(path: Path) -> None:
    """Raise `StartError` if no report can be written there. Leaves what is there as it is."""
    try:
        if not _is_ordinary(path):
            os.close(os.open(path, os.O_WRONLY))
            return
        with _beside(path).open("wb"):
            pass
        _beside(path).unlink()
    except (OSError, ValueError) as wrong:
        raise _not_writable(path, wrong) from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a report so that nobody sees half of it. Raises `StartError`."""
    try:
        if _is_ordinary(path):
            replace_file(path, content)
        else:
            path.write_bytes(content)
    except (OSError, ValueError) as wrong:
        raise _not_writable(path, wrong) from None


def _is_ordinary(path: Path) -> bool:
    """Whether it is a file or nothing yet. Pipes and terminals are written to as they are."""
    return path.is_file() or not path.exists()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


def _not_writable(path: Path, wrong: OSError | ValueError) -> StartError:
    reason = getattr(wrong, "strerror", None) or wrong
    return StartError(f"cannot write the report {path}: {reason}; choose another file")
