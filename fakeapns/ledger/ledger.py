"""The ordered record of everything that happened.

Waiting for an entry needs a clock and a scheduler, so it lives with `FakeAPNs`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Protocol, TypeVar, overload

from ..push import Token, parse_token
from .bundle import Bundle, Row, Singles
from .clock import Moment
from .entries import Entry, Notification, Outcome
from .words import describe

E = TypeVar("E", bound=Entry)
_seq = attrgetter("seq")


class Sink(Protocol):
    """Where entries go besides memory."""

    def write(self, bundle: Bundle, seq: int) -> None:
        """Take the entries of a bundle from this `seq` on; they may stay in memory."""

    def flush(self) -> None:
        """Hand all that was taken to the operating system."""


class Ledger(Sequence[Entry]):
    """All entries of one server, oldest first.

    `max_entries` bounds what is kept in memory; `dropped` says how many older entries that
    has cost. A file given as `sink` gets them all. An index is that of an entry among those that
    are kept, from 0; `seq` counts from 1, goes on over a `reset`, and has no gap.
    """

    # Unlimited unless asked, as a test wants it; `serve` asks, since records without a limit end
    # servers that run for long (wiremock #29, aimock #114). Dropping is never silent: that would
    # break whoever counts (schellingboard #888).

    def __init__(self, *, max_entries: int | None = None, sink: Sink | None = None) -> None:
        self.dropped = 0
        # Without a gap from the first entry to the last, so whoever has this list has it all. A
        # reader in another thread takes it once: it grows, and is replaced when it gets shorter.
        self._bundles: list[Bundle] = []
        #: The `seq` of the last entry that is here to be looked at.
        self.last_seq = 0
        #: How often it was reset.
        self.resets = 0
        self._max_entries = max_entries
        self._sink = sink
        self._followers: list[Callable[[Bundle, int], None]] = []
        self._listeners: list[Callable[[int], None]] = []

    # ---- writing ----------------------------------------------------------------------------

    def record(self, kind: type[E], now: Moment, **fields: Any) -> E:
        """Append an entry of this kind; the entry."""
        return self.add(kind(seq=self.last_seq + 1, t=now.t, wall=now.wall, **fields))

    def add(self, entry: E) -> E:
        """Append an entry that has the `seq` behind the last one; the entry."""
        bundle = self._bundles[-1] if self._bundles else None
        if not isinstance(bundle, Singles) or not bundle.add(entry):
            bundle = Singles([entry])
            self._bundles.append(bundle)
        self._tell(bundle, entry.seq, 1)
        return entry

    def record_row(self, row: Row, now: Moment) -> int:
        """Append entries in one go, in the last bundle if they continue that; the `seq` of the last
        one.
        """
        seq = self.last_seq + 1
        bundle = self._bundles[-1] if self._bundles else None
        if bundle is None or not row.join(bundle, seq, now):
            bundle = row.begin(seq, now)
            self._bundles.append(bundle)
        self._tell(bundle, seq, len(row))
        return seq + len(row) - 1

    def _tell(self, bundle: Bundle, seq: int, count: int) -> None:
        """So many entries are new, of which this is the first: tell all who want to know."""
        self.last_seq = seq + count - 1
        if self._sink is not None:
            self._sink.write(bundle, seq)
        for follow in tuple(self._followers):
            follow(bundle, seq)
        for listen in tuple(self._listeners):
            listen(seq)
        # Last, since there may be room for fewer than have come, and all of them are news.
        if self._max_entries is not None:
            self._make_room(self._max_entries)

    def _make_room(self, most: int) -> None:
        """Drop old entries, a sixteenth at a time: striking off a list's head moves the rest."""
        length = len(self)
        if length <= most:
            return
        surplus = length - most + most // 16
        first = self._bundles[0].seq + surplus
        position = bisect_right(self._bundles, first, key=_seq) - 1
        kept = self._bundles[position:]
        if kept[0].seq + len(kept[0]) <= first:
            kept = []
        elif kept[0].seq < first:
            kept[0] = kept[0].without(first - kept[0].seq)
        self._bundles = kept
        self.dropped += surplus

    def work(self, size: int) -> int:
        """How much it is to record one of so many bytes, in units of about a microsecond: whoever
        follows takes one, and a line of a file three and one for each 64 bytes (measured).
        """
        return 1 + bool(self._followers) + (0 if self._sink is None else 3 + size // 64)

    def continue_in(self, sink: Sink | None) -> None:
        """Give further entries to this file, which has the earlier ones."""
        self._sink = sink

    def flush(self) -> None:
        """Hand what was recorded to the operating system. Due before every answer."""
        # So that what was answered is on record, even if the process is killed right behind it.
        if self._sink is not None:
            self._sink.flush()

    def reset(self) -> None:
        """Forget what was recorded. Numbering goes on, and a file keeps its lines."""
        self.resets += 1
        self._bundles = []

    # ---- being told -------------------------------------------------------------------------

    def watch(self, watcher: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `watcher` with every further entry, in the server's thread.

        Returns what ends that.
        """

        def look(bundle: Bundle, seq: int) -> None:
            for entry in bundle.since(seq):
                # What it is told may be the reason to tell it no more.
                if look in self._followers:
                    watcher(entry)

        return self.follow(look)

    def follow(self, follower: Callable[[Bundle, int], None]) -> Callable[[], None]:
        """Call `follower` with each bundle that has grown, and the first new `seq` in it.

        Unlike `watch` this makes nobody look at the entries. Returns what ends that.
        """
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    def listen(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call `listener` with the first new `seq` whenever there is something new.

        For those who only want to know that. Returns what ends it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def succeed(self, other: Ledger) -> None:
        """Wake those who waited for the other one from now on, and first of all now."""
        self._listeners = other._listeners
        self.wake()

    def wake(self) -> None:
        """Wake those who wait, though nothing may be new."""
        for listen in tuple(self._listeners):
            listen(self.last_seq)

    # ---- reading ----------------------------------------------------------------------------

    def notifications(
        self,
        outcome: Outcome | None = None,
        *,
        token: Token | None = None,
        topic: str | None = None,
        payload: Any = None,
        where: Callable[[Notification], object] | None = None,
        since: int = 0,
    ) -> list[Notification]:
        """The notifications to which all that is given applies, in order.

        Entries before the one whose `seq` is `since` are not looked at. `token` is hex or bytes,
        `payload` a subset: see `contains`. Raises `UsageError` for a token that is neither.
        """
        raw = None if token is None else parse_token(token)
        found: list[Notification] = []
        for bundle in self._from(since):
            candidates = bundle.notifications(outcome, raw, topic, since)
            if payload is None and where is None:
                found += candidates
            else:
                found += (each for each in candidates if each.matches(None, None, payload, where))
        return found

    def entry(self, seq: int) -> Entry | None:
        """The entry with this `seq`; None if it is not kept."""
        bundles = self._bundles
        position = bisect_right(bundles, seq, key=_seq) - 1
        if position < 0 or seq - bundles[position].seq >= len(bundles[position]):
            return None
        return bundles[position].entry(seq - bundles[position].seq)

    def of(self, kind: type[E], *, since: int = 0) -> list[E]:
        """The entries of one kind, in order. Those before the `seq` of `since` are left out."""
        return [entry for bundle in self._from(since) for entry in bundle.of(kind, since)]

    def bundles(self, kind: type[Bundle]) -> list[Bundle]:
        """The bundles of one kind: what has travelled in one, and not entry by entry."""
        return [bundle for bundle in self._bundles if isinstance(bundle, kind)]

    def _from(self, since: int) -> list[Bundle]:
        """The bundles that may have entries from this `seq` on."""
        bundles = self._bundles
        first = bisect_right(bundles, since, key=_seq) if since else 0
        return bundles[max(0, first - 1) :]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        bundles = self._bundles
        there = range(_length(bundles))
        if isinstance(index, slice):
            return [_entry(bundles, each) for each in there[index]]
        return _entry(bundles, there[index])

    def __len__(self) -> int:
        return _length(self._bundles)

    def __iter__(self) -> Iterator[Entry]:
        for bundle in self._from(0):
            yield from bundle

    def __reversed__(self) -> Iterator[Entry]:
        bundles = self._bundles
        return (_entry(bundles, each) for each in reversed(range(_length(bundles))))

    def __repr__(self) -> str:
        return f"<Ledger of {len(self)} entries>"

    def __str__(self) -> str:
        return "\n".join(map(describe, self)) or "nothing happened"


def _entry(bundles: list[Bundle], index: int) -> Entry:
    seq = index + bundles[0].seq
    bundle = bundles[bisect_right(bundles, seq, key=_seq) - 1]
    return bundle.entry(seq - bundle.seq)


def _length(bundles: list[Bundle]) -> int:
    # The last one is looked up once: another may come behind it meanwhile.
    return (last := bundles[-1]).seq + len(last) - bundles[0].seq if bundles else 0
