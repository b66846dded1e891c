"""Reports as files: found to be writable before there is anything to write, and then written
whole or not at all.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from .errors import StartError


def check_writable(path: Path) -> None:
    """Raise `StartError` if nothing can be written there. Leaves what is there as it is."""
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
    """Write a file so that nobody sees half of it. Raises `StartError`."""
    try:
        if not _is_ordinary(path):
            path.write_bytes(content)
            return
        try:
            _beside(path).write_bytes(content)
            os.replace(_beside(path), path)
        except BaseException:
            with contextlib.suppress(OSError):
                _beside(path).unlink()
            raise
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
