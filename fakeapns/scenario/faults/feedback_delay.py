"""A feedback list that is long in coming."""

from __future__ import annotations

from typing import Any, ClassVar

from ..units import Duration, parse_duration
from .at import Listing
from .base import Fault
from .stages import Service, Stage


class FeedbackDelay(Fault, frozen=True, tag="feedback_delay"):
    """Send nothing for a while."""

    # Ours. What was reported as late (PushSharp #97, java-apns #110) are entries, not the
    # connection; but a reader without a limit of its own hangs in its whole housekeeping.
    stages: ClassVar[tuple[Stage, ...]] = ("feedback",)
    services: ClassVar[tuple[Service, ...]] = ("feedback",)
    delay: Duration = "1s"

    def pointless(self, on: Any) -> str | None:
        """Nobody sees that no time has passed."""
        return None if parse_duration(self.delay) else "it takes no time"

    def act(self, at: Listing) -> None:
        """Wait."""
        at.wait(parse_duration(self.delay))
