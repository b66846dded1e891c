"""The ordered record of everything that happened.

A plain list of frozen entries, oldest first. Waiting for an entry needs a clock and a
scheduler, so it lives with `FakeAPNs`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar, overload

from ..fronts.gateway.frames import Run
from ..protocol import Frames
from ..push.token import parse_token
from .clock import Timeline
from .entries import Entry, Notification, Outcome
from .words import describe

E = TypeVar("E", bound=Entry)


class Sink(Protocol):
    """Where entries go besides memory."""

    def write(self, entry: Entry) -> None:
        """Take an entry; it may stay in memory."""

    def write_run(self, run: Run, seq: int) -> None:
        """Take the entries of a run from this `seq` on."""

    def flush(self) -> None:
        """Hand all that was taken to the operating system."""


class Ledger(Sequence[Entry]):
    """All entries of one server, in the order in which they happened.

    `max_entries` bounds what is kept in memory; `dropped` says how many older entries that
    has cost. A file given as `sink` gets them all.
    """

    def __init__(
        self, timeline: Timeline, *, max_entries: int | None = None, sink: Sink | None = None
    ) -> None:
        self.timeline = timeline
        self.dropped = 0
        # Entries and runs of plain notifications, and how many entries are before each.
        self._items: list[Entry | Run] = []
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

    def record(self, kind: type[E], now: float, **fields: Any) -> E:
        """Append an entry of this kind; the entry."""
        self._seq += 1
        entry = kind(seq=self._seq, t=self.timeline.t(now), wall=self.timeline.wall(now), **fields)
        self._append(entry, 1)
        self.last_seq = self._seq
        self._make_room()
        if self._sink is not None:
            self._sink.write(entry)
        for watch in tuple(self._watchers):
            watch(entry)
        for listen in tuple(self._listeners):
            listen(entry.seq)
        return entry

    def record_run(
        self, connection: int, ordinal: int, topic: str | None, frames: Frames, now: float
    ) -> None:
        """Append accepted notifications in a row, kept as they came."""
        t, wall = self.timeline.t(now), self.timeline.wall(now)
        seq = self._seq + 1
        self._seq += len(frames)
        run = self._items[-1] if self._items else None
        facts = (seq, connection, ordinal, topic, frames, t, wall)
        if isinstance(run, Run) and run.extend(*facts):
            self._length += len(frames)
        else:
            run = Run(*facts)
            self._append(run, len(frames))
        self.last_seq = self._seq
        if self._sink is not None:
            self._sink.write_run(run, seq)
        if self._watchers:
            for entry in run.since(seq):
                for watch in tuple(self._watchers):
                    watch(entry)
        for listen in tuple(self._listeners):
            listen(seq)
        # Last, since there may be room for fewer than have come, and all of them are news.
        self._make_room()

    def _append(self, item: Entry | Run, length: int) -> None:
        self._before.append(self._length + self.dropped)
        self._items.append(item)
        self._length += length

    def _make_room(self) -> None:
        """Drop old entries, a sixteenth at a time: striking off a list's head moves the rest."""
        if self._max_entries is None or self._length <= self._max_entries:
            return
        surplus = self._length - self._max_entries + self._max_entries // 16
        gone = 0
        while surplus:
            item = self._items[gone]
            if isinstance(item, Run) and len(item) > surplus:
                self._items[gone] = item.without(surplus)
                self._forget(surplus)
                self._before[gone] += surplus
                break
            length = len(item) if isinstance(item, Run) else 1
            surplus -= length
            self._forget(length)
            gone += 1
        del self._items[:gone], self._before[:gone]

    def _forget(self, count: int) -> None:
        self._length -= count
        self.dropped += count

    def continue_in(self, sink: Sink | None) -> None:
        """Give further entries to this file, which has the earlier ones."""
        self._sink = sink

    def flush(self) -> None:
        """Hand what was recorded to the operating system. Due before every answer."""
        if self._sink is not None:
            self._sink.flush()

    def reset(self) -> None:
        """Forget what was recorded. Numbering goes on, and a file keeps its lines."""
        self.resets += 1
        self._items, self._before, self._length = [], [], 0

    def watch(self, watcher: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `watcher` with every further entry. Returns what ends that."""
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

        Entries before the one whose `seq` is `since` are not looked at.
        """
        raw = None if token is None else parse_token(token)
        found: list[Notification] = []
        first = bisect_right(self._items, since, key=_seq)
        for item in self._items[max(0, first - 1) :]:
            if isinstance(item, Run):
                if outcome in (None, "accepted") and topic in (None, item.topic):
                    candidates = item.since(since) if raw is None else item.with_token(raw, since)
                    found += (
                        each for each in candidates if each.matches(payload=payload, where=where)
                    )
            elif (
                isinstance(item, Notification)
                and item.seq >= since
                and outcome in (None, item.outcome)
                and item.matches(raw, topic, payload, where)
            ):
                found.append(item)
        return found

    def of(self, kind: type[E], *, since: int = 0) -> list[E]:
        """The entries of one kind, in order. Those before the `seq` of `since` are left out."""
        if issubclass(Notification, kind):
            return [entry for entry in self if isinstance(entry, kind) and entry.seq >= since]
        first = max(0, bisect_right(self._items, since, key=_seq) - 1) if since else 0
        return [
            item for item in self._items[first:] if isinstance(item, kind) and item.seq >= since
        ]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        number = range(len(self))[index] + self._before[0]
        position = bisect_right(self._before, number) - 1
        item = self._items[position]
        return item[number - self._before[position]] if isinstance(item, Run) else item

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Entry]:
        # A copy: the server's thread may append while another one iterates.
        for item in self._items[:]:
            if isinstance(item, Run):
                yield from item
            else:
                yield item

    def __repr__(self) -> str:
        return f"<Ledger of {len(self)} entries>"

    def __str__(self) -> str:
        return "\n".join(map(describe, self)) or "nothing happened"


def _seq(item: Entry | Run) -> int:
    return item.seq
