"""The ledger as JSON Lines: one object a line, appended, readable while it grows.

A plain file, since that is what people miss when it goes: they search it with grep (MailHog #466).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import StartError
from ..outputs import NOBODY, open_output, write_patiently
from ..text import size_in_words
from .bundle import Bundle

#: Bytes that may wait for whoever reads a pipe.
MOST = 1 << 23
#: Looks in vain for the reader of a pipe before it is closed.
FAREWELL = 30


class LedgerFile:
    """Appends entries to a file. Raises `StartError` where that is not possible.

    Entries survive the death of the process as soon as `flush` has returned, also by kill -9; they
    are not forced to the disk, for which every answer would have to wait.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._pending: list[bytes] = []
        try:
            descriptor = open_output(self.path, os.O_APPEND | os.O_CREAT)
            self._file = open(descriptor, "ab", buffering=0)  # noqa: SIM115
            # Or the first line of this run would be the rest of that one, and lost with it.
            if self._ends_torn():
                self._file.write(b"\n")
        except (OSError, ValueError) as wrong:
            reason = getattr(wrong, "strerror", None) or wrong
            raise StartError(
                f"cannot write the ledger {self.path}: {reason}; give --ledger another file"
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
        """Hand all pending entries to the operating system.

        What a pipe has no room for waits: who reads it does not hold up the server. Raises
        `StartError` where no more can be written, or too much waits.
        """
        if not self._pending:
            return
        data = memoryview(b"".join(self._pending))
        self._pending.clear()
        while data:
            with self._telling():
                written = self._file.write(data)
            if written is None:
                if len(data) > MOST:
                    raise self._unread(len(data))
                self._pending.append(bytes(data))
                return
            data = data[written:]

    def close(self) -> None:
        """Flush, then close the file. Raises `StartError` for what a pipe still has no room for."""
        try:
            self.flush()
            with self._telling():
                left = write_patiently(self._file, b"".join(self._pending), FAREWELL)
            if left:
                raise self._unread(left)
        finally:
            self._file.close()

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as wrong:
            raise StartError(
                f"cannot write the ledger {self.path}: {wrong.strerror}; make room and start again"
            ) from None

    def _unread(self, size: int) -> StartError:
        return StartError(
            f"cannot write the last {size_in_words(size)} of the ledger {self.path}: {NOBODY}; "
            "give --ledger a file"
        )
