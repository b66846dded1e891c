"""What is to be sent, in its order: the engine's frames, some of them changed, and raw bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from .frames import ACK, UNLIMITED, Frame, Kind, Omitted, frames_of, goaway, settings


class Outgoing:
    """The bytes for the client. What an engine would never do is done here, to whole frames.

    Its SETTINGS are replaced by those that were to be advertised, frames that are to be omitted
    are, and no GOAWAY takes back the `last` stream of one before (RFC 9113, 6.8: it "MUST NOT
    increase"). So the engine goes on as if it had said what it wanted to.
    """

    def __init__(self) -> None:
        self.omitted: set[Omitted] = set()
        #: Those that a frame was left out for.
        self.left_out: set[Omitted] = set()
        self._advertised: deque[Mapping[int, int]] = deque()
        self._chunks: list[bytes] = []
        self.size = 0
        #: The highest stream that a GOAWAY may still name.
        self.last = UNLIMITED

    def advertise(self, values: Mapping[int, int]) -> None:
        """Say these values with the next SETTINGS of the engine's that has no others yet."""
        self._advertised.append(values)

    def add(self, data: bytes) -> None:
        """Take frames of the engine's: whole ones, never a piece."""
        if data and (self._advertised or self.omitted or self.last < UNLIMITED):
            data = b"".join(map(self._rewritten, frames_of(data)))
        self.add_raw(data)

    def goaway(self, last: int, code: int, debug: bytes) -> int:
        """Say GOAWAY with this last stream, or with a lower one; which."""
        self.last = min(self.last, last)
        self.add_raw(goaway(self.last, code, debug))
        return self.last

    def add_raw(self, data: bytes) -> None:
        """Take any bytes, as they are."""
        if data:
            self._chunks.append(data)
            self.size += len(data)

    def take(self) -> bytes:
        """All that there is, once."""
        chunks = self._chunks
        if not chunks:
            return b""
        self._chunks, self.size = [], 0
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _rewritten(self, frame: Frame) -> bytes:
        acknowledges = bool(frame.flags & ACK)
        kind = (frame.kind, acknowledges and frame.kind in (Kind.SETTINGS, Kind.PING))
        own_settings = kind == Omitted.SETTINGS.value and self._advertised
        data = settings(self._advertised.popleft()) if own_settings else frame.encode()
        if frame.kind == Kind.GOAWAY:
            last = min(self.last, int.from_bytes(frame.payload[:4]))
            data = goaway(last, int.from_bytes(frame.payload[4:8]), frame.payload[8:])
        for omitted in self.omitted:
            if kind == omitted.value:
                self.left_out.add(omitted)
                return b""
        return data
