"""Cuts what the other side writes behind its preface and behind each frame."""

from __future__ import annotations

from .frames import HEAD, PREFACE

#: The longest payload that is ours to take: no SETTINGS here allow more (RFC 9113, 4.2).
LONGEST = 16_384


class Splitter:
    """Whole frames out of bytes in any pieces; what is kept for it is one frame at most.

    A client begins with a `preface` of so many bytes, a server with none.
    """

    def __init__(self, preface: int = len(PREFACE)) -> None:
        self._preface = preface
        #: What has come of a frame that is not whole.
        self.rest = b""
        #: The length of a frame that is longer than any may be: nothing behind its head is cut.
        self.overlong = 0

    def split(self, data: bytes) -> tuple[bytes, list[bytes]]:
        """What of these bytes belongs to the preface, and the frames that are whole now."""
        preface, data = data[: self._preface], self.rest + data[self._preface :]
        self._preface -= len(preface)
        frames = []
        at = 0
        while at + HEAD <= len(data):
            length = int.from_bytes(data[at : at + 3], "big")
            if length > LONGEST:
                self.overlong = length
                break
            end = at + HEAD + length
            if end > len(data):
                break
            frames.append(data[at:end])
            at = end
        self.rest = data[at:]
        return preface, frames
