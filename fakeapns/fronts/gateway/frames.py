"""Accepted notifications in a row, kept as the bytes they came in.

A million objects that nobody looks at cost more than all the rest. A run keeps frames and
moments; the `Notification` that people know is made when somebody asks for it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from copy import copy
from struct import Struct

from ...ledger.entries import Notification
from ...protocol import Frames, read_frame
from ...protocol.binary.bulk import TOKEN_SIZE

#: Notifications in one run, so that dropping old ones stays cheap.
MOST = 4096

#: What stands behind token and payload in a command 2 frame with all items in order.
_REST = Struct(">3xI3xI3xB")

#: Token, payload, identifier, expiration, priority.
Content = tuple[bytes, bytes, int | None, int | None, int | None]


class Run:
    """Notifications of one connection and topic, accepted one after the other.

    `seq` and `ordinal` are those of the first; `t` and `wall` the moments of each.
    """

    __slots__ = (
        "_buffer",
        "_starts",
        "command",
        "connection",
        "ordinal",
        "payload_at",
        "seq",
        "t",
        "token_at",
        "topic",
        "wall",
    )

    def __init__(
        self,
        seq: int,
        connection: int,
        ordinal: int,
        topic: str | None,
        frames: Frames,
        t: float,
        wall: float,
    ) -> None:
        self.seq = seq
        self.connection = connection
        self.ordinal = ordinal
        self.topic = topic
        self.token_at = frames.token_at
        self.payload_at = frames.payload_at
        self.command = frames.command
        self._buffer = bytearray()
        self._starts = array("Q", (0,))
        self.t = array("d")
        self.wall = array("d")
        self._add(frames, t, wall)

    def extend(
        self,
        seq: int,
        connection: int,
        ordinal: int,
        topic: str | None,
        frames: Frames,
        t: float,
        wall: float,
    ) -> bool:
        """Take further frames if they continue this run. False if they do not."""
        length = len(self)
        if (
            self.connection != connection
            or self.seq + length != seq
            or self.ordinal + length != ordinal
            or self.command != frames.command
            or self.topic != topic
            or length >= MOST
        ):
            return False
        self._add(frames, t, wall)
        return True

    def _add(self, frames: Frames, t: float, wall: float) -> None:
        shift = len(self._buffer) - frames.starts[0]
        self._buffer += memoryview(frames.buffer)[frames.starts[0] : frames.starts[-1]]
        self._starts.extend([start + shift for start in frames.starts[1:]])
        self.wall.extend((wall,) * len(frames))
        # Last, since the length is this one's: another thread may be reading.
        self.t.extend((t,) * len(frames))

    def __len__(self) -> int:
        return len(self.t)

    def __getitem__(self, index: int) -> Notification:
        token, payload, identifier, expiration, priority = self.content(index)
        return Notification(
            seq=self.seq + index,
            t=self.t[index],
            wall=self.wall[index],
            connection=self.connection,
            ordinal=self.ordinal + index,
            command=self.command,
            identifier=identifier,
            token_bytes=token,
            topic=self.topic,
            payload_bytes=payload,
            expiration=expiration,
            priority=priority,
            outcome="accepted",
        )

    def __iter__(self) -> Iterator[Notification]:
        return (self[index] for index in range(len(self)))

    def content(self, index: int) -> Content:
        """What the frame at this index says."""
        return next(self.contents(index))

    def contents(self, first: int) -> Iterator[Content]:
        """What the frames from this index on say. Quick for what most providers write."""
        buffer, starts, unpack = self._buffer, self._starts, _REST.unpack_from
        token_at, payload_at, full = self.token_at, self.payload_at, self.command == 2
        for index in range(first, len(self)):
            frame = bytes(buffer[starts[index] : starts[index + 1]])
            end = payload_at + (frame[payload_at - 2] << 8 | frame[payload_at - 1])
            if full and len(frame) - end == _REST.size:
                identifier, expiration, priority = unpack(frame, end)
                token = frame[token_at : token_at + TOKEN_SIZE]
                yield token, frame[payload_at:end], identifier, expiration, priority
                continue
            read = read_frame(frame)
            yield read.token, read.payload, read.identifier, read.expiration, read.priority

    def frame(self, index: int) -> bytes:
        """The frame at this index, as it came."""
        return bytes(self._buffer[self._starts[index] : self._starts[index + 1]])

    def since(self, seq: int) -> Iterator[Notification]:
        """The notifications from this `seq` on."""
        return (self[index] for index in self._indices(seq))

    def with_token(self, token: bytes, seq: int = 0) -> Iterator[Notification]:
        """Of those the ones for this token; the others are not even read."""
        at = self.token_at
        for index in self._indices(seq) if len(token) == TOKEN_SIZE else ():
            start = self._starts[index] + at
            if self._buffer[start : start + TOKEN_SIZE] == token:
                yield self[index]

    def _indices(self, seq: int) -> range:
        return range(max(0, seq - self.seq), len(self))

    def without(self, count: int) -> Run:
        """The same but for the first `count`. This one stays as it is for those who read it."""
        rest = copy(self)
        cut = self._starts[count]
        rest._buffer = self._buffer[cut:]
        rest._starts = array("Q", [start - cut for start in self._starts[count:]])
        rest.t, rest.wall = self.t[count:], self.wall[count:]
        rest.seq += count
        rest.ordinal += count
        return rest
