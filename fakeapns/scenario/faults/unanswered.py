"""An answer that does not come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from ..problems import Problem
from ..units import Duration, parse_duration
from .at import Exchange
from .base import Fault
from .stages import Service


class Unanswered(Fault, frozen=True, tag="unanswered"):
    """Answer nothing on the stream of a notification, for ever or `for` a while; others go on.

    It is `accepted` all the same: Apple has it, and the sender cannot know. Without that it was
    never processed.
    """

    # Behind TooManyProviderTokenUpdates requests stayed unanswered for up to 1.5 hours
    # (pushy #811).
    services: ClassVar[tuple[Service, ...]] = ("api",)
    decides: ClassVar[bool] = True
    for_: Duration | None = msgspec.field(name="for", default=None)
    accepted: bool = True

    def problems(self) -> Iterator[Problem]:
        """An answer to what was never processed."""
        if self.for_ is not None and not self.accepted:
            what = "what was never processed is never answered: leave for out, or accepted"
            yield Problem(("for",), what)

    def pointless(self, on: Any) -> str | None:
        """Nobody sees that no time has passed."""
        return "it takes no time" if self.for_ and not parse_duration(self.for_) else None

    def act(self, at: Exchange) -> None:
        """Leave it."""
        if self.for_ is None:
            at.never_answer(accepted=self.accepted)
        else:
            at.answer_late(self.for_)
