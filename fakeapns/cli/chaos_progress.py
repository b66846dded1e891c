"""How far chaos has come: a line for each scenario, and on a terminal what runs right now."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

from ..chaos import Trial, TrialResult
from ..text import printable
from .outlet import Outlet

_ERASE = "\r\x1b[K"


class Progress:
    """Tells on a stream, by default stderr, what has begun and what has ended, of how many in
    `total`.
    """

    def __init__(self, total: int = 0, stream: TextIO | None = None) -> None:
        stream = stream or sys.stderr
        self._live = stream is not None and stream.isatty()
        # Whoever watched may be gone or asleep: that is no reason to stop.
        self._outlet = Outlet(stream)
        self.total = total
        self._done = 0
        self._running: list[str] = []

    def started(self, trial: Trial) -> None:
        """A trial has begun."""
        self._running.append(trial.label)
        self._show_running()

    def finished(self, result: TrialResult) -> None:
        """A trial is over."""
        self._running.remove(result.trial.label)
        self._done += 1
        line = self._line(result.trial.label)
        self._write(f"{line} {result.verdict} ({result.seconds:.1f} s)\n")
        self._show_running()

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._write("")
        self._outlet.close()

    def _show_running(self) -> None:
        if self._live and self._running:
            self._done += 1
            line = self._line(", ".join(self._running))
            self._done -= 1
            # One line only: what has wrapped cannot be taken back.
            self._write(line[: shutil.get_terminal_size().columns - 1])

    def _line(self, what: str) -> str:
        width = len(str(self.total))
        return printable(f"[{self._done:>{width}}/{self.total}] {what} ...")

    def _write(self, text: str) -> None:
        self._outlet.put(f"{_ERASE}{text}" if self._live else text)
