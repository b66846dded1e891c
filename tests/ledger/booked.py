"""Ledgers that are told the same, one by runs and one entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakeapns.fronts.gateway.frames import Run
from fakeapns.fronts.recorder import Recorder
from fakeapns.ledger.clock import Timeline
from fakeapns.ledger.entries import Entry, FaultFired
from fakeapns.ledger.json_lines import encode_line, encode_run
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import Frames, GatewayParser

WALL = 1_600_000_000.0


class Paper:
    """A sink that keeps lines."""

    def __init__(self) -> None:
        self.lines = b""

    def write(self, entry: Entry) -> None:
        self.lines += encode_line(entry)

    def write_run(self, run: Run, seq: int) -> None:
        self.lines += encode_run(run, seq)

    def flush(self) -> None:
        """Nothing is kept back."""


class Book:
    """A ledger with everybody who hears of its entries."""

    def __init__(self, *, by_runs: bool, max_entries: int | None = None) -> None:
        self.paper = Paper()
        timeline = Timeline(100.0, WALL)
        self.ledger = Ledger(timeline, max_entries=max_entries, sink=self.paper)
        self.watched: list[Entry] = []
        self.heard: list[Entry] = []
        self.ledger.watch(self.watched.append)
        self.ledger.listen(lambda seq: self.heard.extend(self.ledger.notifications(since=seq)))
        self._by_runs = by_runs
        self._recorders: dict[int, Recorder] = {}

    def take(self, connection: int, frames: Frames, topic: str | None, now: float) -> None:
        """Plain notifications have come."""
        recorder = self._recorders.setdefault(connection, Recorder(self.ledger, connection))
        if self._by_runs:
            recorder.plain(frames, topic, now)
            return
        for each in frames:
            recorder.received += 1
            recorder.notification(each, "accepted", now, topic=topic)

    def refuse(self, connection: int, frames: Frames, topic: str | None, now: float) -> None:
        """Notifications have come that are not plain."""
        recorder = self._recorders.setdefault(connection, Recorder(self.ledger, connection))
        for each in frames:
            recorder.received += 1
            recorder.notification(each, "rejected", now, topic=topic, status=8, warnings=("x",))

    def fail(self, now: float) -> None:
        """Something else has happened."""
        self.ledger.record(FaultFired, now, connection=1, step=1, fault="drop", detail="reset")


def row(wires: Sequence[bytes]) -> Frames:
    """Common frames of one command as a row."""
    parser = GatewayParser()
    parser.receive_data(b"".join(wires))
    frames = parser.next_frames()
    assert frames is not None
    assert len(frames) == len(wires)
    return frames


def kept(ledger: Ledger, **criteria: Any) -> list[int]:
    """The numbers of the notifications that are found."""
    return [each.seq for each in ledger.notifications(**criteria)]
