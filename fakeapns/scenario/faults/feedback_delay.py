"""A feedback list that is long in coming."""

from __future__ import annotations

from typing import ClassVar

from ..units import Duration, parse_duration
from .at import Listing
from .base import Fault
from .stages import Service, Stage


class FeedbackDelay(Fault, frozen=True, tag="feedback_delay"):
    """Send nothing for a while."""

    stages: ClassVar[tuple[Stage, ...]] = ("feedback",)
    services: ClassVar[tuple[Service, ...]] = ("feedback",)
    delay: Duration = "1s"

    def act(self, at: Listing) -> None:
        """Wait."""
        at.wait(parse_duration(self.delay))
