"""The parts that sentences about findings are made of: which notification, behind what, how a
connection ended, what its provider could know, and what it did next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...text import printable
from ..entries import FaultFired, Malformed, Notification
from .intention import Intention
from .journal import Journal
from .phrases import connections, listed, ranges, service_in_words, were
from .trail import Trail


class Clauses:
    """Makes clauses from what was meant and what was noted."""

    def __init__(self, intention: Intention, journal: Journal) -> None:
        self._intention = intention
        self._journal = journal

    def which(self, positions: Sequence[int]) -> str:
        """The notifications by number, and whom the first is for."""
        whom = self._intention.meant(positions[0]).whom
        meant = self._intention.times[positions[0]]
        if meant > 1 and len(set(positions)) == 1:
            return f"{len(positions)} of the {meant} like number {positions[0] + 1} ({whom})"
        if len(positions) == 1:
            return f"number {positions[0] + 1} ({whom})"
        return f"numbers {listed(ranges(positions))} (the first for {whom})"

    def whom(self, position: int) -> str:
        """Whom one is for."""
        return self._intention.meant(position).whom

    def token(self, position: int) -> str:
        """The token that one is for, in hex; empty where it is for a channel."""
        return self._intention.meant(position).token

    def cause(self, seq: int | None) -> str:
        """What had a notification discarded, by the `seq` of its entry."""
        cause = self._journal.causes.get(seq or 0)
        match cause:
            case Notification():
                position = self._intention.position(cause)
                number = "" if position is None else f" (number {position + 1})"
                return f"frame {cause.ordinal}{number}, which was rejected with {cause.status}"
            case Malformed():
                return self.unreadable(cause)
            case FaultFired():
                return f"a fault ({cause.fault})"
            case _:
                return "an error"

    def unreadable(self, frame: Malformed) -> str:
        """A frame that is no notification, and why."""
        return f"frame {frame.ordinal}, which could not be read: {frame.reason}"

    def why(self, seq: int | None) -> str:
        """Why the notification that had others discarded was rejected, in brackets, if told."""
        cause = self._journal.causes.get(seq or 0)
        told = isinstance(cause, Notification) and cause.reason
        return f" ({told})" if told else ""

    def end(self, trail: Trail) -> str:
        """How a connection ended, as a verb and what belongs to it."""
        if trail.closed is None:
            return "was still open"
        if trail.closed.reason == "stopped":
            return "was open until the server stopped"
        if trail.closed.by == "provider":
            if trail.cut:
                return "was reset by the provider, so what may have been on its way is gone"
            return "was ended by the provider"
        if trail.goaway is not None:
            debug = f" ({trail.goaway.debug})" if trail.goaway.debug else ""
            return printable(f"was ended by the server with GOAWAY{debug}")
        if trail.response is not None:
            return f"was ended by the gateway with {trail.response.status}"
        # Over HTTP/2 each push has its own.
        unsaid = "" if trail.service == "api" else " without an answer"
        if trail.disturbed:
            return f"was ended by a fault ({trail.faults[-1].fault}){unsaid}"
        return f"was ended by {service_in_words((trail.service,))}{unsaid}"

    def knowable(self, connection: int) -> str:
        """What a provider could know of how far a connection had got.

        An error names one notification: all before it were accepted, all behind it dropped.
        With shutdown it is the last that was accepted (Binary Provider API, table A-4): node-apn,
        java-apns and rpush took that one for failed.
        """
        trail = self._journal.trails.get(connection)
        answer = trail.response if trail is not None else None
        if trail is None or answer is None:
            how = "was still open" if trail is None else self.end(trail)
            return f"connection {connection} {how}, which names nothing"
        if trail.swallows:
            return (
                f"the answer there was {answer.status}, and a reset right behind it, so it may "
                "never have been read"
            )
        if answer.status == "shutdown":
            return (
                f"the answer was shutdown with identifier {answer.identifier}: what came up to "
                "that one was accepted, and only what came behind it has to be sent again"
            )
        if answer.status == "no-error":
            return "the answer there was no-error, which is no reason to send anything again"
        named = f"the error there named identifier {answer.identifier}"
        if not trail.named:
            return f"{named}, which is not the one at fault, so nobody can know what was accepted"
        return (
            f"{named}: what came before that one "
            "was accepted, and only what came behind it has to be sent again"
        )

    def then(self, connection: int) -> str:
        """What the provider did on the connection behind this one."""
        left = self._journal.trails[connection]
        if left.service == "api" and not left.over:
            return f"connection {connection} stayed open for it"
        end = left.error_at if left.over else None
        later = [trail for trail in self._journal.trails.values() if trail.connection > connection]
        if end is not None:
            later = [trail for trail in later if trail.opened >= end]
        if not later:
            return self._turned_away_behind(connection) or (
                "the provider opened none in its place"
                if self._journal.widest > 1
                else "the provider opened no further connection"
            )
        trail = later[0]
        if trail.first is None:
            unsure = "nothing of it was read there" if trail.unsure else "sent nothing of it there"
            return f"the provider opened connection {trail.connection} and {unsure}"
        return (
            f"the provider opened connection {trail.connection} and went on with number "
            f"{trail.first + 1}"
        )

    def _turned_away_behind(self, connection: int) -> str | None:
        refused = self._journal.turned_away.for_pushes()
        numbers = [each.connection for each in refused if each.connection > connection]
        if not numbers:
            return None
        return f"{connections(numbers)}, which came behind it, {were(numbers)} refused"

    def unread(self) -> Iterator[tuple[str, str]]:
        """Where bytes lie that nobody has read as frames: how many, and behind what."""
        for trail in self._journal.trails.values():
            closed = trail.closed
            if closed is None or not closed.unread_bytes:
                continue
            where = f"the {_bytes(closed.unread_bytes)} of connection {trail.connection}"
            if trail.malformed is not None:
                yield "behind-a-bad-frame", f"{where} behind {self.unreadable(trail.malformed)}"
                continue
            # The beginning of one, or all that came where a fault cut one.
            words = f": {closed.detail}" if closed.detail else ""
            yield "", f"{where} that formed no whole frame{words}"
        for connection, size in self._journal.misdirected.items():
            what = f"the {_bytes(size)} that were written to feedback on connection {connection}"
            yield "", f"{what}, and feedback only speaks"

    def no_pushes(self) -> str:
        """How many requests were no push, on which connections and why; empty if none was."""
        requests = self._journal.streams.no_pushes
        if not requests:
            return ""
        times = sum(requests.values())
        numbers = sorted({connection for connection, _ in requests})
        why = listed(dict.fromkeys(why for _, why in requests), "; ")
        many = "a request" if times == 1 else f"{times:,} requests"
        return printable(f"{many} on {connections(numbers)} that came to no push: {why}")


def _bytes(size: int) -> str:
    return f"{size:,} unread {'byte' if size == 1 else 'bytes'}"
