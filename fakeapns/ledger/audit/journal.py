"""What the ledger says of what was meant, noted in one pass.

Of a notification that was accepted only its connection is kept; of what went wrong on the way
a `Sight`, small and without the payload. So a million notifications can be audited.
"""

from __future__ import annotations

from array import array

import msgspec

from ...protocol import OWN_FAULTS
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

_REFUSALS = {status.label for status in OWN_FAULTS}
#: Ends of a connection that are the gateway's doing.
_ERRORS = {"error", "silent-error", "shutdown", "fault", "limit"}


class Sight(msgspec.Struct, frozen=True):
    """Where a notification was seen. `cause` is the `seq` of what had it discarded."""

    connection: int
    ordinal: int
    status: str | None
    cause: int | None

    @classmethod
    def of(cls, seen: Notification) -> Sight:
        """Where it was."""
        return cls(seen.connection, seen.ordinal, seen.status, seen.cause)


class Lane(msgspec.Struct):
    """What became of a gateway connection. Positions are those of the intention.

    `replayed` is when the first of what was discarded here came again on another one.
    """

    connection: int
    opened: float
    first: int | None = None
    furthest: int = -1
    frames: int = 0
    failed: Notification | Malformed | None = None
    faults: list[FaultFired] = msgspec.field(default_factory=list)
    response: Response | None = None
    closed: ConnectionClosed | None = None
    replayed: float | None = None

    @property
    def ended_by_error(self) -> bool:
        """Whether the gateway ended it, and not to stop altogether."""
        return self.closed is not None and self.closed.reason in _ERRORS

    @property
    def over(self) -> bool:
        """Whether the provider has no more use for it: it ended, or an error was sent."""
        return self.closed is not None or self.response is not None

    @property
    def failed_to_last(self) -> bool:
        """Whether the provider has a reason to connect again."""
        return self.response is not None or self.ended_by_error

    @property
    def error_at(self) -> float | None:
        """When the provider could know that something was wrong."""
        if self.response is not None:
            return self.response.t
        if self.faults:
            return self.faults[-1].t
        return None if self.closed is None else self.closed.t


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
        self.out_of_order: list[int] = []
        self.unexpected: dict[tuple[str, bytes], Meant] = {}
        self.received = 0
        self.accepted_unmeant = 0
        self.lanes: dict[int, Lane] = {}
        self.turned_away: list[ConnectionRefused] = []
        #: Gateway connections that were open side by side, at most.
        self.widest = 0
        #: Attempts to connect to the gateway once something had gone wrong.
        self.reconnects = 0
        self.causes: dict[int, Notification | Malformed | FaultFired] = {}
        self.feedback_read = False
        self.sent_after_feedback: dict[str, int] = {}
        self._listed: set[str] = set()
        self._furthest = -1
        self._waiting: dict[int, Lane] = {}

    def take(self, entry: Entry) -> None:
        """Note an entry."""
        match entry:
            case Notification():
                self._notification(entry)
            case ConnectionOpened(service="gateway"):
                self._attempt()
                self.lanes[entry.connection] = Lane(entry.connection, entry.t)
                self.widest = max(self.widest, sum(not lane.over for lane in self.lanes.values()))
            case ConnectionOpened():
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
            case Response(connection=connection) if connection in self.lanes:
                self.lanes[connection].response = entry
            case ConnectionClosed(connection=connection) if connection in self.lanes:
                self.lanes[connection].closed = entry

    def _attempt(self) -> None:
        self.reconnects += any(lane.failed_to_last for lane in self.lanes.values())

    def _trouble(self, entry: Malformed | FaultFired) -> None:
        self.causes[entry.seq] = entry
        lane = self.lanes.get(entry.connection or 0)
        if lane is None:
            return
        if isinstance(entry, FaultFired):
            lane.faults.append(entry)
        elif lane.failed is None:
            lane.failed = entry

    def _notification(self, seen: Notification) -> None:
        self.received += 1
        if self._listed and seen.token in self._listed:
            self.sent_after_feedback[seen.token] = self.sent_after_feedback.get(seen.token, 0) + 1
        if seen.outcome == "rejected":
            self.causes[seen.seq] = seen
        position = self._intention.position(seen)
        lane = self._lane(seen)
        if position is None:
            # What nobody meant is a provider's own affair until it is accepted, such as a
            # last word that is bad on purpose.
            if seen.outcome == "accepted":
                self.accepted_unmeant += 1
                self.unexpected.setdefault((seen.token, seen.payload_bytes), unexpected(seen))
            return
        lane.frames += 1
        lane.furthest = max(lane.furthest, position)
        if lane.first is None:
            lane.first = position
        if self._waiting:
            self._replayed(position, seen)
        if self.refusals.get(position, 0) >= self._intention.times[position]:
            self.resent.setdefault(position, []).append(Sight.of(seen))
        if seen.outcome == "accepted":
            self._accepted(position, seen)
        elif seen.status in _REFUSALS:
            self.refusals[position] = self.refusals.get(position, 0) + 1
            self.refused.setdefault(position, Sight.of(seen))
        else:
            self.undone[position] = Sight.of(seen)
            self._waiting[position] = lane

    def _lane(self, seen: Notification) -> Lane:
        lane = self.lanes.get(seen.connection)
        if lane is None:
            # Opened before the ledger was reset.
            lane = self.lanes[seen.connection] = Lane(seen.connection, seen.t)
        if seen.outcome == "rejected" and lane.failed is None:
            lane.failed = seen
        return lane

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
