"""Why: which notification, on which connection, behind which error, and what came next.

One sentence for all that went wrong in the same way, so the worst run takes a few lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...push import short_token
from ..entries import Malformed
from .clauses import Clauses
from .intention import Intention
from .journal import Journal
from .phrases import connections, its, listed, was

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
        self._say = Clauses(intention, journal)

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
        if not self._journal.trails:
            yield "no connection reached the gateway"
            yield from self._turned_away()
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
                f"{self._say.which(positions)} came on connection {connection} behind "
                f"{self._say.cause(cause)}: dropped there, and not sent again; "
                f"{self._say.then(connection)}"
            )
        for position in alone:
            rejected = self._journal.undone[position]
            yield (
                f"{self._say.which([position])} was rejected on connection "
                f"{rejected.connection} with {rejected.status}, which is no fault of its own, "
                f"and not sent again; {self._say.then(rejected.connection)}"
            )
        yield from self._unseen(unseen)
        yield from self._unreadable() if unseen else ()

    def _unseen(self, positions: list[int]) -> Iterator[str]:
        groups: dict[int | None, list[int]] = {}
        for position in positions:
            groups.setdefault(self._before(position), []).append(position)
        for connection, group in groups.items():
            text = f"{self._say.which(group)} never reached the gateway"
            if connection is None:
                yield text
                continue
            trail = self._journal.trails[connection]
            lost = ", and what was written behind that was gone" if trail.ended_by_error else ""
            yield (
                f"{text}: number {trail.furthest + 1} was the last on connection {connection}, "
                f"which {self._say.end(trail)}{lost}; {self._say.then(connection)}"
            )

    def _unreadable(self) -> Iterator[str]:
        for trail in self._journal.trails.values():
            if isinstance(trail.failed, Malformed):
                where = f"frame {trail.failed.ordinal} of connection {trail.connection}"
                yield f"{where} could not be read: {trail.failed.reason}"

    def _before(self, position: int) -> int | None:
        """The connection whose last notification is the nearest before this one.

        In a pool nobody can know on which it would have come.
        """
        ended = [
            (trail.furthest, trail.connection)
            for trail in self._journal.trails.values()
            if -1 < trail.furthest < position
        ]
        return max(ended)[1] if ended and self._journal.widest == 1 else None

    def _turned_away(self) -> Iterator[str]:
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
                yield f"{self._say.which(positions)} came twice on connection {home}"
                continue
            yield (
                f"{self._say.which(positions)} had been accepted on connection {home} and came "
                f"again on {connections(again)}; {self._say.knowable(home)}"
            )

    def _resent(self, resent: Sequence[int]) -> Iterator[str]:
        groups: dict[tuple[str | None, bool], list[int]] = {}
        for position in resent:
            refusal = self._journal.refused[position]
            trail = self._journal.trails.get(refusal.connection)
            answered = trail is not None and trail.response is not None
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
                f"{self._say.which(positions)} {was(positions)} refused with {status}{whose} "
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
        for trail in self._journal.trails.values():
            carried = "1 notification" if trail.frames == 1 else f"{trail.frames} notifications"
            yield f"connection {trail.connection} carried {carried} and {self._say.end(trail)}"
