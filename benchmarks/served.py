"""The log of `fakeapns serve`, read from its pipe as somebody reads it who keeps up."""

from __future__ import annotations

import queue
import re
import threading
from typing import IO

_CLOSED = re.compile(r"connection\.closed .*\baccepted=(\d+)")


class Log:
    """Reads in a thread of its own; `bytes` counts what has come."""

    def __init__(self, pipe: IO[str]) -> None:
        self._pipe = pipe
        self._closed: queue.Queue[int] = queue.Queue()
        self.bytes = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._pipe:
            self.bytes += len(line)
            found = _CLOSED.search(line)
            if found is not None:
                self._closed.put(int(found[1]))

    def accepted(self, connections: int) -> int:
        """Wait for the ends of so many connections; how many notifications were accepted."""
        return sum(self._closed.get() for _ in range(connections))
