"""Entries in a row, kept in whatever way is cheapest until somebody looks at them.

A ledger is a list of bundles. Most entries were recorded one by one, and stand so. A front
may add a kind of its own that keeps accepted notifications as the bytes they came in: of a
million that nobody looks at, making the objects would cost more than all the rest: with them
and without a scan of whole reads a notification of 100 bytes took 7.9 µs of CPU, and takes 1.0
(one connection, `python -m benchmarks`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, Self, TypeVar, overload

from .clock import Moment
from .entries import Entry, Notification, Outcome
from .json_lines import encode_line
from .runs import Sort, sort_of

E = TypeVar("E", bound=Entry)

#: Entries in one bundle, so that dropping old ones stays cheap: what is cut off a bundle moves.
MOST = 4096


class Alike(NamedTuple):
    """Entries of one sort, by their indices, and the effort of looking into them: that of a glance
    at one is 1, and 0 if nobody has looked.
    """

    sort: Sort
    indices: range
    effort: int = 1


class Bundle(Sequence[Entry]):
    """Entries without a gap; `seq` is that of the first.

    Another thread may read while the server's thread makes it longer: what is there stays. An
    index is that of an entry in the bundle, from 0, and a slice a list of entries.
    """

    __slots__ = ()

    seq: int

    @abstractmethod
    def entry(self, index: int) -> Entry:
        """The entry at this index, from 0."""

    @abstractmethod
    def without(self, count: int) -> Self:
        """The same but for the first `count`. This one stays as it is for those who read it."""

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            return [self.entry(each) for each in range(*index.indices(len(self)))]
        return self.entry(range(len(self))[index])

    def __iter__(self) -> Iterator[Entry]:
        return map(self.entry, range(len(self)))

    def indices(self, since: int) -> range:
        """The indices of the entries from this `seq` on."""
        return range(max(0, since - self.seq), len(self))

    def since(self, seq: int) -> Iterator[Entry]:
        """The entries from this `seq` on."""
        return map(self.entry, self.indices(seq))

    def of(self, kind: type[E], since: int) -> Iterator[E]:
        """Of those the ones of a kind."""
        return (each for each in self.since(since) if isinstance(each, kind))

    def notifications(
        self, outcome: Outcome | None, token: bytes | None, topic: str | None, since: int
    ) -> Iterator[Notification]:
        """Of those the notifications that all that is given allows."""
        for each in self.of(Notification, since):
            if outcome in (None, each.outcome) and each.matches(token, topic):
                yield each

    def alike(self, since: int, *, look: bool = True) -> Iterator[Alike]:
        """The entries from this `seq` on, as rows of one sort each.

        With no `look`, what would have to be looked into is taken for what it seems to be.
        """
        for index in self.indices(since):
            yield Alike(sort_of(self.entry(index)), range(index, index + 1))

    def lines(self, since: int) -> bytes:
        """The entries from this `seq` on as lines of JSON."""
        return b"".join(map(encode_line, self.since(since)))


class Row(Protocol):
    """Entries that are recorded in one go, and the bundle that they make or go into."""

    def __len__(self) -> int: ...

    def begin(self, seq: int, now: Moment) -> Bundle:
        """A bundle of these, of which the first is entry `seq`."""

    def join(self, bundle: Bundle, seq: int, now: Moment) -> bool:
        """Whether they went into this bundle, since they continue it."""


class Singles(Bundle):
    """Entries that were recorded one by one."""

    __slots__ = ("_entries", "seq")

    def __init__(self, entries: list[Entry]) -> None:
        self.seq = entries[0].seq
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> bool:
        """Whether one more went in: that there was room."""
        if len(self._entries) >= MOST:
            return False
        self._entries.append(entry)
        return True

    def entry(self, index: int) -> Entry:
        """The entry at this index."""
        return self._entries[index]

    def since(self, seq: int) -> Iterator[Entry]:
        """The entries from this `seq` on."""
        first = max(0, seq - self.seq)
        return iter(self._entries[first:])

    def without(self, count: int) -> Singles:
        """The same but for the first `count`."""
        return Singles(self._entries[count:])
