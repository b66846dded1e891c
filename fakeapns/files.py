"""Files that are whole or not there at all, and reports, which are found to be writable before
there is anything to write.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Any

import msgspec

from .errors import StartError
from .outputs import check_output, write_output
from .text import ascii_json

#: What is written or made before it gets its name.
_UNFINISHED = re.compile(r"\.[0-9a-f]{8}\.fakeapns")


def replace_file(path: Path, content: bytes, permissions: int | None = None) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it.

    `permissions` are those of `chmod`, by default what new files have. Raises `OSError`, and
    `ValueError` for a path that names no file.
    """
    beside = _beside(path)
    # Nobody else may look into a private key, not even while it is written.
    descriptor = _open_new(beside, 0o666 if permissions is None else permissions)
    try:
        with open(descriptor, "wb") as file:
            if permissions is not None:
                os.chmod(descriptor if os.chmod in os.supports_fd else beside, permissions)
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
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(path)
    try:
        beside.mkdir()
        (beside / ".gitignore").write_text("*\n")
        os.rename(beside, path)
    except BaseException as wrong:
        shutil.rmtree(beside, ignore_errors=True)
        # Somebody else was faster.
        if not (isinstance(wrong, OSError) and path.is_dir()):
            raise


def remove_unfinished(folder: Path) -> None:
    """Remove what programs that were killed have begun to write in a folder. Nobody else may
    write there meanwhile.
    """
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if _UNFINISHED.fullmatch(path.name):
                path.unlink()


def check_writable(path: Path) -> None:
    """Raise `StartError` if no report can be written there. Leaves what is there as it is."""
    try:
        if not is_ordinary(path):
            check_output(path)
            return
        with contextlib.suppress(FileNotFoundError):
            # A name that no file can have.
            os.lstat(path)
        beside = _beside(path)
        os.close(_open_new(beside, 0o666))
        beside.unlink()
    except (OSError, ValueError) as wrong:
        raise _not_writable(path, wrong) from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a report so that nobody sees half of it. Raises `StartError`."""
    try:
        if is_ordinary(path):
            replace_file(path, content)
        else:
            write_output(path, content)
    except (OSError, ValueError) as wrong:
        raise _not_writable(path, wrong) from None


def is_ordinary(path: Path) -> bool:
    """Whether it is a file or nothing yet. Pipes and terminals are written to as they are."""
    return path.is_file() or not path.exists()


def _beside(path: Path) -> Path:
    return path.with_name(f".{secrets.token_hex(4)}.fakeapns")


def _open_new(path: Path, mode: int) -> int:
    """A file that nobody else has made: writing to it goes through no link of anybody's."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)


def _not_writable(path: Path, wrong: OSError | ValueError) -> StartError:
    reason = getattr(wrong, "strerror", None) or wrong
    return StartError(f"cannot write the report {path}: {reason}; choose another file")


def json_report(content: Any) -> bytes:
    """What `msgspec` can encode as JSON, indented, that may be shown on a terminal as it is."""
    text = msgspec.json.format(msgspec.json.encode(content), indent=2).decode()
    return f"{ascii_json(text)}\n".encode()
