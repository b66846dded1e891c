"""The ready file: how another program finds a running server and its certificates.

It is one JSON object, the server's `Endpoint` and the process that it runs in. Unknown keys
may come later.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from ..errors import StartError
from ..files import is_ordinary, json_report, replace_file
from ..inputs import read_input
from .endpoint import Endpoint

#: The process, then all that an endpoint says.
_Told = msgspec.defstruct(
    "_Told",
    [
        ("pid", int),
        *(
            (each.name, each.type) if each.required else (each.name, each.type, each.default)
            for each in msgspec.structs.fields(Endpoint)
        ),
    ],
)


def write_ready_file(path: Path, endpoint: Endpoint) -> None:
    """Tell where a server of this process is. A reader never sees half of the file.

    Raises `StartError` where it cannot be written.
    """
    if not is_ordinary(path) and not path.is_dir():
        # It would be replaced, and removed in the end: /dev/null, say.
        raise StartError(f"{path} is no regular file: choose another path for the ready file")
    known = msgspec.structs.asdict(endpoint).items()
    told = {"pid": os.getpid(), **{name: value for name, value in known if value is not None}}
    content = json_report(told)
    try:
        replace_file(path, content)
    except ValueError:
        raise StartError(f"{path} is no file name: choose another for the ready file") from None
    except OSError as wrong:
        raise StartError(
            f"cannot write the ready file {path}: {wrong.strerror}; choose another path"
        ) from None


def read_ready_file(path: Path) -> Endpoint:
    """What the file tells. Raises `StartError` where there is no server behind it."""
    try:
        content = read_input(path)
    except (OSError, ValueError) as wrong:
        raise StartError(
            f"cannot read the ready file {path}: {getattr(wrong, 'strerror', None) or wrong}; "
            "start `fakeapns serve --ready-file` with this path first"
        ) from None
    try:
        told = msgspec.to_builtins(msgspec.json.decode(content, type=_Told))
        pid, endpoint = told.pop("pid"), msgspec.convert(told, Endpoint)
    except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        raise StartError(f"{path} is no ready file of fakeapns: {wrong}; delete it") from None
    if not _is_there(pid):
        raise StartError(f"{path} is left over: process {pid} is gone; start the server again")
    return endpoint


def _is_there(pid: int) -> bool:
    """Whether there is such a process, as far as can be known."""
    if os.name != "posix":
        # There, this would end it.
        return True
    try:
        # To 0 and below it means whole groups.
        if pid > 0:
            os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        # Somebody else's process, so it is there.
        pass
    return pid > 0
