"""What was sent to those who were known to be gone."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from ..entries import Notification
from .gone import Telling, receiver_of
from .intention import Intention
from .knowledge import Knowledge


class InVain(msgspec.Struct):
    """How many pushes came to a receiver behind that word, to the first of these positions."""

    position: int
    word: Telling
    times: int = 0


class SentInVain:
    """Takes notifications in order, each before it is known what becomes of it."""

    def __init__(self, intention: Intention, knowledge: Knowledge) -> None:
        self._intention = intention
        self._knowledge = knowledge
        #: How many came to a token behind feedback that had listed it.
        self.after_feedback: dict[str, int] = {}
        self._after_answers: dict[Hashable, InVain] = {}

    def came(self, position: int | None, seen: Notification) -> None:
        """One has come, for a position or meant by nobody."""
        gone = self._knowledge.gone
        if not gone or (receiver := receiver_of(seen)) not in gone:
            return
        registered = None if position is None else self._intention.said(position, "registered")
        if self._knowledge.listed_before(seen, registered):
            self.after_feedback[seen.token] = self.after_feedback.get(seen.token, 0) + 1
        word = self._knowledge.told_before(seen, registered)
        if word is not None and position is not None:
            self._after_answers.setdefault(receiver, InVain(position, word)).times += 1

    @property
    def after_answers(self) -> list[InVain]:
        """What came behind an answer that says that nothing is to be sent there, by receiver."""
        return list(self._after_answers.values())
