"""The ordered record of everything that happened.

A plain list of frozen entries, oldest first. Waiting for an entry needs a clock and a
scheduler, so it lives with `FakeAPNs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar, overload

from .notification import Entry, Notification, Outcome, printable

E = TypeVar("E", bound=Entry)


class Sink(Protocol):
    """Where entries go besides memory."""

    def write(self, entry: Entry) -> None:
        """Take an entry; it may stay in memory."""

    def flush(self) -> None:
        """Hand all that was taken to the operating system."""


class Timeline:
    """Translates the clock that delays run on into seconds since start and wall time."""

    def __init__(self, now: float, wall: float) -> None:
        self._start = now
        self._offset = wall - now

    def t(self, now: float) -> float:
        """Seconds since the start."""
        return now - self._start

    def wall(self, now: float) -> float:
        """Epoch seconds."""
        return now + self._offset

    def follow(self, now: float, wall: float) -> None:
        """Set the wall clock again: a laptop that slept stopped the other one."""
        self._offset = wall - now


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
        self._entries: list[Entry] = []
        self._seq = 0
        self._max_entries = max_entries
        self._sink = sink
        self._watchers: list[Callable[[Entry], None]] = []

    def record(self, kind: type[E], now: float, **fields: Any) -> E:
        """Append an entry of this kind; the entry."""
        self._seq += 1
        entry = kind(seq=self._seq, t=self.timeline.t(now), wall=self.timeline.wall(now), **fields)
        self._entries.append(entry)
        if self._max_entries is not None and len(self._entries) > self._max_entries:
            self._drop_oldest(self._max_entries)
        if self._sink is not None:
            self._sink.write(entry)
        for watch in tuple(self._watchers):
            watch(entry)
        return entry

    def _drop_oldest(self, limit: int) -> None:
        # A sixteenth at a time, since striking off the head of a list moves all the rest.
        surplus = len(self._entries) - limit + limit // 16
        del self._entries[:surplus]
        self.dropped += surplus

    def flush(self) -> None:
        """Hand what was recorded to the operating system. Due before every answer."""
        if self._sink is not None:
            self._sink.flush()

    def reset(self) -> None:
        """Forget what was recorded. Numbering goes on, and a file keeps its lines."""
        self._entries = []

    def watch(self, watcher: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `watcher` with every further entry. Returns what ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def notifications(
        self,
        outcome: Outcome | None = None,
        *,
        token: str | bytes | None = None,
        topic: str | None = None,
        payload: Any = None,
        where: Callable[[Notification], object] | None = None,
    ) -> list[Notification]:
        """The notifications to which all that is given applies, in order."""
        return [
            entry
            for entry in self._entries
            if isinstance(entry, Notification)
            and (outcome is None or entry.outcome == outcome)
            and entry.matches(token, topic, payload, where)
        ]

    def of(self, kind: type[E]) -> list[E]:
        """The entries of one kind, in order."""
        return [entry for entry in self._entries if isinstance(entry, kind)]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        # A copy: the server's thread may append while another one iterates.
        return iter(self._entries[:])

    def __str__(self) -> str:
        return "\n".join(map(describe, self)) or "nothing happened"


def describe(entry: Entry) -> str:
    """One line for people: when, what, and the facts that are there."""
    # Topics and names come from certificates, which may be anybody's.
    return f"{entry.t:9.3f}s {entry.__struct_config__.tag} {printable(_facts(entry))}"


def _facts(entry: Entry) -> str:
    if isinstance(entry, Notification):
        warned = f" ({'; '.join(entry.warnings)})" if entry.warnings else ""
        behind = f" behind #{entry.behind}" if entry.behind is not None else ""
        return f"{entry}{behind}{warned}"
    return " ".join(
        f"{name}={value}"
        for name in entry.__struct_fields__
        if name not in ("seq", "t", "wall", "bytes_hex")
        and (value := getattr(entry, name)) is not None
    )
