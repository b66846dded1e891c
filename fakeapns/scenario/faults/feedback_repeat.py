"""A feedback list that comes twice."""

from __future__ import annotations

from typing import ClassVar, Literal

from .at import Listing
from .base import Fault
from .stages import Service, Stage


class FeedbackRepeat(Fault, frozen=True, tag="feedback_repeat"):
    """Send the whole list twice."""

    # Whether Apple ever listed one twice is not known. Nothing in the format forbids it, and to
    # prune a token a second time must do no harm.
    stages: ClassVar[tuple[Stage, ...]] = ("feedback",)
    services: ClassVar[tuple[Service, ...]] = ("feedback",)
    needs: ClassVar[Literal["uninstalled"]] = "uninstalled"

    def act(self, at: Listing) -> None:
        """Repeat it."""
        at.repeat()
