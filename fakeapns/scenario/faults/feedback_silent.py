"""A feedback list without an end."""

from __future__ import annotations

from typing import ClassVar

from .at import Listing
from .base import Fault
from .stages import Service, Stage


class FeedbackSilent(Fault, frozen=True, tag="feedback_silent"):
    """Send the list and never close."""

    # The close is the only end that the list has (apns4erl #24): who reads to it
    # waits for ever.
    stages: ClassVar[tuple[Stage, ...]] = ("feedback",)
    services: ClassVar[tuple[Service, ...]] = ("feedback",)

    def act(self, at: Listing) -> None:
        """Stay."""
        at.stay_open()
