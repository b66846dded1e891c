"""Whatever else writes to stderr, while somebody has to be sure that nobody waits for it."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
from collections.abc import Iterator

stray = logging.getLogger("fakeapns.stray")


@contextlib.contextmanager
def captured(handler: logging.Handler) -> Iterator[None]:
    """Give it all meanwhile: every logger's messages (trio's say that no descriptor is left),
    warnings, what threads and the garbage collector fail with, and what is written to stderr.
    """
    root = logging.getLogger()
    before = sys.stderr, sys.unraisablehook, threading.excepthook
    root.addHandler(handler)
    logging.captureWarnings(True)
    sys.stderr = lines = _Lines()
    sys.unraisablehook = _unraisable
    threading.excepthook = _in_thread
    try:
        yield
    finally:
        sys.stderr, sys.unraisablehook, threading.excepthook = before
        lines.end()
        logging.captureWarnings(False)
        root.removeHandler(handler)


class _Lines(io.TextIOBase):
    """A stderr each of whose lines is a message. Threads that write at once have a line each."""

    def __init__(self) -> None:
        self._begun: dict[int, str] = {}

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        # By thread, since one may come in wherever another is: each takes only what it began.
        thread = threading.get_ident()
        *lines, begun = (self._begun.pop(thread, "") + text).split("\n")
        if begun:
            self._begun[thread] = begun
        self._tell(lines)
        return len(text)

    def end(self) -> None:
        """Tell what was begun, and never ended."""
        self._tell(list(self._begun.values()))

    def _tell(self, lines: list[str]) -> None:
        for line in lines:
            if line.strip():
                stray.warning("%s", line)


def _unraisable(failed: sys.UnraisableHookArgs) -> None:
    what = failed.err_msg or "Exception ignored in"
    # Not the object itself, whose `repr` may be what fails.
    _tell(f"{what} {type(failed.object).__name__}", failed.exc_value)


def _in_thread(failed: threading.ExceptHookArgs) -> None:
    name = "a thread" if failed.thread is None else failed.thread.name
    if failed.exc_type is not SystemExit:
        _tell(f"{name} has failed", failed.exc_value)


def _tell(what: str, failure: BaseException | None) -> None:
    found = None if failure is None else (type(failure), failure, failure.__traceback__)
    stray.error("%s", what, exc_info=found)
