"""A GOAWAY that a fault has decided on."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from ...protocol import REASONS
from ...scenario.faults import Last, Then

#: What a GOAWAY says that refuses no stream yet (RFC 9113, 6.8).
_ALL = 2**31 - 1


class Goodbye:
    """Says which streams are processed, at the moment `due`: those up to `last`.

    `cause` is the entry of the fault, and `behind` the last request that was looked at before it.
    `twice` says it again without debug data, as Apple was seen to (pushy #312, golang/go #14627).
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
        self._debug = _written(debug)
        self._twice = twice

    @property
    def closes(self) -> bool:
        """Whether it was said, and the connection is to be closed behind it."""
        return self.then == "close" and self.due == math.inf

    def take(self) -> Iterator[bytes]:
        """The debug data of each GOAWAY that is to be said now; once."""
        self.due = math.inf
        yield self._debug
        if self._twice:
            yield b""


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
