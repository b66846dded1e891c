"""What one reader is handed out, as the list has it and as a fault has it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, cycle

from ...ledger import Moment
from ...protocol import FeedbackTuple, encode_feedback
from ...push import Devices, Removal
from ...scenario.faults import CloseKind, Delay, Listing, delay_parts

#: Topic and removal.
Listed = list[tuple[str, Removal]]


class Handout(Listing):
    """For a fault: it says here what is to be different.

    `delay` is in seconds, 0 without a fault that waits, and `pause` those between two pieces.
    `cut_after` are tuples and bytes, `close` is how the connection ends behind the list. One that
    `says_nothing` ends without any.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        self.pause = 0.0
        self.cut_after: tuple[int, int] | None = None
        self.close: CloseKind = "graceful"
        self.says_nothing = False
        self._sizes: Sequence[int] = ()
        self._age: float | None = None
        self._times = 1
        self._detail = ""

    # ---- for a fault ------------------------------------------------------------------------

    def end(
        self, detail: str, *, close: CloseKind = "graceful", delay: Delay = "0ms", say: bytes = b""
    ) -> None:
        """End the connection without any list."""
        self.says_nothing, self.close, self._detail = True, close, detail
        self.delay, _ = delay_parts(delay)

    def wait(self, seconds: float) -> None:
        """Say nothing for so long."""
        self.delay = seconds

    def cut(self, after_tuples: int, after_bytes: int, close: CloseKind) -> None:
        """End behind so many tuples and so many bytes of the next one."""
        self.cut_after, self.close = (after_tuples, after_bytes), close

    def split(self, sizes: Sequence[int], pause: float) -> None:
        """Hand it out in pieces of so many bytes, these sizes over and over, and pause between."""
        self._sizes, self.pause = sizes, pause

    def repeat(self) -> None:
        """Hand the whole list out twice."""
        self._times = 2

    def list_present(self, age: float) -> None:
        """List the devices that are there as well, as gone for so many seconds."""
        self._age = age

    def stay_open(self) -> None:
        """Never close."""
        self.close = "keep"

    # ---- for the connection -----------------------------------------------------------------

    @property
    def makes_up(self) -> bool:
        """Whether it hands out what is on no list, or is no more."""
        return self._times > 1 or self._age is not None

    @property
    def in_pieces(self) -> bool:
        """Whether it goes out a piece at a time."""
        return bool(self._sizes)

    def listed(self, devices: Devices, topics: Sequence[str], now: Moment) -> Listed:
        """All that is to be handed out, but for a cut."""
        return (self._present(devices, topics, now) + devices.feedback(topics)) * self._times

    def _present(self, devices: Devices, topics: Sequence[str], now: Moment) -> Listed:
        if self._age is None:
            return []
        gone = max(0, int(now.wall - self._age))
        return [
            (each.topic, Removal(gone, each.token_bytes))
            for each in devices
            if each.since is None and each.topic in topics
        ]

    def pieces(self, listed: Listed) -> Iterator[tuple[bytes, Listed]]:
        """The bytes as they go out, each piece by itself, with the entries that it completes."""
        data = encode(listed)
        if not data or not self._sizes:
            yield from [(data, listed)] if data else []
            return
        ends = list(accumulate(len(encode([each])) for each in listed))
        at = told = 0
        for size in cycle(self._sizes):
            piece = data[at : at + size]
            at += size
            complete = bisect_right(ends, at)
            yield piece, listed[told:complete]
            told = complete
            if at >= len(data):
                return

    def cut_at(self, listed: Listed) -> tuple[int, int]:
        """How many entries go out in full, and how many bytes of the next one, less than it has."""
        assert self.cut_after is not None
        tuples, size = self.cut_after
        if tuples < len(listed) and size >= len(encode(listed[tuples : tuples + 1])):
            return tuples + 1, 0
        return tuples, size

    def is_seen(self, listed: Listed, honest: int) -> bool:
        """Whether a reader can tell this list from the `honest` one, which has so many entries."""
        if self.cut_after is not None:
            return len(listed) > self.cut_at(listed)[0]
        if self.says_nothing or self.delay or self.close == "keep":
            return True
        if self._sizes:
            return len(encode(listed)) > self._sizes[0]
        return len(listed) != honest

    def in_words(self, listed: Listed) -> str:
        """What the fault came to."""
        if self.says_nothing:
            return self._detail
        words = f"{len(listed)} entries"
        if self.cut_after is not None:
            return f"{words}, cut behind {self.cut_at(listed)[0]}"
        if self._sizes:
            return f"{words} in pieces of {', '.join(map(str, self._sizes))} bytes"
        return words


def as_tuple(entry: Removal) -> FeedbackTuple:
    """As it goes over the wire: four bytes for the time (Binary Provider API, table A-5)."""
    return FeedbackTuple(entry.timestamp & 0xFFFFFFFF, entry.token)


def encode(listed: Listed) -> bytes:
    """The bytes of these entries."""
    return encode_feedback(as_tuple(each) for _, each in listed)
