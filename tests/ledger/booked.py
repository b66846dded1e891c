"""Ledgers that are told the same, one in bundles and one entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakeapns.fronts.gateway.frames import FrameRow
from fakeapns.fronts.recorder import Recorder
from fakeapns.ledger.bundle import Bundle
from fakeapns.ledger.clock import Moment
from fakeapns.ledger.entries import Entry, FaultFired
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import Frames, GatewayParser
from fakeapns.push.push import Push

from ..moments import WALL


class Paper:
    """A sink that keeps lines."""

    def __init__(self) -> None:
        self.lines = b""

    def write(self, bundle: Bundle, seq: int) -> None:
        self.lines += bundle.lines(seq)

    def flush(self) -> None:
        """Nothing is kept back."""


class Book:
    """A ledger with everybody who hears of its entries."""

    def __init__(self, *, by_bundles: bool, max_entries: int | None = None) -> None:
        self.paper = Paper()
        self.ledger = Ledger(max_entries=max_entries, sink=self.paper)
        #: What to add to a moment for wall time: the clock on the wall may be set again.
        self.offset = WALL
        self.watched: list[Entry] = []
        self.heard: list[Entry] = []
        self.ledger.watch(self.watched.append)
        self.ledger.listen(lambda seq: self.heard.extend(self.ledger.notifications(since=seq)))
        self._by_bundles = by_bundles
        self._recorders: dict[int, Recorder] = {}

    def _at(self, now: float) -> Moment:
        return Moment(now, self.offset + now)

    def _recorder(self, connection: int) -> Recorder:
        return self._recorders.setdefault(connection, Recorder(self.ledger, connection))

    def take(self, connection: int, frames: Frames, topic: str, now: float) -> None:
        """Notifications have come about which there is nothing to say."""
        if self._by_bundles:
            recorder = self._recorder(connection)
            row = FrameRow(connection, recorder.received + 1, topic, frames)
            recorder.accepted(row, self._at(now))
            return
        self._one_by_one(connection, frames, topic, now, outcome="accepted")

    def refuse(self, connection: int, frames: Frames, topic: str, now: float) -> None:
        """Notifications have come that have to travel alone."""
        facts = {"outcome": "rejected", "status": "invalid-token", "warnings": ("x",)}
        self._one_by_one(connection, frames, topic, now, **facts)

    def _one_by_one(
        self, connection: int, frames: Frames, topic: str, now: float, **facts: Any
    ) -> None:
        recorder = self._recorder(connection)
        for each in frames:
            recorder.received += 1
            push = Push(
                token_bytes=each.token,
                payload_bytes=each.payload,
                topic=topic,
                connection=connection,
                ordinal=recorder.received,
                command=each.command,
                identifier=each.identifier,
                expiration=each.expiration,
                priority=each.priority,
            )
            recorder.notification(push, now=self._at(now), **facts)

    def fail(self, now: float) -> None:
        """Something else has happened."""
        facts = {"connection": 1, "step": 1, "fault": "drop", "detail": "reset"}
        self.ledger.record(FaultFired, self._at(now), **facts)


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
