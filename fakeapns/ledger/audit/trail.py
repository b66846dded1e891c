"""What is noted of one connection, and of one notification that was seen on it."""

from __future__ import annotations

import msgspec

from ...scenario.faults import Service
from ..api_entries import GoAwaySeen
from ..entries import ConnectionClosed, FaultFired, Malformed, Notification, Response

#: Ends of a connection that are the gateway's doing.
_ERRORS = {"error", "silent-error", "shutdown", "fault", "limit"}


class Sight(msgspec.Struct, frozen=True):
    """Where a notification was seen, and as which entry.

    `cause` is the `seq` of what had it discarded, 0 if that is not on record, and None for one
    that was not discarded. `status` is what it was answered with, `reason` why it was refused, in
    words, `code` the status of HTTP on the provider API, and `stream` the one it came on there.
    An answer that never left is not `told`.
    """

    seq: int
    connection: int
    ordinal: int
    status: str | None
    cause: int | None
    reason: str | None
    code: int | None = None
    stream: int | None = None
    told: bool = True

    @classmethod
    def of(cls, seen: Notification) -> Sight:
        """Where it was."""
        cause = seen.cause or 0 if seen.outcome == "discarded" else None
        status = seen.verdict.partition(" ")[2] or None
        return cls(
            seen.seq,
            seen.connection,
            seen.ordinal,
            status,
            cause,
            seen.why,
            seen.http_status,
            seen.stream,
            seen.answered is not False,
        )

    @property
    def name(self) -> str:
        """Apple's reason, of what the provider API has refused."""
        return (self.status or "").split(" ")[-1]

    @property
    def why(self) -> str:
        """Why it was refused, in brackets, if that was told."""
        return f" ({self.reason})" if self.reason else ""


class Trail(msgspec.Struct):
    """What became of a connection for pushes. Positions are those of the intention.

    `opened` is the moment and `since` the entry at which it did, 0 for one from before the
    ledger was reset. `held` is the entry of the first fault that let something wait unread.
    `replayed` is when the first of what was discarded here came again on another one.
    """

    connection: int
    opened: float
    since: int = 0
    topic: str | None = None
    service: Service = "gateway"
    first: int | None = None
    furthest: int = -1
    frames: int = 0
    latest: Notification | None = None
    unnumbered: bool = False
    held: int | None = None
    failed: Notification | Malformed | None = None
    malformed: Malformed | None = None
    faults: list[FaultFired] = msgspec.field(default_factory=list)
    response: Response | None = None
    goaway: GoAwaySeen | None = None
    closed: ConnectionClosed | None = None
    replayed: float | None = None

    def frame(self, seen: Notification) -> None:
        """One more has come. Who numbers nothing cannot tell which one an error of the gateway
        names.
        """
        if self.service != "gateway":
            return
        last, self.latest = self.latest, seen
        if last is None or last.identifier != seen.identifier or self.response is not None:
            return
        same = (last.token_bytes, last.payload_bytes) == (seen.token_bytes, seen.payload_bytes)
        self.unnumbered = self.unnumbered or not same

    @property
    def ended_by_error(self) -> bool:
        """Whether the gateway ended it, and not to stop altogether."""
        return self.closed is not None and self.closed.reason in _ERRORS

    @property
    def disturbed(self) -> bool:
        """Whether a fault may have ended it. Over HTTP/2 most act on one stream, and the others go
        on.
        """
        if self.service == "gateway":
            return bool(self.faults)
        return bool(self.faults) and self.closed is not None and self.closed.reason == "fault"

    @property
    def over(self) -> bool:
        """Whether the provider has no more use for it: it ended, or an error was sent.

        Behind an error packet or a GOAWAY the server reads on for a while. Who has opened another
        one by then has no two side by side.
        """
        return self.closed is not None or self.failed_to_last

    @property
    def failed_to_last(self) -> bool:
        """Whether the provider has a reason to connect again; a status of no error is none."""
        told = self.response is not None and self.response.status != "no-error"
        return told or self.goaway is not None or self.ended_by_error

    @property
    def swallows(self) -> bool:
        """Whether the gateway reset it: an answer right before may be gone with it (pushy #6)."""
        return self.closed is not None and (self.closed.by, self.closed.how) == ("server", "reset")

    @property
    def named(self) -> bool:
        """Whether an answer named the one at fault, so that its provider knew where it stood.

        An identifier that was never sent, or 0 where it was another, names nothing (node-apn #55,
        #149), and one of an earlier connection nothing on this.
        """
        if self.response is None or self.failed is None or self.swallows:
            return False
        return (self.failed.identifier or 0) == self.response.identifier

    @property
    def cut(self) -> bool:
        """Whether what was on its way at its end is gone, without a word of whether it came.

        Closing while an answer lies unread is enough for a reset (RFC 2525, 2.17), and that
        throws away what the other side had not read yet.
        """
        if self.closed is None:
            return False
        return self.closed.by == "server" or self.closed.how in ("reset", "lost")

    @property
    def unsure(self) -> bool:
        """Whether it may have carried something that nobody has read, or read as a frame."""
        return self.closed is None or self.cut or self.closed.unread_bytes > 0

    @property
    def error_at(self) -> float | None:
        """When the provider could know that something was wrong: by the packet, else by what a
        fault did to it, else by the end.
        """
        if self.response is not None:
            return self.response.t
        if self.goaway is not None:
            return self.goaway.t
        if self.disturbed:
            return self.faults[-1].t
        return None if self.closed is None else self.closed.t
