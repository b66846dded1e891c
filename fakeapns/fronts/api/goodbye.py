"""The GOAWAYs that faults have decided on."""

from __future__ import annotations

import math

import msgspec

from ...protocol import REASONS
from ...scenario.faults import Last, Then

#: What a GOAWAY says that refuses no stream yet (RFC 9113, 6.8).
_ALL = 2**31 - 1


class Goodbye:
    """Says which streams are processed, at the moment `due`: those up to `last`.

    `debug` has the debug data of each frame that says so. `cause` is the entry of the fault, and
    `behind` the last request that was looked at before it. `twice` says it again without debug
    data, as Apple was seen to (pushy #312, golang/go #14627).
    """

    def __init__(
        self,
        last: int,
        code: int,
        debug: str,
        due: float,
        then: Then,
        *,
        twice: bool,
        cause: int,
        behind: int,
    ) -> None:
        self.last = last
        self.code = code
        self.due = due
        self.then = then
        self.cause = cause
        self.behind = behind
        self.debug = (_written(debug), b"") if twice else (_written(debug),)


class Goodbyes:
    """Those of one connection: several may be on their way, as each may take its time."""

    def __init__(self) -> None:
        self._waiting: list[Goodbye] = []
        #: What holds from the moment that it is decided on: the first with the lowest last stream.
        self.strictest: Goodbye | None = None
        #: Which one was said and has the connection closed.
        self.closing: Goodbye | None = None
        #: Whether one was said.
        self.said = False

    @property
    def due(self) -> float:
        """When the next is to be said, in seconds since the start."""
        return min((each.due for each in self._waiting), default=math.inf)

    def add(self, goodbye: Goodbye) -> None:
        """One is decided on."""
        self._waiting.append(goodbye)
        if self.strictest is None or goodbye.last < self.strictest.last:
            self.strictest = goodbye

    def take(self, t: float) -> Goodbye | None:
        """The next one that is to be said by then, if there is one."""
        if self.due > t:
            return None
        goodbye = min(self._waiting, key=lambda each: each.due)
        self._waiting.remove(goodbye)
        self.said = True
        if goodbye.then == "close" and self.closing is None:
            self.closing = goodbye
        return goodbye


def last_stream(last: Last, this: int) -> int:
    """The stream that is meant, where `this` is the one at hand, or the highest that was opened."""
    if isinstance(last, int):
        return last
    return {"this": this, "previous": max(0, this - 2), "zero": 0, "all": _ALL}[last]


def _written(debug: str) -> bytes:
    """As Apple writes a reason, and any other text as it is."""
    if debug in REASONS:
        return msgspec.json.encode({"reason": debug})
    return debug.encode()
