"""Many frames at a time: those of the layouts that nearly every provider writes.

This is the fast path of the parser, and a shortcut only: whatever `scan` takes, the general
readers of `readers` take as well, with the same result; what it does not take is left to
them. It walks from frame to frame without building anything, and remembers where they begin.

A layout is common if the token has 32 bytes and stands before the payload, and if what
follows the payload is one of the orders in `_TAILS`: what PyAPNs, rpush, PushSharp, uniqush-push,
node-apn 1.7.8 and, with an identifier, NWPusher write. pushy 0.4.3 has the identifier first, and
goes the long way.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from struct import Struct
from typing import overload

from .events import NotificationReceived
from .lengths import OddLengths, wrong_length

#: Bytes, as nearly every token had while the service lived. Up to 100 were announced (WWDC 2015,
#: session 720) and 36 to 80 seen later (pushjack #32, rpush #462): they go the long way, too.
TOKEN_SIZE = 32

#: Command, frame length, item 1 and its size, the token, item 2 and its size.
_FRAMED = Struct(">BIBH32xBH")
_FRAMED_HEAD = _FRAMED.size
_ENHANCED = Struct(">B8xH32xH")
_SIMPLE = Struct(">BH32xH")

#: What may follow the payload of a command 2 frame, by its size: the fields that are no
#: values, and what they have to be. Identifier, expiration, priority: node-apn leaves out an
#: expiration of 0 and a priority of 10, others write all three.
_TAILS: dict[int, tuple[Callable[..., tuple[int, ...]], frozenset[tuple[int, ...]]]] = {
    0: (Struct(">").unpack_from, frozenset({()})),
    7: (Struct(">BH4x").unpack_from, frozenset({(3, 4)})),
    11: (Struct(">BH4xBHB").unpack_from, frozenset({(3, 4, 5, 1, 5), (3, 4, 5, 1, 10)})),
    14: (Struct(">BH4xBH4x").unpack_from, frozenset({(3, 4, 4, 4)})),
    18: (
        Struct(">BH4xBH4xBHB").unpack_from,
        frozenset({(3, 4, 4, 4, 5, 1, 5), (3, 4, 4, 4, 5, 1, 10)}),
    ),
}

#: The most bytes of a frame that may stand behind its payload.
LONGEST_TAIL = max(_TAILS)

#: How far behind the beginning of a frame token and payload stand, by command.
_OFFSETS = {0: (3, 37), 1: (11, 45), 2: (8, 43)}

Read = Callable[[bytes, int, int], "tuple[object, int] | int"]


class Frames(Sequence[NotificationReceived]):
    """Complete frames of one command that follow one another, read one by one when looked at.

    `buffer` holds them, `starts` where each begins and, last, where the last one ends.
    `token_at` and `payload_at` are how far behind a beginning token and payload stand, and `tail`
    is how many bytes there are behind each payload, None where they differ. A slice is `Frames`
    again, on the same buffer; one with a step raises `ValueError`.
    """

    __slots__ = (
        *("_places", "_read", "buffer", "command", "payload_at", "starts", "tail", "token_at"),
    )

    def __init__(
        self, command: int, buffer: bytes, starts: array[int], tail: int | None, read: Read
    ) -> None:
        self.command = command
        self.token_at, self.payload_at = _OFFSETS[command]
        self.buffer = buffer
        self.starts = starts
        self.tail = tail
        self._read = read
        self._places: list[int] | None = None

    @property
    def places(self) -> list[int]:
        """What `starts` has, as objects of Python, made once for all who look at many."""
        if self._places is None:
            self._places = self.starts.tolist()
        return self._places

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, index: int) -> NotificationReceived: ...
    @overload
    def __getitem__(self, index: slice) -> Frames: ...
    def __getitem__(self, index: int | slice) -> NotificationReceived | Frames:
        if isinstance(index, slice):
            first, last, step = index.indices(len(self))
            if step != 1:
                raise ValueError("frames are taken in a row: a step makes no sense")
            starts = self.starts[first : max(first, last) + 1]
            return Frames(self.command, self.buffer, starts, self.tail, self._read)
        start = self.starts[range(len(self))[index]]
        read = self._read(self.buffer, start, len(self.buffer))
        assert isinstance(read, tuple)
        assert isinstance(read[0], NotificationReceived)
        return read[0]

    def payload_size(self, index: int) -> int:
        """Bytes of the payload of the frame at this index."""
        at = self.starts[index] + self.payload_at
        return self.buffer[at - 2] << 8 | self.buffer[at - 1]

    def token(self, index: int) -> bytes:
        """The token of the frame at this index."""
        at = self.starts[index] + self.token_at
        return self.buffer[at : at + TOKEN_SIZE]

    def token_heads(self, first: int, last: int) -> bytes:
        """The first byte of each token of the frames from `first` to before `last`."""
        places = self.places[first:last]
        if len(places) < 2:
            # To get one thing is not to get several.
            return bytes(self.buffer[place + self.token_at] for place in places)
        # A loop in C: 18 ns a frame, where a slice and a look take 120 (measured).
        return bytes(itemgetter(*places)(memoryview(self.buffer)[self.token_at :]))

    def payload(self, index: int) -> bytes:
        """The payload of the frame at this index."""
        at = self.starts[index] + self.payload_at
        return self.buffer[at : at + self.payload_size(index)]

    def odd_lengths(self, index: int) -> OddLengths:
        """What is probably wrong with the lengths of the frame at this index, and of the one before
        it in the row: see `wrong_length`.
        """
        start, end = self.starts[index], self.starts[index + 1]
        own = wrong_length(self.buffer, start, end)
        return own, wrong_length(self.buffer, self.starts[index - 1], start) if index else None

    def __iter__(self) -> Iterator[NotificationReceived]:
        return (self[index] for index in range(len(self)))


def scan(buffer: bytes, at: int, limit: int) -> tuple[array[int], int | None] | None:
    """Where the common frames of one command from `at` on begin, and where the last one ends; and
    their `tail`, see `Frames`.

    None if there is not even one. `limit` is the longest length that a frame may announce.
    """
    match buffer[at]:
        case 2:
            starts, tail = _scan_framed(buffer, at, limit)
        case 1:
            starts, tail = _scan_plain(buffer, at, limit, _ENHANCED, 1), 0
        case 0:
            starts, tail = _scan_plain(buffer, at, limit, _SIMPLE, 0), 0
        case _:
            return None
    return (starts, tail) if len(starts) > 1 else None


def _scan_framed(buffer: bytes, at: int, limit: int) -> tuple[array[int], int | None]:
    starts = array("I", (at,))
    add = starts.append
    head = _FRAMED.unpack_from
    tails = _TAILS
    end = len(buffer)
    last = end - _FRAMED_HEAD
    seen = set()
    while at <= last:
        command, length, item_1, token, item_2, payload = head(buffer, at)
        stop = at + 5 + length
        size = length - 38 - payload
        tail = tails.get(size)
        if (
            command != 2
            or item_1 != 1
            or token != TOKEN_SIZE
            or item_2 != 2
            or stop > end
            or length > limit
            or tail is None
            # Behind the others, since only now the bytes to look at are known to be there.
            or tail[0](buffer, at + _FRAMED_HEAD + payload) not in tail[1]
        ):
            break
        seen.add(size)
        add(stop)
        at = stop
    return starts, seen.pop() if len(seen) == 1 else None


def _scan_plain(buffer: bytes, at: int, limit: int, layout: Struct, wanted: int) -> array[int]:
    """Commands 0 and 1, whose payload ends the frame."""
    starts = array("I", (at,))
    add = starts.append
    head = layout.unpack_from
    size = layout.size
    end = len(buffer)
    last = end - size
    while at <= last:
        command, token, payload = head(buffer, at)
        stop = at + size + payload
        if (
            command != wanted
            or token != TOKEN_SIZE
            or stop > end
            or payload > limit
            # The general readers hold the limit against every length, so a token may break it.
            or limit < TOKEN_SIZE
        ):
            break
        add(stop)
        at = stop
    return starts
