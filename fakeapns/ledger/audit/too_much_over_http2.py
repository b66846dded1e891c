"""What was too much over HTTP/2: sent again, or in vain, signed anew, or begun beyond the limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .clauses import Clauses
from .fates import Fates, of_goaway
from .journal import Journal
from .phrases import Told, connections, they, were
from .retries import AT_ONCE


class TooMuchOverHTTP2:
    """Tells of what was sent over the provider API, by position."""

    def __init__(self, journal: Journal, say: Clauses) -> None:
        self._journal = journal
        self._say = say
        self._fates = Fates(journal)

    def duplicated(self, home: int, positions: Sequence[int], again: Sequence[int]) -> Told:
        """Those that had been answered with 200 on one connection, and came again."""
        where = "there" if list(again) == [home] else f"on {connections(again)}"
        told = (
            f"{self._say.which(positions)} had been accepted on connection {home}, the answer that "
            f"says so had left, and {they(positions)} came again {where}"
        )
        trail = self._journal.trails[home]
        if home in again:
            return "answered", told
        if trail.goaway is not None:
            return "answered-before-a-goaway", f"{told}, behind {of_goaway(trail.goaway)}"
        if trail.cut:
            return "answered-before-an-end", f"{told}; connection {home} {self._say.end(trail)}"
        return "answered", told

    def unanswered(self, rescued: Sequence[int]) -> Iterator[Told]:
        """Those that had been accepted, and came again since their sender could not know that."""
        alike: dict[tuple[int, str, str], list[int]] = {}
        for position in rescued:
            sight = self._journal.unanswered.get(position)
            home = self._journal.home[position]
            # An answer that left may be gone with its connection.
            fate = ("cut-off", "the connection was reset right behind its answer")
            if sight is not None:
                home, fate = sight.connection, self._fates.unanswered(sight)
            alike.setdefault((home, *fate), []).append(position)
        for (home, reason, what), positions in alike.items():
            again = sorted({self._journal.came_again[each].connection for each in positions})
            yield (
                reason,
                f"{self._say.which(positions)} {were(positions)} accepted on connection {home}, "
                f"and {they(positions)} came again on {connections(again)}: {what}",
            )

    def provider_tokens(self) -> Told:
        """Who has signed with so many."""
        found = self._journal.provider_tokens
        return "", (
            f"{found.most} different tokens of the team {found.team} signed pushes on "
            f"{connections(found.connections)} within 20 minutes"
        )

    def streams_refused(self) -> Iterator[Told]:
        """On which connections there were too many."""
        for connection, many in self._journal.streams.over_the_limit.items():
            streams = "a stream" if many == 1 else f"{many:,} streams"
            yield (
                "",
                f"connection {connection} had {streams} refused: more than may be open at once",
            )

    # ---- sent in vain, under another name, or too soon -----------------------------------------

    def sent_after_gone(self) -> Iterator[Told]:
        """To whom pushes were sent that nobody there could receive any more."""
        for each in self._journal.in_vain.after_answers:
            pushes = "a push" if each.times == 1 else f"{each.times:,} pushes"
            yield (
                "" if self._say.token(each.position) else "channel",
                f"connection {each.word.connection} was told {each.word.answer} of "
                f"{self._say.whom(each.position)}, and behind that {pushes} came for it",
            )

    def renamed(self) -> Iterator[Told]:
        """What came again under another id."""
        alike: dict[int, list[int]] = {}
        for position, retry in self._journal.retries.renamed.items():
            alike.setdefault(retry.connection, []).append(position)
        for connection, positions in alike.items():
            found = {self._journal.retries.renamed[each].again for each in positions}
            yield (
                "",
                f"{self._say.which(positions)} came on connection {connection}, {were(positions)} "
                f"owed still, and came again on {connections(sorted(found))} under another "
                "apns-id, or none",
            )

    def hasty(self) -> Iterator[Told]:
        """What came again as soon as it had been refused for a while."""
        alike: dict[tuple[int, str | None], list[int]] = {}
        for position, retry in self._journal.retries.hasty.items():
            alike.setdefault((retry.connection, retry.status), []).append(position)
        for (connection, status), positions in alike.items():
            yield (
                "",
                f"{self._say.which(positions)} {were(positions)} refused with {status} on "
                f"connection {connection}, and came again there less than {AT_ONCE:g} s later",
            )
