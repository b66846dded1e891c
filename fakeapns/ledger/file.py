"""The ledger as JSON Lines: one object a line, appended, readable while it grows.

A plain file, since that is what people miss when it goes: they search it with grep (MailHog #466).
"""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import StartError
from .bundle import Bundle


class LedgerFile:
    """Appends entries to a file. Raises `StartError` where that is not possible.

    Entries survive the death of the process as soon as `flush` has returned, also by kill -9; they
    are not forced to the disk, for which every answer would have to wait.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._pending: list[bytes] = []
        try:
            self._file = self.path.open("ab", buffering=0)
            # Or the first line of this run would be the rest of that one, and lost with it.
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

    def write(self, bundle: Bundle, seq: int) -> None:
        """Take the entries of a bundle from this `seq` on; they may stay in memory."""
        self._pending.append(bundle.lines(seq))

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
