"""Whether what a client has written so far ends with a whole frame."""

from __future__ import annotations

from .frames import END_HEADERS, HEAD, PREFACE, Kind

_OF_A_BLOCK = (Kind.HEADERS, Kind.CONTINUATION)


class Boundary:
    """Follows the frames of a client by their lengths alone, whatever an engine makes of them.

    Engines keep the beginning of a frame to themselves, and whoever waits for all that was sent
    to be dealt with wants to know of it. It costs 0.07 µs a frame, of which a push has two.
    """

    __slots__ = ("_block", "_head", "_missing", "_whole")

    def __init__(self) -> None:
        #: Of the frame that is not whole, or of the preface: all its bytes, and those to come.
        self._whole = self._missing = len(PREFACE)
        #: What there is of a head that is not whole.
        self._head = b""
        #: Whether a header block goes on in the next frame.
        self._block = False

    def take(self, data: bytes) -> None:
        """More has come."""
        if self._head:
            data = self._head + data
        at, begin, size = self._missing, -1, len(data)
        last = size - HEAD
        while at <= last:
            begin = at
            # Of its three bytes the first is 0 in any frame that is not too long, and to
            # slice them and make a number of that takes twice the time.
            at += HEAD + data[at + 1] * 256 + data[at + 2]
        if begin >= 0:
            self._whole = at - begin
            # Nothing but its own frames may come within a block (RFC 9113, 6.10).
            is_open = data[begin + 3] in _OF_A_BLOCK and not data[begin + 4] & END_HEADERS
            self._block = is_open
        self._missing = max(0, at - size)
        self._head = data[at:]

    @property
    def rest(self) -> int:
        """Bytes that have come of a frame that is not whole, or of the preface."""
        return self._whole - self._missing if self._missing else len(self._head)

    @property
    def words(self) -> str | None:
        """What has come in part, as a clause; None if all that has come is whole."""
        if self._missing:
            return f"{self.rest:,} of {self._whole:,} bytes of a frame have come"
        if self._head:
            return f"{self.rest} of the {HEAD} bytes that a frame begins with have come"
        return "a header block goes on in a frame that has not come" if self._block else None
