"""The ordered record of everything that happened.

Waiting for an entry needs a clock and a scheduler, so it lives with `FakeAPNs`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar, overload

from ..push import parse_token
from .bundle import Bundle, Singles
from .clock import Moment
from .entries import Entry, Notification, Outcome
from .words import describe

E = TypeVar("E", bound=Entry)


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
        self._bundles: list[Bundle] = []
        # How many entries came before each bundle.
        self._before: list[int] = []
        self._seq = 0
        #: The `seq` of the last entry that is here to be looked at.
        self.last_seq = 0
        #: How often it was reset.
        self.resets = 0
        self._length = 0
        self._max_entries = max_entries
        self._sink = sink
        self._watchers: list[Callable[[Entry], None]] = []
        self._listeners: list[Callable[[int], None]] = []

    # ---- writing ----------------------------------------------------------------------------

    def record(self, kind: type[E], now: Moment, **fields: Any) -> E:
        """Append an entry of this kind; the entry."""
        entry = kind(seq=self._seq + 1, t=now.t, wall=now.wall, **fields)
        self.record_many(Singles, now, 1, entry)
        return entry

    def record_many(self, kind: type[Bundle], now: Moment, count: int, *facts: Any) -> None:
        """Append so many entries in a row, as a bundle of this kind makes them of the facts."""
        seq = self._seq + 1
        self._seq += count
        bundle = self._bundles[-1] if self._bundles else None
        if type(bundle) is not kind or not bundle.extend(seq, now, *facts):
            bundle = kind(seq, now, *facts)
            self._before.append(self._length + self.dropped)
            self._bundles.append(bundle)
        self._length += count
        self.last_seq = self._seq
        if self._sink is not None:
            self._sink.write(bundle, seq)
        if self._watchers:
            for entry in bundle.since(seq):
                for watch in tuple(self._watchers):
                    watch(entry)
        for listen in tuple(self._listeners):
            listen(seq)
        # Last, since there may be room for fewer than have come, and all of them are news.
        self._make_room()

    def _make_room(self) -> None:
        """Drop old entries, a sixteenth at a time: striking off a list's head moves the rest."""
        if self._max_entries is None or self._length <= self._max_entries:
            return
        surplus = self._length - self._max_entries + self._max_entries // 16
        gone = 0
        while surplus:
            bundle = self._bundles[gone]
            dropped = min(surplus, len(bundle))
            surplus -= dropped
            self._length -= dropped
            self.dropped += dropped
            if dropped < len(bundle):
                self._bundles[gone] = bundle.without(dropped)
                self._before[gone] += dropped
            else:
                gone += 1
        del self._bundles[:gone], self._before[:gone]

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
        self._bundles, self._before, self._length = [], [], 0

    # ---- being told -------------------------------------------------------------------------

    def watch(self, watcher: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `watcher` with every further entry, in the server's thread.

        Returns what ends that.
        """
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def listen(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call `listener` with the first new `seq` whenever there is something new.

        Unlike `watch` this makes nobody look at the entries. Returns what ends that.
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
        token: str | bytes | None = None,
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

    def of(self, kind: type[E], *, since: int = 0) -> list[E]:
        """The entries of one kind, in order. Those before the `seq` of `since` are left out."""
        return [entry for bundle in self._from(since) for entry in bundle.of(kind, since)]

    def bundles(self, kind: type[Bundle]) -> list[Bundle]:
        """The bundles of one kind: what has travelled in one, and not entry by entry."""
        return [bundle for bundle in self._bundles if isinstance(bundle, kind)]

    def _from(self, since: int) -> list[Bundle]:
        """The bundles that may have entries from this `seq` on.

        A copy: the server's thread may append while another one iterates.
        """
        first = bisect_right(self._bundles, since, key=_seq) if since else 0
        return self._bundles[max(0, first - 1) :]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        number = range(len(self))[index] + self._before[0]
        position = bisect_right(self._before, number) - 1
        return self._bundles[position].entry(number - self._before[position])

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Entry]:
        for bundle in self._from(0):
            yield from bundle

    def __repr__(self) -> str:
        return f"<Ledger of {len(self)} entries>"

    def __str__(self) -> str:
        return "\n".join(map(describe, self)) or "nothing happened"


def _seq(bundle: Bundle) -> int:
    return bundle.seq
