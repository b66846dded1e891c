"""An answer that others overtake."""

from __future__ import annotations

from typing import Any, ClassVar

from .at import Exchange
from .base import Fault
from .stages import Service
from .values import Delay, delay_parts


class LateAnswer(Fault, frozen=True, tag="late_answer"):
    """Answer a notification that was accepted only after a `delay`; other streams overtake it.

    The delay is a duration, or ends behind so many further notifications of the connection.
    """

    # Answers come in any order (RFC 9113, 5): who takes them in the order of requests, or waits
    # for each, shows here.
    services: ClassVar[tuple[Service, ...]] = ("api",)
    decides: ClassVar[bool] = True
    delay: Delay = "1s"

    def pointless(self, on: Any) -> str | None:
        """Nobody sees that no time has passed."""
        return None if any(delay_parts(self.delay)) else "it takes no time"

    def act(self, at: Exchange) -> None:
        """Hold it back."""
        at.answer_late(self.delay)
