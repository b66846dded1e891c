"""What is missing: where it was seen last, or where it may be.

That something never came can be said of what was never written. Of what may lie among unread
bytes, may still be on its way, or went down with its connection, nobody knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..entries import Malformed
from .as_text import WrittenAsText
from .clauses import Clauses
from .hindrances import Hindrances
from .journal import Journal
from .missing_over_http2 import MissingOverHTTP2
from .phrases import Told, alike, connections, its, they, were


class Missing:
    """Tells of what was lost, by position; `arriving` if more may still come."""

    def __init__(
        self, journal: Journal, say: Clauses, as_text: WrittenAsText, *, arriving: bool
    ) -> None:
        self._journal = journal
        self._say = say
        self._as_text = as_text
        self._arriving = arriving
        self._hindrances = Hindrances(journal)
        self._over_http2 = MissingOverHTTP2(journal, say)

    def told(self, lost: Sequence[int]) -> Iterator[Told]:
        """Why each is missing, all of one way in a sentence, and who was turned away."""
        behind: dict[tuple[int, int], list[int]] = {}
        alone, unseen, unprocessed = [], [], []
        for position in lost:
            sight = self._journal.undone.get(position)
            if sight is None and (text := self._as_text.came(position)) is not None:
                yield (
                    "token-no-hex" if self._as_text.was_no_hex(text) else "token-as-text",
                    f"{self._say.which([position])} came for the text of its token: {text}",
                )
            elif sight is None:
                unseen.append(position)
            elif sight.cause is None:
                alone.append(position)
            elif sight.stream is not None:
                unprocessed.append(position)
            else:
                behind.setdefault((sight.connection, sight.cause), []).append(position)
        for (connection, cause), positions in behind.items():
            trail = self._journal.trails[connection]
            yield (
                self._hindrances.at_the_gateway(trail),
                f"{self._say.which(positions)} came on connection {connection} behind "
                f"{self._say.cause(cause)}: dropped there, and not seen again"
                f"{self._say.why(cause)}; {self._say.then(connection)}",
            )
        yield from self._over_http2.unprocessed(unprocessed)
        yield from self._over_http2.rejected([each for each in alone if self._is_of_http2(each)])
        yield from self._rejected([each for each in alone if not self._is_of_http2(each)])
        yield from self._over_http2.seen_in_part(unseen)
        unseen = [each for each in unseen if not self._over_http2.was_seen(each)]
        if unseen:
            yield from self._unseen(unseen)
        yield from ((None, each) for each in self._journal.turned_away.in_words())

    def _is_of_http2(self, position: int) -> bool:
        return self._journal.undone[position].stream is not None

    def _rejected(self, lost: Sequence[int]) -> Iterator[Told]:
        """Those that the gateway rejected for no fault of their own."""
        ways: dict[tuple[int, str], list[int]] = {}
        for position in lost:
            sight = self._journal.undone[position]
            way = sight.connection, f"{sight.status}{alike(sight.why)}"
            ways.setdefault(way, []).append(position)
        for (connection, _), positions in ways.items():
            sight = self._journal.undone[positions[0]]
            yield (
                "temporary-error",
                f"{self._say.which(positions)} {were(positions)} rejected on connection "
                f"{connection} with {sight.status}{sight.why}, which is no fault of "
                f"{its(positions)} own, and not seen again; {self._say.then(connection)}",
            )

    # ---- never seen -------------------------------------------------------------------------

    def _unseen(self, positions: list[int]) -> Iterator[Told]:
        if not self._journal.trails:
            refused = bool(self._journal.turned_away.for_pushes())
            was = "had been" if self._arriving else "was"
            what = "got as far as to speak" if refused else f"{was} opened"
            reason = "turned-away" if refused else ""
            yield (
                "arriving" if self._arriving else reason,
                f"no connection to {self._journal.asked} {what}",
            )
        else:
            groups: dict[int | None, list[int]] = {}
            for position in positions:
                groups.setdefault(self._before(position), []).append(position)
            for connection, group in groups.items():
                yield self._group(connection, group)
        yield from self._perhaps(positions)

    def _group(self, connection: int | None, positions: list[int]) -> Told:
        which = self._say.which(positions)
        unsure = any(trail.unsure for trail in self._journal.trails.values())
        unsure = unsure or bool(self._journal.streams.no_pushes)
        what = f"{were(positions)} not read" if unsure else f"never reached {self._journal.asked}"
        if self._arriving:
            what = f"had not reached {self._journal.asked}"
        if connection is None:
            reason, why = self._hindrances.of_any()
            return "arriving" if self._arriving else reason, f"{which} {what}{why}"
        trail = self._journal.trails[connection]
        reason, why = self._hindrances.behind(trail)
        gone = ", and what was written behind that is gone" if trail.ended_by_error else ""
        return (
            "arriving" if self._arriving else reason,
            f"{which} {what}: number {trail.furthest + 1} was the last on connection {connection}, "
            f"which {self._say.end(trail)}{gone}{why}; {self._say.then(connection)}",
        )

    def _perhaps(self, positions: list[int]) -> Iterator[Told]:
        """Where they may be after all."""
        may = f"{they(positions)} may be"
        for reason, where in self._say.unread():
            some = "it may be" if len(positions) == 1 else "some of them may be"
            yield reason or None, f"{some} among {where}"
        if where := self._say.no_pushes():
            yield "no-push", f"{may} among {where}"
        still_open = [each.connection for each in self._journal.trails.values() if not each.closed]
        if still_open:
            are = "is" if len(still_open) == 1 else "are"
            yield None, f"{may} on the way, since {connections(still_open)} {are} still open"
        for trail in self._journal.trails.values():
            unread = trail.closed is not None and trail.closed.unread_bytes
            if isinstance(trail.failed, Malformed) and not unread:
                one = f"frame {trail.failed.ordinal} of connection {trail.connection}"
                yield (
                    None,
                    f"{one} could not be read, and may be one of them: {trail.failed.reason}",
                )

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
