"""What the ledger says of what was meant, noted in one pass.

Of a notification that was accepted only its connection is kept; of what went wrong on the way
a `Sight`, small and without the payload. So a million notifications can be audited.
"""

from __future__ import annotations

from array import array

from ..entries import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Entry,
    FaultFired,
    FeedbackSent,
    Malformed,
    Notification,
    Response,
)
from .intention import Intention, Meant, unexpected
from .refusal import own_fault
from .trail import Sight, Trail


class Journal:
    """Takes ledger entries in order. Everything is by position of the intention."""

    def __init__(self, intention: Intention) -> None:
        self._intention = intention
        size = len(intention)
        self.accepted = array("L", bytes(size * array("L").itemsize))
        #: The connection on which each was accepted first.
        self.home = array("L", bytes(size * array("L").itemsize))
        #: How often each was refused for a fault of its own, and where first.
        self.refusals: dict[int, int] = {}
        self.refused: dict[int, Sight] = {}
        self.resent: dict[int, list[Sight]] = {}
        self.doubled: dict[int, Sight] = {}
        self.undone: dict[int, Sight] = {}
        #: Told, and never held against anybody: what a late error has swallowed can only come
        #: again behind what was sent meanwhile, and two connections have no order at all.
        self.out_of_order: list[int] = []
        self.unexpected: dict[tuple[str, bytes], Meant] = {}
        self.received = 0
        self.accepted_unmeant = 0
        self.trails: dict[int, Trail] = {}
        self.turned_away: list[ConnectionRefused] = []
        #: Gateway connections that were of use side by side, at most: see `Trail.over`.
        self.widest = 0
        #: Attempts to connect to the gateway once something had gone wrong, refused ones too.
        self.reconnects = 0
        self.causes: dict[int, Notification | Malformed | FaultFired] = {}
        self.feedback_read = False
        self.sent_after_feedback: dict[str, int] = {}
        self._listed: set[str] = set()
        self._furthest = -1
        self._waiting: dict[int, Trail] = {}

    def take(self, entry: Entry) -> None:
        """Note an entry."""
        match entry:
            case Notification():
                self._notification(entry)
            case ConnectionOpened(service="gateway"):
                self._attempt()
                self.trails[entry.connection] = Trail(entry.connection, entry.t)
                self.widest = max(
                    self.widest, sum(not trail.over for trail in self.trails.values())
                )
            case ConnectionOpened(service="feedback"):
                self.feedback_read = True
            case ConnectionRefused():
                if entry.service == "gateway":
                    self._attempt()
                self.turned_away.append(entry)
            case FeedbackSent():
                self.feedback_read = True
                self._listed.add(entry.token)
            case Malformed() | FaultFired():
                self._trouble(entry)
            case Response(connection=connection) if connection in self.trails:
                self.trails[connection].response = entry
            case ConnectionClosed(connection=connection) if connection in self.trails:
                self.trails[connection].closed = entry

    def _attempt(self) -> None:
        self.reconnects += any(trail.failed_to_last for trail in self.trails.values())

    def _trouble(self, entry: Malformed | FaultFired) -> None:
        self.causes[entry.seq] = entry
        trail = self.trails.get(entry.connection or 0)
        if trail is None:
            return
        if isinstance(entry, FaultFired):
            trail.faults.append(entry)
        elif trail.failed is None:
            trail.failed = entry

    def _notification(self, seen: Notification) -> None:
        self.received += 1
        if self._listed and seen.token in self._listed:
            self.sent_after_feedback[seen.token] = self.sent_after_feedback.get(seen.token, 0) + 1
        if seen.outcome == "rejected":
            self.causes[seen.seq] = seen
        position = self._intention.position(seen)
        trail = self._trail(seen)
        if position is None:
            # What nobody meant is a provider's own affair until it is accepted, such as a
            # last word that is bad on purpose: pushy ended its connections with an empty one,
            # so that the error for it proved all before it accepted.
            if seen.outcome == "accepted":
                self.accepted_unmeant += 1
                self.unexpected.setdefault((seen.token, seen.payload_bytes), unexpected(seen))
            return
        trail.frames += 1
        trail.furthest = max(trail.furthest, position)
        if trail.first is None:
            trail.first = position
        if self._waiting:
            self._replayed(position, seen)
        if self.refusals.get(position, 0) >= self._intention.times[position]:
            self.resent.setdefault(position, []).append(Sight.of(seen))
        if seen.outcome == "accepted":
            self._accepted(position, seen)
        elif own_fault(seen):
            self.refusals[position] = self.refusals.get(position, 0) + 1
            self.refused.setdefault(position, Sight.of(seen))
        else:
            self.undone[position] = Sight.of(seen)
            self._waiting[position] = trail

    def _trail(self, seen: Notification) -> Trail:
        trail = self.trails.get(seen.connection)
        if trail is None:
            # Opened before the ledger was reset.
            trail = self.trails[seen.connection] = Trail(seen.connection, seen.t)
        if seen.outcome == "rejected" and trail.failed is None:
            trail.failed = seen
        return trail

    def _replayed(self, position: int, seen: Notification) -> None:
        before = self._waiting.pop(position, None)
        if before is not None and before.connection != seen.connection and before.replayed is None:
            before.replayed = seen.t

    def _accepted(self, position: int, seen: Notification) -> None:
        self.accepted[position] += 1
        count = self.accepted[position]
        if count == 1:
            self.home[position] = seen.connection
            if position < self._furthest:
                self.out_of_order.append(position)
            else:
                self._furthest = position
        if count > self._intention.times[position]:
            self.doubled.setdefault(position, Sight.of(seen))
        self.undone.pop(position, None)
