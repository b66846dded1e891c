"""The ledger as JSON Lines: one object a line, appended, readable while it grows."""

from __future__ import annotations

import os
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from .errors import StartError
from .notification import Entry, Notification

_INSTEAD = {"token_bytes", "payload_bytes", "wall"}


def encode_line(entry: Entry) -> bytes:
    """The entry as one line, newline included."""
    line: dict[str, Any] = {
        "kind": entry.__struct_config__.tag,
        "seq": entry.seq,
        "at": datetime.fromtimestamp(entry.wall, UTC).isoformat(timespec="microseconds")[:-6] + "Z",
        "t": round(entry.t, 6),
    }
    for name in entry.__struct_fields__:
        if name not in _INSTEAD:
            line.setdefault(name, getattr(entry, name))
        elif name == "token_bytes" and isinstance(entry, Notification):
            line["token"] = entry.token
        elif name == "payload_bytes" and isinstance(entry, Notification):
            line["payload"] = _embedded(entry)
            line["payload_base64"] = b64encode(entry.payload_bytes).decode("ascii")
    return msgspec.json.encode(line) + b"\n"


def _embedded(notification: Notification) -> msgspec.Raw | None:
    if notification.payload is None:
        return None
    # Between its tokens JSON may hold line breaks, inside its strings it may not: so they
    # can go, and the text stays as the provider wrote it, long numbers and all.
    one_line = notification.payload_bytes.translate(_NO_LINE_BREAKS)
    return msgspec.Raw(one_line)


_NO_LINE_BREAKS = bytes.maketrans(b"\r\n", b"  ")


class LedgerFile:
    """Appends entries to a file. Raises `StartError` where that is not possible.

    Entries survive the death of the process as soon as `flush` has returned; they are not
    forced to the disk.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._pending: list[bytes] = []
        try:
            self._file = self.path.open("ab", buffering=0)
            if self._ends_torn():
                self._file.write(b"\n")
        except OSError as wrong:
            raise StartError(
                f"cannot write the ledger {self.path}: {wrong.strerror}; give --ledger another file"
            ) from None

    def _ends_torn(self) -> bool:
        """Whether an earlier run died in the middle of its last line."""
        # A pipe has no position to ask for, and no earlier run.
        if not self.path.is_file() or self._file.tell() == 0:
            return False
        with self.path.open("rb") as reader:
            reader.seek(-1, os.SEEK_END)
            return reader.read(1) != b"\n"

    def write(self, entry: Entry) -> None:
        """Take an entry; it may stay in memory until `flush`."""
        self._pending.append(encode_line(entry))

    def flush(self) -> None:
        """Hand all pending entries to the operating system."""
        if not self._pending:
            return
        data = memoryview(b"".join(self._pending))
        self._pending.clear()
        while data:
            try:
                written = self._file.write(data)
            except OSError as wrong:
                raise StartError(
                    f"cannot write the ledger {self.path}: {wrong.strerror}; "
                    "make room and start again"
                ) from None
            data = data[written or 0 :]

    def close(self) -> None:
        """Flush, then close the file."""
        try:
            self.flush()
        finally:
            self._file.close()
