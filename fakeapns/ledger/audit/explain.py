"""Why: which notification, on which connection, behind which error, and what came next.

One sentence for all that went wrong in the same way, so the worst run takes a few lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...push.token import short_token
from ..entries import FaultFired, Malformed, Notification
from .intention import Intention
from .journal import Journal, Lane
from .phrases import connections, its, listed, ranges, was

#: Sentences of one kind.
_SENTENCES = 6


class Explainer:
    """Explains findings, given by position, from what was noted on the way."""

    def __init__(
        self, intention: Intention, journal: Journal, found: Mapping[str, Sequence[int]]
    ) -> None:
        self._intention = intention
        self._journal = journal
        self._found = found

    def explain(self, name: str) -> list[str]:
        """What happened, for the finding or the expectation of this name."""
        sentences = list(self._sentences(name))
        more = len(sentences) - _SENTENCES
        if more > 0:
            sentences[_SENTENCES:] = [f"… and {more} more of this kind"]
        return sentences

    def _sentences(self, name: str) -> Iterator[str]:
        match name:
            case "lost":
                yield from self._lost(self._found["lost"])
            case "duplicated":
                yield from self._duplicated(self._found["duplicated"])
            case "resent_after_refusal":
                yield from self._resent(self._found["resent_after_refusal"])
            case "unexpected":
                yield from self._unexpected()
            case "max_connections":
                yield from self._connections()
            case "feedback_read":
                yield "feedback has to be asked: connect to its port and read until it ends"
            case "sent_after_feedback":
                tokens = self._journal.sent_after_feedback
                yield f"these apps were gone: {listed(map(short_token, tokens))}"

    # ---- lost -------------------------------------------------------------------------------

    def _lost(self, lost: Sequence[int]) -> Iterator[str]:
        if not self._journal.lanes:
            yield "no connection reached the gateway"
            yield from self._refused()
            return
        behind: dict[tuple[int, int | None], list[int]] = {}
        alone, unseen = [], []
        for position in lost:
            sight = self._journal.undone.get(position)
            if sight is None:
                unseen.append(position)
            elif sight.cause is None:
                alone.append(position)
            else:
                behind.setdefault((sight.connection, sight.cause), []).append(position)
        for (connection, cause), positions in behind.items():
            yield (
                f"{self._which(positions)} came on connection {connection} behind "
                f"{self._cause(cause)}: dropped there, and not sent again; "
                f"{self._then(connection)}"
            )
        for position in alone:
            rejected = self._journal.undone[position]
            yield (
                f"{self._which([position])} was rejected on connection {rejected.connection} with "
                f"{rejected.status}, which is no fault of its own, and not sent again; "
                f"{self._then(rejected.connection)}"
            )
        yield from self._unseen(unseen)
        yield from self._unreadable() if unseen else ()

    def _unseen(self, positions: list[int]) -> Iterator[str]:
        groups: dict[int | None, list[int]] = {}
        for position in positions:
            groups.setdefault(self._before(position), []).append(position)
        for connection, group in groups.items():
            text = f"{self._which(group)} never reached the gateway"
            if connection is None:
                yield text
                continue
            lane = self._journal.lanes[connection]
            lost = ", and what was written behind that was gone" if lane.ended_by_error else ""
            yield (
                f"{text}: number {lane.furthest + 1} was the last on connection {connection}, "
                f"which {self._end(lane)}{lost}; {self._then(connection)}"
            )

    def _unreadable(self) -> Iterator[str]:
        for lane in self._journal.lanes.values():
            if isinstance(lane.failed, Malformed):
                where = f"frame {lane.failed.ordinal} of connection {lane.connection}"
                yield f"{where} could not be read: {lane.failed.reason}"

    def _before(self, position: int) -> int | None:
        """The connection whose last notification is the nearest before this one.

        In a pool nobody can know on which it would have come.
        """
        ended = [
            (lane.furthest, lane.connection)
            for lane in self._journal.lanes.values()
            if -1 < lane.furthest < position
        ]
        return max(ended)[1] if ended and self._journal.widest == 1 else None

    def _refused(self) -> Iterator[str]:
        hints = dict.fromkeys(f"{each.reason}: {each.hint}" for each in self._journal.turned_away)
        yield from (f"a connection was refused, {hint}" for hint in hints)

    # ---- sent too often ---------------------------------------------------------------------

    def _duplicated(self, doubled: Sequence[int]) -> Iterator[str]:
        groups: dict[int, list[int]] = {}
        for position in doubled:
            groups.setdefault(self._journal.home[position], []).append(position)
        for home, positions in groups.items():
            again = sorted({self._journal.doubled[each].connection for each in positions})
            if again == [home]:
                yield f"{self._which(positions)} came twice on connection {home}"
                continue
            yield (
                f"{self._which(positions)} had been accepted on connection {home} and came again "
                f"on {connections(again)}; {self._named(home)}"
            )

    def _named(self, connection: int) -> str:
        """What a provider could know of how far a connection had got."""
        lane = self._journal.lanes.get(connection)
        answer = lane.response if lane is not None else None
        if lane is None or answer is None:
            how = "was still open" if lane is None else self._end(lane)
            return f"connection {connection} {how}, which names nothing"
        if answer.status == "shutdown":
            return (
                f"the answer was shutdown with identifier {answer.identifier}: what came up to "
                "that one was accepted, and only what came behind it has to be sent again"
            )
        if answer.status == "no-error":
            return "the answer there was no-error, which is no reason to send anything again"
        named = f"the error there named identifier {answer.identifier}"
        if lane.failed is None or lane.failed.identifier != answer.identifier:
            return f"{named}, which is not the one at fault, so nobody can know what was accepted"
        return (
            f"{named}: what came before that one "
            "was accepted, and only what came behind it has to be sent again"
        )

    def _resent(self, resent: Sequence[int]) -> Iterator[str]:
        groups: dict[tuple[str | None, bool], list[int]] = {}
        for position in resent:
            refusal = self._journal.refused[position]
            lane = self._journal.lanes.get(refusal.connection)
            answered = lane is not None and lane.response is not None
            groups.setdefault((refusal.status, answered), []).append(position)
        for (status, answered), positions in groups.items():
            first = positions[0]
            whose = (
                f", a fault of {its(positions)} own that no resending can mend,"
                if answered
                else " without an answer that says so,"
            )
            again = sorted({each.connection for each in self._journal.resent[first]})
            times = sum(len(self._journal.resent[each]) for each in positions)
            example = "it" if len(positions) == 1 else f"number {first + 1}"
            yield (
                f"{self._which(positions)} {was(positions)} refused with {status}{whose} "
                "and sent again, "
                f"{times} {'time' if times == 1 else 'times'} in all: {example} was refused on "
                f"connection {self._journal.refused[first].connection} and came again on "
                f"{connections(again)}"
            )

    # ---- the rest ---------------------------------------------------------------------------

    def _unexpected(self) -> Iterator[str]:
        meant: dict[str, int] = {}
        for position in range(len(self._intention)):
            meant.setdefault(self._intention.meant(position).token, position)
        for found in self._journal.unexpected.values():
            if found.token not in meant:
                yield f"{found}: nothing was meant for that token"
                continue
            other = self._intention.meant(meant[found.token])
            yield f"{found}: what was meant for that token is {other}"

    def _connections(self) -> Iterator[str]:
        for lane in self._journal.lanes.values():
            carried = "1 notification" if lane.frames == 1 else f"{lane.frames} notifications"
            yield f"connection {lane.connection} carried {carried} and {self._end(lane)}"

    def _which(self, positions: list[int]) -> str:
        """The notifications by number, and the token of the first."""
        token = short_token(self._intention.meant(positions[0]).token)
        if len(positions) == 1:
            return f"number {positions[0] + 1} (token {token})"
        return f"numbers {listed(ranges(positions))} (the first for token {token})"

    def _cause(self, seq: int | None) -> str:
        cause = self._journal.causes.get(seq or 0)
        match cause:
            case Notification():
                position = self._intention.position(cause)
                number = "" if position is None else f" (number {position + 1})"
                return f"frame {cause.ordinal}{number}, which was rejected with {cause.status}"
            case Malformed():
                return f"frame {cause.ordinal}, which could not be read: {cause.reason}"
            case FaultFired():
                return f"a fault ({cause.fault})"
            case None:
                return "an error"

    def _end(self, lane: Lane) -> str:
        if lane.closed is None:
            return "was still open"
        if lane.closed.by == "provider":
            if lane.closed.how in ("reset", "lost"):
                # As closing does with answers that were not read.
                return "was reset by the provider, so what was on its way is gone"
            return "was ended by the provider"
        if lane.response is not None:
            return f"was ended by the gateway with {lane.response.status}"
        if lane.faults:
            return f"was ended by a fault ({lane.faults[-1].fault}) without an answer"
        return "was ended by the gateway without an answer"

    def _then(self, connection: int) -> str:
        """What the provider did on the connection behind this one."""
        left = self._journal.lanes[connection]
        end = left.error_at if left.over else None
        later = [lane for lane in self._journal.lanes.values() if lane.connection > connection]
        if end is not None:
            later = [lane for lane in later if lane.opened >= end]
        if not later and self._journal.widest > 1:
            return "the provider opened none in its place"
        if not later:
            return "the provider opened no further connection"
        lane = later[0]
        if lane.first is None:
            return f"the provider opened connection {lane.connection} and sent nothing of it there"
        return (
            f"the provider opened connection {lane.connection} and went on with number "
            f"{lane.first + 1}"
        )
