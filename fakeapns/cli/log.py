"""The log of `serve`: written by a thread of its own, so that nobody waits for the terminal."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sys
import threading
from collections.abc import Iterator

import msgspec

#: Lines that may wait to be written. If whoever reads stderr does not, more are left out.
MOST = 10_000
#: Seconds that the last lines get.
FAREWELL = 0.3

log = logging.getLogger("fakeapns")


class LogWriter(logging.Handler):
    """Writes lines to stderr, as text or as JSON. `left_out` counts those that had no room."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json
        self._lines: queue.Queue[str | None] = queue.Queue(MOST)
        self._thread = threading.Thread(target=self._write, name="fakeapns log", daemon=True)
        self._thread.start()
        self.left_out = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Log a message."""
        text = record.getMessage()
        if self._as_json:
            line = {"level": record.levelname.lower(), "message": text}
            text = msgspec.json.encode(line).decode()
        self.put(text)

    def put(self, line: str | None) -> None:
        """Write this line as soon as there is time."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.left_out += 1

    def _write(self) -> None:
        # Whoever has read so far may be gone.
        with contextlib.suppress(OSError):
            while (line := self._lines.get()) is not None:
                _write_line(line)

    def close(self) -> None:
        """Write what is left, as far as somebody reads it soon."""
        # The last words need room, too.
        while self._lines.qsize() > MOST - 2:
            with contextlib.suppress(queue.Empty):
                self._lines.get_nowait()
                self.left_out += 1
        if self.left_out:
            self.put(f"{self.left_out} lines were left out: nobody read them fast enough")
        self.put(None)
        self._thread.join(FAREWELL)
        super().close()


def _write_line(line: str) -> None:
    """Write to stderr past Python's buffer: who is stuck in that holds a lock which the
    interpreter asks for when it ends.
    """
    try:
        descriptor = sys.stderr.fileno()
    except ValueError:
        # Not a file: something that a test has put in its place.
        print(line, file=sys.stderr)
        return
    data = f"{line}\n".encode(sys.stderr.encoding, "backslashreplace")
    while data:
        data = data[os.write(descriptor, data) :]


@contextlib.contextmanager
def logging_to_stderr(*, as_json: bool) -> Iterator[LogWriter]:
    """Send our log messages to stderr meanwhile."""
    writer = LogWriter(as_json=as_json)
    log.addHandler(writer)
    log.setLevel(logging.WARNING)
    try:
        yield writer
    finally:
        log.removeHandler(writer)
        writer.close()
