"""Overhears what a client says, so that a refusal by the engine can be told in words."""

from __future__ import annotations

import hpack

from .frames import END_HEADERS, PADDED, PRIORITY, Frame, Kind, frames_of
from .rules import broken_rule
from .shapes import Headers
from .splitter import Splitter

#: Header blocks of a connection that are kept, and bytes of all of them. A client whose headers
#: HTTP/2 forbids does so from its first request on.
BLOCKS, BYTES = 64, 128 * 1024
_TOO_LATE = (
    "HTTP/2 forbids its headers; which rule they break is only looked into for the first"
    f" {BLOCKS} requests of a connection"
)


class Tap:
    """The first header blocks of a connection, decoded once something was refused.

    libnghttp2 resets a stream with malformed headers and says neither what they were nor what was
    wrong. Since each block of HPACK builds on those before it, all have to be kept, encoded, up to
    a bound; a block is some 100 bytes. One is decoded only if it, or a later one, was refused.
    """

    def __init__(self, header_list: int) -> None:
        self._splitter = Splitter()
        self._decoder = hpack.Decoder(header_list)
        self._blocks: list[tuple[int, bytes]] = []
        self._decoded: dict[int, Headers] = {}
        self._begun = (0, b"")
        self._count = 0
        self._size = 0
        #: Whether there is more to overhear.
        self.open = True

    def overhear(self, data: bytes) -> None:
        """Take what the client has sent, in any pieces."""
        for whole in self._splitter.split(data)[1]:
            for frame in frames_of(whole):
                if self.open:
                    self._take(frame)

    def why(self, stream: int) -> tuple[str, Headers | None]:
        """Why the request on this stream was refused, as a clause, and its headers."""
        try:
            for number, block in self._blocks:
                fields = self._decoder.decode(block, raw=True)
                self._decoded[number] = tuple((name, value) for name, value in fields)
        except hpack.HPACKError as error:
            return f"its headers cannot be decoded: {error}", None
        finally:
            self._blocks.clear()
        headers = self._decoded.get(stream)
        if headers is None:
            return _TOO_LATE, None
        return broken_rule(headers) or "HTTP/2 forbids it", headers

    def _take(self, frame: Frame) -> None:
        if frame.kind == Kind.HEADERS:
            self._begun = (frame.stream, _fragment(frame))
        elif frame.kind == Kind.CONTINUATION:
            self._begun = (self._begun[0], self._begun[1] + frame.payload)
        else:
            return
        self._size += len(frame.payload)
        if frame.flags & END_HEADERS:
            self._blocks.append(self._begun)
            self._count += 1
        self.open = self._count < BLOCKS and self._size < BYTES


def _fragment(frame: Frame) -> bytes:
    """The piece of a header block that stands in a HEADERS frame."""
    block = frame.payload
    if frame.flags & PADDED and block:
        block = block[1 : max(1, len(block) - block[0])]
    return block[5:] if frame.flags & PRIORITY else block
