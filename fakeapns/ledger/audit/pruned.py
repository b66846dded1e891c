"""Live tokens that a provider gave up, for a time that is older than their registration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .clauses import Clauses
from .gone import Telling
from .intention import Intention
from .journal import Journal
from .phrases import Told, its, them


class Pruned:
    """Finds them among what is missing."""

    def __init__(self, intention: Intention, journal: Journal) -> None:
        self._intention = intention
        self._journal = journal

    def among(self, lost: Sequence[int]) -> list[int]:
        """Those that never came, by position, though others behind them did, since then."""
        if not self._journal.knowledge.gone:
            return []
        return [each for each in lost if self._shows(each)]

    def _shows(self, position: int) -> bool:
        telling = self._telling(position)
        if telling is None or position in self._journal.undone:
            return False
        went_on = any(each.furthest > position for each in self._journal.trails.values())
        return went_on and self._journal.latest > telling.seq

    def _telling(self, position: int) -> Telling | None:
        return self._journal.knowledge.gone.mistaken(*self._intention.registration(position))

    def by_feedback(self, pruned: Sequence[int]) -> list[int]:
        """Those of them of which feedback has told, and no answer before."""
        tellings = ((each, self._telling(each)) for each in pruned)
        return [each for each, told in tellings if told is not None and told.by_feedback]

    def told(self, pruned: Sequence[int], say: Clauses) -> Iterator[Told]:
        """What happened, a sentence for each token."""
        listed = set(self.by_feedback(pruned))
        by_token: dict[str, list[int]] = {}
        for position in pruned:
            by_token.setdefault(say.token(position), []).append(position)
        for positions in by_token.values():
            by_feedback = positions[0] in listed
            who = "feedback had listed" if by_feedback else "a 410 had told of"
            yield (
                "by-feedback" if by_feedback else "by-answer",
                f"{say.which(positions)} never came, though others behind {them(positions)} did: "
                f"{who} {its(positions)} token as gone since a time before its last registration",
            )
