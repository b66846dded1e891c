"""How a server is made to fail: its ledger can be written no more, as on a full disk."""

from __future__ import annotations

import os
from pathlib import Path


class BrittleLedger:
    """A ledger for `FakeAPNs(ledger=…)` that takes everything until it breaks.

    The next entry is then a `StartError` in the server. Who starts again finds a path that is
    fine.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "brittle.jsonl"
        os.mkfifo(self.path)
        # The server writes to a pipe, and here is who could read it.
        self._reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self._broken = False

    def break_it(self) -> None:
        """From now on nothing can be written."""
        if not self._broken:
            self._broken = True
            os.close(self._reader)
            self.path.unlink()

    def said(self, problem: str = "Broken pipe") -> str:
        """What the server says of it."""
        return f"cannot write the ledger {self.path}: {problem}; make room and start again"
