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

Refusal = tuple[str, Headers | None]


class Tap:
    """The first header blocks of a connection, decoded once something was refused.

    libnghttp2 resets a stream with malformed headers and says neither what they were nor what was
    wrong. Since each block of HPACK builds on those before it, all have to be kept, encoded, up to
    a bound; a block is some 100 bytes. One is decoded only if it, or a later one, was refused.
    """

    def __init__(self, header_list: int) -> None:
        self._splitter = Splitter()
        self._decoder = hpack.Decoder(header_list)
        self._blocks: list[Frame] = []
        self._refusals: dict[int, Refusal] = {}
        self._begun = Frame(Kind.HEADERS, 0, 0, b"")
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

    def why(self, stream: int) -> Refusal:
        """Why the request on this stream was refused, as a clause, and its headers."""
        try:
            for block in self._blocks:
                fields = self._decoder.decode(block.payload, raw=True)
                headers = tuple((name, value) for name, value in fields)
                self._refusals[block.stream] = self._judged(block, headers)
        except hpack.HPACKError as error:
            return f"its headers cannot be decoded: {error}", None
        finally:
            self._blocks.clear()
        return self._refusals.get(stream, (_TOO_LATE, None))

    def _judged(self, block: Frame, headers: Headers) -> Refusal:
        if block.stream not in self._refusals:
            return broken_rule(headers) or "HTTP/2 forbids it", headers
        why = broken_rule(headers, trailers=True) or "trailers have to end the request"
        return why, None

    def _take(self, frame: Frame) -> None:
        if frame.kind == Kind.HEADERS:
            self._begun = frame._replace(payload=_fragment(frame))
        elif frame.kind == Kind.CONTINUATION:
            self._begun = self._begun._replace(payload=self._begun.payload + frame.payload)
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
