"""What is to be sent, in its order: the engine's frames, some of them changed, and raw bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from .frames import ACK, Frame, Kind, Omitted, frames_of, settings


class Outgoing:
    """The bytes for the client. What an engine would never do is done here, to whole frames.

    Its SETTINGS are replaced by those that were to be advertised, and frames that are to be omitted
    are. So the engine goes on as if it had said what it wanted to.
    """

    def __init__(self) -> None:
        self.omitted: set[Omitted] = set()
        #: Those that a frame was left out for.
        self.left_out: set[Omitted] = set()
        self._advertised: deque[Mapping[int, int]] = deque()
        self._chunks: list[bytes] = []
        self.size = 0

    def advertise(self, values: Mapping[int, int]) -> None:
        """Say these values with the next SETTINGS of the engine's that has no others yet."""
        self._advertised.append(values)

    def add(self, data: bytes) -> None:
        """Take frames of the engine's: whole ones, never a piece."""
        if data and (self._advertised or self.omitted):
            data = b"".join(map(self._rewritten, frames_of(data)))
        self.add_raw(data)

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
        for omitted in self.omitted:
            if kind == omitted.value:
                self.left_out.add(omitted)
                return b""
        return data
