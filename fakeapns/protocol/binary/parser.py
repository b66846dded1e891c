"""The gateway's pull parser: feed it bytes, ask it for the next event.

Frames come back to back, in any mix of commands, split and joined by TCP in any way. All three
commands went to the same port; whether Apple let one connection mix them is written nowhere.
"""

from __future__ import annotations

from .bulk import Frames, scan
from .events import NEED_DATA, Event, FrameMalformed, NeedData
from .lengths import OddLengths, wrong_length
from .readers import MAX_FRAME, READERS, Read, read_unknown


class GatewayParser:
    """Turns what a provider writes into events.

    `max_frame` is the longest length, in bytes, that a frame may announce: a longer one is
    malformed at once, without waiting for the bytes. Without `fast` frames come one by one. No
    bytes make it raise.
    """

    __slots__ = (
        "_arrived",
        "_at",
        "_available",
        "_before",
        "_buffer",
        "_first",
        "_kept",
        "_last",
        "_lost",
        "_max_frame",
        "_needed",
        "fast",
    )

    def __init__(self, max_frame: int = MAX_FRAME, *, fast: bool = True) -> None:
        self.fast = fast
        self._max_frame = max_frame
        self._buffer = b""
        self._at = 0
        self._arrived: list[bytes] = []
        self._available = 0
        # Nothing is joined or looked at before this many bytes are there, so a frame that
        # comes in single bytes costs no more than one that comes whole.
        self._needed = 1
        self._lost = False
        # Other protocols are for those who come to the wrong port: they begin a connection.
        self._first = True
        #: Where the latest frame that was handed out begins, and the one before it, while their
        #: bytes are at hand.
        self._last: int | None = None
        self._before: int | None = None
        #: The next frames, where they were put back: nobody has to look for them again.
        self._kept: Frames | None = None

    @property
    def unread(self) -> int:
        """Bytes that have arrived and belong to no frame that was complete or malformed."""
        return max(0, self._available)

    def receive_data(self, data: bytes) -> None:
        """Take what has arrived."""
        self._available += len(data)
        if not self._lost:
            self._arrived.append(data)

    def next_frames(self) -> Frames | None:
        """The next frames, if they are of a common layout: a short way to many events.

        None means nothing but that `next_event` has to be asked.
        """
        if not self.fast or self._lost or self._available < self._needed:
            return None
        frames = self._kept or self._scan()
        if frames is None:
            return None
        self._kept = None
        # By sizes: what was kept stands in the buffer that was there when it was looked for.
        first, last, end = frames.starts[0], frames.starts[-2], frames.starts[-1]
        self._before, self._last = None, self._at + last - first
        self._at += end - first
        self._available -= end - first
        self._needed = 1
        self._first = False
        return frames

    def put_back(self, frames: Frames) -> None:
        """Take back the last of the frames that `next_frames` gave just now: they are next.

        It gives them again as they are, though more may have come behind them since.
        """
        if not frames:
            return
        self._kept, self._last = frames, None
        size = frames.starts[-1] - frames.starts[0]
        self._at -= size
        self._available += size

    def begun(self) -> int:
        """How many bytes of the next frame are there: of a complete one, all but the last."""
        if self._lost or self._available < 1:
            return 0
        if self._available < self._needed:
            return self._available
        self._join()
        read = self._read()
        return self._available if isinstance(read, int) else read[1] - self._at - 1

    def give_up(self) -> None:
        """Leave all that is there, and all that will come, unread."""
        self._lost = True
        self._buffer = b""
        self._arrived.clear()
        self._kept = None

    def next_event(self) -> Event | NeedData:
        """The next event, or `NEED_DATA`. After an unframed `FrameMalformed` no more come."""
        if self._lost or self._available < self._needed:
            return NEED_DATA
        self._join()
        read = self._read()
        if isinstance(read, int):
            self._needed = read
            return NEED_DATA
        event, end = read
        self._kept = None
        self._available -= end - self._at
        self._before, self._last, self._at = self._last, self._at, end
        self._needed = 1
        self._first = False
        if isinstance(event, FrameMalformed) and not event.framed:
            # To look for a beginning further on would find frames in the middle of payloads.
            self._lost = True
        return event

    def odd_lengths(self) -> OddLengths:
        """What is probably wrong with the lengths of the frame that `next_event` gave just now, and
        of the one before it: see `wrong_length`. For words about what is no good anyway.
        """
        if self._last is None:
            return None, None
        own = wrong_length(self._buffer, self._last, min(self._at, len(self._buffer)))
        if self._before is None:
            return own, None
        return own, wrong_length(self._buffer, self._before, self._last)

    def waits_for(self) -> tuple[int, int, OddLengths] | None:
        """How many bytes of the next frame are there, how many there should be, as far as that is
        known, and which lengths are odd. None if no frame has begun, or none is read any more.

        It changes nothing, so another thread may ask.
        """
        there, needed, at, last = self._available, self._needed, self._at, self._last
        if self._lost or not 0 < there < needed:
            return None
        whole = b"".join((self._buffer, *self._arrived))
        before = None if last is None else wrong_length(whole, last, at)
        own = wrong_length(whole, at, len(whole)) if at < len(whole) else None
        return there, needed, (own, before)

    def _join(self) -> None:
        if not self._arrived:
            return
        # The latest frame is kept: what comes behind it may tell that its length was wrong. Behind
        # one that was refused before it was complete, its rest is skipped.
        kept = min(self._at if self._last is None else self._last, len(self._buffer))
        self._buffer = b"".join((self._buffer[kept:], *self._arrived))
        self._at = max(0, self._at - kept)
        self._before, self._last = None, None if self._last is None else self._last - kept
        self._arrived.clear()

    def _scan(self) -> Frames | None:
        self._join()
        found = scan(self._buffer, self._at, self._max_frame)
        if found is None:
            return None
        command = self._buffer[self._at]
        return Frames(command, self._buffer, *found, READERS[command])

    def _read(self) -> Read:
        command = self._buffer[self._at]
        reader = READERS.get(command)
        if reader is None:
            return read_unknown(self._buffer, self._at, patient=self._first)
        return reader(self._buffer, self._at, self._max_frame)
