"""Accepted notifications in a row, kept as the bytes they came in.

The `Notification` that people know is made when somebody asks for it, and what there is to say of
its content and envelope is said then. Of a million that nobody looks at, that would cost more than
all the rest: see `ledger.bundle`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from copy import copy
from typing import TypeVar

from ...ledger import (
    Alike,
    Bundle,
    Entry,
    Moment,
    Notification,
    Outcome,
    accepted_template,
    encode_line,
    fill_accepted,
    sort_of,
    sort_of_accepted,
)
from ...protocol import TOKEN_SIZE, Frames
from ...push import (
    all_look_fine,
    content_warnings,
    envelope_warnings,
    looks_fine,
    no_envelope_warnings,
)
from .columns import Columns, Content, read_columns

E = TypeVar("E", bound=Entry)


#: Bytes of a bundle that takes no more, half of those of a read: to make a long one still longer
#: means to copy all of it again and again.
ROOM = 32_768


#: The effort of a look that is no glance, and bytes of a payload that make it one more (measured:
#: 25 µs for 100 bytes, and up to 400 for 2 KiB, where a glance takes one).
_WELL, _BYTES = 20, 8


class FrameRow:
    """Frames of one connection that were accepted in one go.

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

    `seq` and `ordinal` are those of the first. Made of the first `seq`, a row and its moment; the
    bytes of its `Frames` are copied into one buffer. Each row keeps the moment it came.
    """

    __slots__ = (
        "_buffer",
        "_command",
        "_connection",
        "_ordinal",
        "_payload_at",
        "_rows",
        "_since",
        "_starts",
        "_t",
        "_tail",
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
        self._tail = row.frames.tail
        #: Made longer only where there are more: see `_add`.
        self._buffer: bytes | bytearray = b""
        self._starts = array("Q", (0,))
        #: The index at which each row begins, and its moment.
        self._rows = array("I")
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
            or len(self._buffer) >= ROOM
        ):
            return False
        self._add(row.frames, now)
        return True

    def _add(self, frames: Frames, now: Moment) -> None:
        shift = len(self._buffer) - frames.starts[0]
        added = frames.buffer[frames.starts[0] : frames.starts[-1]]
        if not self._buffer:
            self._buffer = added
        elif isinstance(self._buffer, bytearray):
            self._buffer += added
        else:
            self._buffer = bytearray(self._buffer + added)
        if self._tail != frames.tail:
            self._tail = None
        self._t.append(now.t)
        self._wall.append(now.wall)
        self._rows.append(len(self))
        # Last, since the length is this one's: another thread may be reading.
        self._starts.extend([start + shift for start in frames.starts[1:]])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def _moment(self, index: int) -> tuple[float, float]:
        """When it came: seconds since the start, and of the wall clock."""
        row = bisect_right(self._rows, index) - 1
        return self._t[row], self._wall[row]

    def entry(self, index: int) -> Notification:
        """The notification at this index."""
        return next(self._entries(range(index, index + 1)))

    def __iter__(self) -> Iterator[Notification]:
        return self._entries(range(len(self)))

    def _entries(self, indices: range) -> Iterator[Notification]:
        for index, content in zip(indices, self._columns(indices).rows(), strict=True):
            yield self._entry(index, content, self._warnings(content))

    def _entry(self, index: int, content: Content, warnings: tuple[str, ...]) -> Notification:
        token, payload, identifier, expiration, priority = content
        t, wall = self._moment(index)
        return Notification(
            seq=self.seq + index,
            t=t,
            wall=wall,
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
            warnings=warnings,
        )

    def _warnings(self, content: Content) -> tuple[str, ...]:
        token, payload, _, expiration, priority = content
        said = content_warnings(payload, priority, self._topic)
        return said + envelope_warnings(token, expiration, self._since)

    def _columns(self, indices: range) -> Columns:
        first, starts = self._starts[indices.start], self._starts
        frames = bytes(self._buffer[first : starts[indices.stop]])
        own = [start - first for start in starts[indices.start : indices.stop + 1]]
        places = self._token_at, self._payload_at, self._tail
        return read_columns(frames, own, self._command, *places)

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

    def alike(self, since: int, *, look: bool = True) -> Iterator[Alike]:
        """Those with nothing to say about them in one row, as far as a glance can tell."""
        plain = sort_of_accepted(self._connection, self._topic)
        indices = self.indices(since)
        if not look:
            yield Alike(plain, indices, effort=0)
            return
        columns = self._columns(indices)
        if no_envelope_warnings(columns.tokens, columns.expirations, self._since) and all_look_fine(
            columns.payloads, columns.priorities
        ):
            yield Alike(plain, indices, effort=len(indices))
            return
        for index, content in zip(indices, columns.rows(), strict=True):
            token, payload, _, expiration, priority = content
            said = envelope_warnings(token, expiration, self._since)
            here = range(index, index + 1)
            if looks_fine(payload, priority) and not said:
                yield Alike(plain, here, effort=2)
                continue
            entry = self._entry(index, content, self._warnings(content))
            yield Alike(sort_of(entry), here, effort=_WELL + len(payload) // _BYTES)

    def lines(self, since: int) -> bytes:
        """The lines, from a template where all that it wants is there."""
        lines: list[bytes] = []
        template, moment = b"", None
        indices = self.indices(since)
        for index, content in zip(indices, self._columns(indices).rows(), strict=True):
            token, payload, identifier, expiration, priority = content
            warnings = self._warnings(content)
            if identifier is None or expiration is None or priority is None or warnings:
                lines.append(encode_line(self._entry(index, content, warnings)))
                continue
            # The wall clock may be set while the other one stands still.
            if (now := self._moment(index)) != moment:
                moment = now
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
        first = bisect_right(self._rows, count) - 1
        rest._rows = array("I", [max(0, row - count) for row in self._rows[first:]])
        rest._t, rest._wall = self._t[first:], self._wall[first:]
        rest._starts = array("Q", [start - cut for start in self._starts[count:]])
        rest.seq += count
        rest._ordinal += count
        return rest
