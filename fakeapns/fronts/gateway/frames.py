"""Accepted notifications in a row, kept as the bytes they came in.

The `Notification` that people know is made when somebody asks for it. Of a million that nobody
looks at, making them would cost more than all the rest: see `ledger.bundle`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from copy import copy
from struct import Struct
from typing import TypeVar

from ...ledger import (
    MOST,
    Bundle,
    Entry,
    Moment,
    Notification,
    Outcome,
    accepted_template,
    encode_line,
    fill_accepted,
)
from ...protocol import TOKEN_SIZE, Frames, read_frame
from ...push import envelope_warnings

E = TypeVar("E", bound=Entry)

#: What stands behind token and payload in a command 2 frame with all items in order.
_REST = Struct(">3xI3xI3xB")

#: Token, payload, identifier, expiration, priority.
Content = tuple[bytes, bytes, int | None, int | None, int | None]


class FrameRow:
    """Frames of one connection that were accepted in one go, with nothing to say about any but
    what shows in its envelope.

    `ordinal` is that of the first. `since` is the earliest moment, in epoch seconds, at which they
    may have been written, None if nobody knows: see `envelope_warnings`.
    """

    __slots__ = ("connection", "frames", "ordinal", "since", "topic")

    def __init__(
        self,
        connection: int,
        ordinal: int,
        topic: str,
        frames: Frames,
        since: float | None = None,
    ) -> None:
        self.connection = connection
        self.ordinal = ordinal
        self.topic = topic
        self.frames = frames
        self.since = since

    def __len__(self) -> int:
        return len(self.frames)

    def begin(self, seq: int, now: Moment) -> FrameBundle:
        """A bundle of these, of which the first is entry `seq`."""
        return FrameBundle(seq, self, now)

    def join(self, bundle: Bundle, seq: int, now: Moment) -> bool:
        """Whether they went into this bundle, since they continue it."""
        return isinstance(bundle, FrameBundle) and bundle.extend(seq, self, now)


class FrameBundle(Bundle):
    """Notifications of one connection, topic and command, accepted one after the other.

    `seq` and `ordinal` are those of the first; each keeps the moment it came. Made of the first
    `seq`, a row and its moment; the bytes of its `Frames` are copied into one buffer.
    """

    __slots__ = (
        "_buffer",
        "_command",
        "_connection",
        "_ordinal",
        "_payload_at",
        "_since",
        "_starts",
        "_t",
        "_token_at",
        "_topic",
        "_wall",
        "seq",
    )

    def __init__(self, seq: int, row: FrameRow, now: Moment) -> None:
        self.seq = seq
        self._connection = row.connection
        self._ordinal = row.ordinal
        self._topic = row.topic
        self._since = row.since
        self._token_at = row.frames.token_at
        self._payload_at = row.frames.payload_at
        self._command = row.frames.command
        self._buffer = bytearray()
        self._starts = array("Q", (0,))
        self._t = array("d")
        self._wall = array("d")
        self._add(row.frames, now)

    def extend(self, seq: int, row: FrameRow, now: Moment) -> bool:
        """Take further frames, of which the first is entry `seq`, if they continue this row."""
        length = len(self)
        if (
            self._connection != row.connection
            or self.seq + length != seq
            or self._ordinal + length != row.ordinal
            or self._command != row.frames.command
            or self._topic != row.topic
            or length >= MOST
        ):
            return False
        self._add(row.frames, now)
        return True

    def _add(self, frames: Frames, now: Moment) -> None:
        shift = len(self._buffer) - frames.starts[0]
        self._buffer += memoryview(frames.buffer)[frames.starts[0] : frames.starts[-1]]
        self._starts.extend([start + shift for start in frames.starts[1:]])
        self._wall.extend((now.wall,) * len(frames))
        # Last, since the length is this one's: another thread may be reading.
        self._t.extend((now.t,) * len(frames))

    def __len__(self) -> int:
        return len(self._t)

    def entry(self, index: int) -> Notification:
        """The notification at this index."""
        token, payload, identifier, expiration, priority = next(self._contents(index))
        return Notification(
            seq=self.seq + index,
            t=self._t[index],
            wall=self._wall[index],
            connection=self._connection,
            ordinal=self._ordinal + index,
            command=self._command,
            identifier=identifier,
            token_bytes=token,
            topic=self._topic,
            payload_bytes=payload,
            expiration=expiration,
            priority=priority,
            outcome="accepted",
            warnings=envelope_warnings(token, expiration, self._since),
        )

    def _contents(self, first: int) -> Iterator[Content]:
        """What the frames from this index on say. Quick for what most providers write."""
        buffer, starts, unpack = self._buffer, self._starts, _REST.unpack_from
        token_at, payload_at, full = self._token_at, self._payload_at, self._command == 2
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

    # ---- what a ledger asks -----------------------------------------------------------------

    def of(self, kind: type[E], since: int) -> Iterator[E]:
        """All or nothing: they are of one kind."""
        return super().of(kind, since) if issubclass(Notification, kind) else iter(())

    def notifications(
        self, outcome: Outcome | None, token: bytes | None, topic: str | None, since: int
    ) -> Iterator[Notification]:
        """Those for a token are found by its bytes; the others are not even read."""
        if outcome not in (None, "accepted") or topic not in (None, self._topic):
            return
        indices = self.indices(since)
        if token is not None:
            indices = indices if len(token) == TOKEN_SIZE else range(0)
        at = self._token_at
        for index in indices:
            start = self._starts[index] + at
            if token is None or self._buffer[start : start + TOKEN_SIZE] == token:
                yield self.entry(index)

    def lines(self, since: int) -> bytes:
        """The lines, from a template where all that it wants is there."""
        lines: list[bytes] = []
        template, moment = b"", None
        indices = self.indices(since)
        for index, content in enumerate(self._contents(indices.start), start=indices.start):
            token, payload, identifier, expiration, priority = content
            if (
                identifier is None
                or expiration is None
                or priority is None
                or envelope_warnings(token, expiration, self._since)
            ):
                lines.append(encode_line(self.entry(index)))
                continue
            # The wall clock may be set while the other one stands still.
            if (self._t[index], self._wall[index]) != moment:
                moment = self._t[index], self._wall[index]
                template = accepted_template(*moment, self._connection, self._command, self._topic)
            seq, ordinal = self.seq + index, self._ordinal + index
            lines.append(
                fill_accepted(
                    template, seq, ordinal, identifier, token, payload, expiration, priority
                )
            )
        return b"".join(lines)

    def without(self, count: int) -> FrameBundle:
        """The same but for the first `count`."""
        rest = copy(self)
        cut = self._starts[count]
        rest._buffer = self._buffer[cut:]
        rest._starts = array("Q", [start - cut for start in self._starts[count:]])
        rest._t, rest._wall = self._t[count:], self._wall[count:]
        rest.seq += count
        rest._ordinal += count
        return rest
