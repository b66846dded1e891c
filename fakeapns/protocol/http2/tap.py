"""Overhears what a client says, so that a refusal by the engine can be told in words."""

from __future__ import annotations

from collections.abc import Iterator

import hpack

from .frames import END_HEADERS, END_STREAM, PADDED, PRIORITY, Frame, Kind, frames_of
from .rules import broken_rule, missing_body
from .shapes import Headers
from .splitter import Splitter

#: Frames of header blocks that are overheard on a connection, and bytes in all of them. A client
#: whose headers HTTP/2 forbids does so from its first request on. A block without end, in empty
#: frames, is let go here, too: what was held back of it goes to the engine, which counts them.
FRAMES, BYTES = 64, 128 * 1024
#: Why, as a clause, or "" where that is not to be seen; and the headers of the request.
Refusal = tuple[str, Headers | None]
_UNKNOWN: Refusal = ("", None)


class Tap:
    """The first header blocks of a connection, decoded once something was refused.

    libnghttp2 resets a stream with malformed headers and says neither what they were nor what was
    wrong. Since each block of HPACK builds on those before it, all have to be kept, encoded, up to
    a bound; a block is some 100 bytes. One is decoded only if it, or a later one, was refused.

    As long as it overhears, the engine gets whole frames and whole header blocks, one by one: it
    refuses a block as soon as it meets the bad header, when there is nothing to decode yet, and
    forgets that it did if a later frame is fatal.
    """

    def __init__(self, header_list: int) -> None:
        self._splitter = Splitter()
        self._decoder = hpack.Decoder(header_list)
        self._blocks: list[Frame] = []
        self._opened: set[int] = set()
        self._refusals: dict[int, Refusal] = {}
        self._begun = Frame(Kind.HEADERS, 0, 0, b"")
        self._held: list[bytes] = []
        self._count = 0
        self._size = 0
        #: Whether there is more to overhear.
        self.open = True

    def overhear(self, data: bytes) -> Iterator[bytes]:
        """Take what the client has sent, and give what the engine may have of it, in its pieces.

        What comes of a piece is to be found out before the next is asked for.
        """
        preface, wholes = self._splitter.split(data)
        if preface:
            yield preface
        for number, whole in enumerate(wholes, 1):
            self._held.append(whole)
            if self._take(next(frames_of(whole))):
                yield b"".join(self._held)
                self._held.clear()
            if self._count >= FRAMES or self._size >= BYTES:
                self._held += wholes[number:]
                self.open = False
                break
        if self._splitter.overlong:
            self.open = False
        if not self.open:
            yield b"".join((*self._held, self._splitter.rest))

    def why(self, stream: int) -> Refusal:
        """Why what came on this stream was refused, if it was for its headers."""
        try:
            for block in self._blocks:
                fields = self._decoder.decode(block.payload, raw=True)
                headers = tuple((name, value) for name, value in fields)
                self._judge(block, headers)
        except hpack.HPACKError:
            # The connection ends with this block; those before it are known.
            self.open = False
        self._blocks.clear()
        return self._refusals.pop(stream, _UNKNOWN)

    def _judge(self, block: Frame, headers: Headers) -> None:
        if block.stream not in self._opened:
            self._opened.add(block.stream)
            why = broken_rule(headers)
            if why is None and block.flags & END_STREAM:
                why = missing_body(headers)
            if why is not None:
                self._refusals[block.stream] = (why, headers)
        elif why := broken_rule(headers, trailers=True):
            self._refusals[block.stream] = (why, None)
        elif not block.flags & END_STREAM:
            self._refusals[block.stream] = ("trailers have to end the request", None)

    def _take(self, frame: Frame) -> bool:
        """Whether no header block waits for more of it behind this frame."""
        if frame.kind == Kind.HEADERS:
            self._begun = frame._replace(payload=_fragment(frame))
        elif frame.kind == Kind.CONTINUATION:
            self._begun = self._begun._replace(payload=self._begun.payload + frame.payload)
        else:
            return True
        self._count += 1
        self._size += len(frame.payload)
        if not frame.flags & END_HEADERS:
            return False
        self._blocks.append(self._begun)
        return True


def _fragment(frame: Frame) -> bytes:
    """The piece of a header block that stands in a HEADERS frame."""
    block = frame.payload
    if frame.flags & PADDED and block:
        block = block[1 : max(1, len(block) - block[0])]
    return block[5:] if frame.flags & PRIORITY else block
