"""What is noted of one connection, and of one notification that was seen on it."""

from __future__ import annotations

import msgspec

from ..entries import ConnectionClosed, FaultFired, Malformed, Notification, Response

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


class Trail(msgspec.Struct):
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
        """Whether the provider has no more use for it: it ended, or an error was sent.

        Behind an error packet the gateway reads on for a while. Who has opened another one
        by then has no two side by side.
        """
        return self.closed is not None or self.response is not None

    @property
    def failed_to_last(self) -> bool:
        """Whether the provider has a reason to connect again."""
        return self.response is not None or self.ended_by_error

    @property
    def error_at(self) -> float | None:
        """When the provider could know that something was wrong: by the packet, else by what a
        fault did to it, else by the end.
        """
        if self.response is not None:
            return self.response.t
        if self.faults:
            return self.faults[-1].t
        return None if self.closed is None else self.closed.t
