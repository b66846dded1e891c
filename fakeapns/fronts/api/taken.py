"""Accepted requests in a row, kept as they came until somebody looks: see `ledger.bundle`.

The record that people know is made then, and what there is to say of content and expiration is said
then. With an entry made for each, and each payload looked into, a push took 24 µs in memory, and
takes 13 (ngh2, 100 bytes, one machine, one run: read the ratio).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from typing import TypeVar

from ...ledger import (
    Alike,
    ApiNotification,
    Bundle,
    Entry,
    Moment,
    Notification,
    Outcome,
    sort_of,
)
from ...push import all_look_fine, content_warnings, envelope_warnings, no_envelope_warnings
from .manner import Manner
from .sender import Signed

E = TypeVar("E", bound=Entry)

#: Entries of a bundle that takes no more.
ROOM = 2048
#: The effort of a look that is no glance, and bytes of a payload that make it one more, as at the
#: gateway.
_WELL, _BYTES = 20, 8


class TakenRow:
    """Requests of one connection and manner that were accepted in one go, column by column.

    `ids` are the ids that were answered. `since` is the earliest moment, in epoch seconds, at
    which they may have been written.
    """

    __slots__ = (
        "bodies",
        "connection",
        "ids",
        "manner",
        "ordinals",
        "signed",
        "since",
        "streams",
        "tokens",
    )

    def __init__(self, connection: int, manner: Manner, signed: Signed, since: float) -> None:
        self.connection = connection
        self.manner = manner
        self.signed = signed
        self.since = since
        self.streams: list[int] = []
        self.ordinals: list[int] = []
        self.tokens: list[bytes] = []
        self.bodies: list[bytes] = []
        self.ids: list[bytes] = []

    def add(self, stream: int, ordinal: int, token: bytes, body: bytes, apns_id: bytes) -> None:
        """One more."""
        self.streams.append(stream)
        self.ordinals.append(ordinal)
        self.tokens.append(token)
        self.bodies.append(body)
        self.ids.append(apns_id)

    def __len__(self) -> int:
        return len(self.tokens)

    def begin(self, seq: int, now: Moment) -> TakenBundle:
        """A bundle of these, of which the first is entry `seq`."""
        return TakenBundle(seq, self, now)

    def join(self, bundle: Bundle, seq: int, now: Moment) -> bool:
        """Whether they went into this bundle, since they continue it."""
        return isinstance(bundle, TakenBundle) and bundle.extend(seq, self, now)


class TakenBundle(Bundle):
    """Requests of one connection, accepted and answered. Each row keeps its moment and manner."""

    __slots__ = (
        "_bodies",
        "_connection",
        "_ids",
        "_moments",
        "_ordinals",
        "_rows",
        "_says",
        "_since",
        "_streams",
        "_tokens",
        "seq",
    )

    def __init__(self, seq: int, row: TakenRow, now: Moment) -> None:
        self.seq = seq
        self._connection = row.connection
        self._since = row.since
        self._streams = array("I")
        self._ordinals = array("Q")
        self._tokens: list[bytes] = []
        self._bodies: list[bytes] = []
        self._ids: list[bytes] = []
        #: The index at which each row begins, what it says, and when it came.
        self._rows = array("I")
        self._says: list[tuple[Manner, Signed]] = []
        self._moments: list[tuple[float, float]] = []
        self._add(row, now)

    def extend(self, seq: int, row: TakenRow, now: Moment) -> bool:
        """Take further requests, of which the first is entry `seq`, if they continue this row."""
        length = len(self)
        if self._connection != row.connection or self.seq + length != seq or length >= ROOM:
            return False
        self._add(row, now)
        return True

    def _add(self, row: TakenRow, now: Moment) -> None:
        says, moment = (row.manner, row.signed), (now.t, now.wall)
        if not self._says or self._says[-1] != says or self._moments[-1] != moment:
            self._says.append(says)
            self._moments.append(moment)
            self._rows.append(len(self))
        self._streams.extend(row.streams)
        self._ordinals.extend(row.ordinals)
        self._bodies += row.bodies
        self._ids += row.ids
        # Last, since the length is this one's: another thread may be reading.
        self._tokens += row.tokens

    def __len__(self) -> int:
        return len(self._tokens)

    def _row(self, index: int) -> int:
        return bisect_right(self._rows, index) - 1

    def entry(self, index: int) -> ApiNotification:
        """The notification at this index."""
        manner, signed = self._says[self._row(index)]
        body, token = self._bodies[index], self._tokens[index]
        about = content_warnings(body, manner.priority, signed.topic) + signed.warnings
        shown = envelope_warnings(token, manner.expiration, self._since)
        return self._entry(index, about + shown)

    def _entry(self, index: int, warnings: tuple[str, ...]) -> ApiNotification:
        row = self._row(index)
        manner, signed = self._says[row]
        t, wall = self._moments[row]
        return ApiNotification(
            seq=self.seq + index,
            t=t,
            wall=wall,
            connection=self._connection,
            ordinal=self._ordinals[index],
            command=None,
            identifier=None,
            token_bytes=self._tokens[index],
            topic=signed.topic,
            payload_bytes=self._bodies[index],
            expiration=manner.expiration,
            priority=manner.priority,
            outcome="accepted",
            warnings=warnings,
            stream=self._streams[index],
            apns_id=self._ids[index].decode("latin-1"),
            http_status=200,
            envelope=signed.envelope,
        )

    # ---- what a ledger asks -----------------------------------------------------------------

    def of(self, kind: type[E], since: int) -> Iterator[E]:
        """All or nothing: they are of one kind."""
        return super().of(kind, since) if issubclass(ApiNotification, kind) else iter(())

    def notifications(
        self, outcome: Outcome | None, token: bytes | None, topic: str | None, since: int
    ) -> Iterator[Notification]:
        """Those for a token are found by its bytes; the others are not even made."""
        if outcome not in (None, "accepted"):
            return
        for index in self.indices(since):
            if token is not None and self._tokens[index] != token:
                continue
            if topic is None or self._says[self._row(index)][1].topic == topic:
                yield self.entry(index)

    def alike(self, since: int, *, look: bool = True) -> Iterator[Alike]:
        """Those with nothing to say about them in one row, as far as a glance can tell."""
        for row, indices in self._rows_in(self.indices(since)):
            manner, signed = self._says[row]
            plain = sort_of(self._entry(indices.start, signed.warnings))
            if not look:
                yield Alike(plain, indices, effort=0)
            elif self._look_fine(indices, manner):
                yield Alike(plain, indices, effort=len(indices))
            else:
                for index in indices:
                    effort = _WELL + len(self._bodies[index]) // _BYTES
                    yield Alike(sort_of(self.entry(index)), range(index, index + 1), effort)

    def _rows_in(self, indices: range) -> Iterator[tuple[int, range]]:
        """The rows that these are of, and which of these are of each."""
        index = indices.start
        while index < indices.stop:
            row = self._row(index)
            end = self._rows[row + 1] if row + 1 < len(self._rows) else indices.stop
            end = min(end, indices.stop)
            yield row, range(index, end)
            index = end

    def _look_fine(self, indices: range, manner: Manner) -> bool:
        part = slice(indices.start, indices.stop)
        expirations: Sequence[int | None] = (manner.expiration,)
        return no_envelope_warnings(self._tokens[part], expirations, self._since) and all_look_fine(
            self._bodies[part], (manner.priority,) * len(indices)
        )

    def without(self, count: int) -> TakenBundle:
        """The same but for the first `count`."""
        rest = copy(self)
        first = self._row(count)
        rest.seq += count
        rest._streams, rest._ordinals = self._streams[count:], self._ordinals[count:]
        rest._bodies, rest._ids = self._bodies[count:], self._ids[count:]
        rest._rows = array("I", [max(0, row - count) for row in self._rows[first:]])
        rest._says, rest._moments = self._says[first:], self._moments[first:]
        rest._tokens = self._tokens[count:]
        return rest
