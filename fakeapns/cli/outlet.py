"""Output that nobody waits for: a thread of its own writes it, and whoever ends lets it be."""

from __future__ import annotations

import contextlib
import io
import os
import select
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TextIO

#: Pieces that may wait to be written. If whoever reads does not, more are left out.
MOST = 10_000
#: Pieces that go out in one write: each is a system call, and a turn of the other threads.
TOGETHER = 100
#: Seconds that the last words get.
FAREWELL = 0.3


class Outlet:
    """Writes texts to a stream, as far as somebody reads it. `left_out` had no room to wait.

    `failed` is told, in the outlet's thread, what the stream says the first time that it takes
    nothing: whoever has read may be gone, and the disk be full.
    """

    def __init__(
        self, stream: TextIO | None, failed: Callable[[OSError], object] | None = None
    ) -> None:
        self.stream = stream
        self._failed = failed
        # Not `Queue`, whose lock the garbage collector can ask for while the same thread holds it:
        # what it has to say of a `__del__` comes here, too.
        self._waiting: SimpleQueue[str | None] = SimpleQueue()
        self.left_out = 0
        #: Since when it writes what it is writing.
        self._since: float | None = None
        self._thread = threading.Thread(target=self._run, name="fakeapns output", daemon=True)
        self._thread.start()

    def put(self, text: str) -> None:
        """Write that soon, newline and all; from any thread, signal handler or `__del__`."""
        if self._waiting.qsize() < MOST:
            self._waiting.put(text)
        else:
            self.left_out += 1

    def close(self, seconds: float | None = None, last_words: str = "") -> None:
        """Write what is left, as far as somebody reads it so soon: by default `FAREWELL`. Who has
        read nothing for some time already gets that much less, or the farewells of several would
        add up.
        """
        since = self._since
        stuck = 0.0 if since is None else time.monotonic() - since
        self._waiting.put(last_words)
        self._waiting.put(None)
        self._thread.join(max(0.0, (FAREWELL if seconds is None else seconds) - stuck))

    def _run(self) -> None:
        ended = False
        while not ended:
            pieces = [self._waiting.get()]
            with contextlib.suppress(Empty):
                while pieces[-1] is not None and len(pieces) < TOGETHER:
                    pieces.append(self._waiting.get_nowait())
            ended = pieces[-1] is None
            self._since = time.monotonic()
            try:
                _write(self.stream, "".join(each for each in pieces if each is not None))
            except OSError as wrong:
                failed, self._failed = self._failed, None
                if failed is not None:
                    failed(wrong)
            self._since = None


class Through(io.StringIO):
    """A stream whose writers wait for nobody: for those that want to have one."""

    def __init__(self, outlet: Outlet) -> None:
        super().__init__()
        self._outlet = outlet

    def isatty(self) -> bool:
        """Whether it is a terminal that they write to."""
        return self._outlet.stream is not None and self._outlet.stream.isatty()

    def write(self, text: str) -> int:
        """Hand it on."""
        self._outlet.put(text)
        return len(text)


def last_words(text: str, stream: TextIO | None) -> None:
    """Say this, unless nobody reads it soon."""
    Outlet(stream).close(last_words=f"{text}\n")


def _write(stream: TextIO | None, text: str) -> None:
    """Write past Python's buffer: who is stuck in that holds a lock which the interpreter asks
    for when it ends.
    """
    # Python has none for a descriptor that was closed before it started.
    if stream is None or not text:
        return
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        # Not a file: something that a test has put in its place, or closed.
        with contextlib.suppress(ValueError):
            stream.write(text)
            stream.flush()
        return
    data = text.encode(stream.encoding, "backslashreplace")
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            # Node hands its children pipes that do not block.
            select.select([], [descriptor], [])
