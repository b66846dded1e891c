"""Accepted requests in a row, kept as they came until somebody looks: see `ledger.bundle`.

The record that people know is made then, and what there is to say of content and expiration is said
then. With an entry made for each, and each payload looked into, a push took 24 µs in memory, and
takes 13 (ngh2, 100 bytes, one machine, one run: read the ratio).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
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
    Sort,
    api_template,
    encode_line,
    fill_api,
    sort_of,
    sort_of_accepted,
)
from ...push import Parcel, all_look_fine, content_warnings, envelope_warnings, no_envelope_warnings
from .manner import Manner
from .parts import Part, Parts, Says
from .senders import Signed

E = TypeVar("E", bound=Entry)

#: Entries of a bundle that takes no more.
ROOM = 2048
#: The effort of a look that is no glance, and bytes of a payload that make it one more, as at the
#: gateway.
_WELL, _BYTES = 20, 8


class TakenRow:
    """Requests of one connection that were accepted in one go, column by column.

    `ordinal` is that of the first, and `ids` are those that were answered. `since` is the earliest
    moment, in epoch seconds, at which they may have been written. `says` has the index of each from
    which on something else was said.
    """

    __slots__ = ("bodies", "connection", "ids", "ordinal", "says", "since", "streams", "tokens")

    def __init__(self, connection: int, ordinal: int, since: float) -> None:
        self.connection = connection
        self.ordinal = ordinal
        self.since = since
        self.says: list[tuple[int, Says]] = []
        self.streams: list[int] = []
        self.tokens: list[bytes] = []
        self.bodies: list[bytes] = []
        self.ids: list[bytes] = []

    def end(self, first: int, end: int, manner: Manner, signed: Signed) -> None:
        """It ends here, and from `first` on this is what they said."""
        for column in (self.streams, self.tokens, self.bodies, self.ids):
            del column[end:]
        says = Says(manner.expiration, manner.priority, signed)
        if end > first and not (self.says and self.says[-1][1] == says):
            self.says.append((first, says))

    def __len__(self) -> int:
        return len(self.tokens)

    def last_parcel(self, seq: int) -> Parcel:
        """The last one, which is on record under this number, as a device is handed it."""
        _, says = self.says[-1]
        signed = says.signed
        assert signed.topic is not None
        return Parcel(
            seq,
            signed.topic,
            self.tokens[-1],
            self.bodies[-1],
            says.priority,
            says.expiration,
            signed.envelope.push_type,
            signed.envelope.collapse_id,
        )

    def begin(self, seq: int, now: Moment) -> TakenBundle:
        """A bundle of these, of which the first is entry `seq`."""
        return TakenBundle(seq, self, now)

    def join(self, bundle: Bundle, seq: int, now: Moment) -> bool:
        """Whether they went into this bundle, since they continue it."""
        return isinstance(bundle, TakenBundle) and bundle.extend(seq, self, now)


class TakenBundle(Bundle):
    """Requests of one connection, accepted and answered. Each part keeps what it has in common."""

    __slots__ = (
        "_bodies",
        "_connection",
        "_ids",
        "_parts",
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
        self._tokens: list[bytes] = []
        self._bodies: list[bytes] = []
        self._ids: list[bytes] = []
        self._parts = Parts()
        self._add(row, now)

    def extend(self, seq: int, row: TakenRow, now: Moment) -> bool:
        """Take further requests, of which the first is entry `seq`, if they continue this row."""
        length = len(self)
        if self._connection != row.connection or self.seq + length != seq or length >= ROOM:
            return False
        self._add(row, now)
        return True

    def _add(self, row: TakenRow, now: Moment) -> None:
        length = len(self)
        for first, says in row.says:
            self._parts.add(length + first, row.ordinal + first, now, says)
        self._streams.extend(row.streams)
        self._bodies += row.bodies
        self._ids += row.ids
        # Last, since the length is this one's: another thread may be reading.
        self._tokens += row.tokens

    def __len__(self) -> int:
        return len(self._tokens)

    def entry(self, index: int) -> ApiNotification:
        """The notification at this index."""
        part = self._parts.of(index)
        return self._entry(index, part, self._warnings(index, part.says))

    def _warnings(self, index: int, says: Says) -> tuple[str, ...]:
        token, body, signed = self._tokens[index], self._bodies[index], says.signed
        kind = signed.envelope.push_type
        about = content_warnings(body, says.priority, signed.topic, kind) + signed.warnings
        return about + envelope_warnings(token, says.expiration, self._since, in_digits=True)

    def _entry(self, index: int, part: Part, warnings: tuple[str, ...]) -> ApiNotification:
        says = part.says
        return ApiNotification(
            seq=self.seq + index,
            t=part.t,
            wall=part.wall,
            connection=self._connection,
            ordinal=part.ordinal + index - part.first,
            command=None,
            identifier=None,
            token_bytes=self._tokens[index],
            topic=says.signed.topic,
            payload_bytes=self._bodies[index],
            expiration=says.expiration,
            priority=says.priority,
            outcome="accepted",
            warnings=warnings,
            stream=self._streams[index],
            apns_id=self._ids[index].decode("latin-1"),
            http_status=200,
            envelope=says.signed.envelope,
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
            if topic is None or self._parts.of(index).says.signed.topic == topic:
                yield self.entry(index)

    def alike(self, since: int, *, look: bool = True) -> Iterator[Alike]:
        """Those with nothing to say about them in one row, as far as a glance can tell."""
        for sort, indices in self._sorts(self.indices(since)):
            if not look:
                yield Alike(sort, indices, effort=0)
            elif self._look_fine(indices):
                yield Alike(sort, indices, effort=len(indices))
            else:
                for index in indices:
                    effort = _WELL + len(self._bodies[index]) // _BYTES
                    yield Alike(sort_of(self.entry(index)), range(index, index + 1), effort)

    def _sorts(self, indices: range) -> Iterator[tuple[Sort, range]]:
        """Of which sorts these are if there is nothing to say about them, and which of each."""
        sort: Sort | None = None
        begin = indices.start
        for part, here in self._parts.within(indices):
            signed = part.says.signed
            own = sort_of_accepted(self._connection, signed.topic, "api", signed.warnings)
            if sort is not None and own is not sort:
                yield sort, range(begin, here.start)
                begin = here.start
            sort = own
        if sort is not None:
            yield sort, range(begin, indices.stop)

    def _look_fine(self, indices: range) -> bool:
        expirations: list[int | None] = []
        priorities: list[int | None] = []
        for part, here in self._parts.within(indices):
            expirations.append(part.says.expiration)
            priorities += (part.says.priority,) * len(here)
        these = slice(indices.start, indices.stop)
        return no_envelope_warnings(
            self._tokens[these], expirations, self._since
        ) and all_look_fine(self._bodies[these], priorities)

    def lines(self, since: int) -> bytes:
        """The lines, from a template where a glance has nothing to say."""
        lines: list[bytes] = []
        for part, here in self._parts.within(self.indices(since)):
            template = api_template(self._entry(here.start, part, part.says.signed.warnings))
            fine = self._look_fine(here)
            for index in here:
                warnings = () if fine else self._warnings(index, part.says)
                if not fine and warnings != part.says.signed.warnings:
                    lines.append(encode_line(self._entry(index, part, warnings)))
                    continue
                seq, ordinal = self.seq + index, part.ordinal + index - part.first
                token, body, stream = self._tokens[index], self._bodies[index], self._streams[index]
                lines.append(
                    fill_api(template, seq, ordinal, token, body, stream, self._ids[index])
                )
        return b"".join(lines)

    def without(self, count: int) -> TakenBundle:
        """The same but for the first `count`."""
        rest = copy(self)
        rest.seq += count
        rest._parts = self._parts.without(count)
        rest._streams, rest._ids = self._streams[count:], self._ids[count:]
        rest._bodies, rest._tokens = self._bodies[count:], self._tokens[count:]
        return rest
