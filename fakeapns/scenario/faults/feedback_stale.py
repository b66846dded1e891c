"""A feedback list of apps that are there."""

from __future__ import annotations

from typing import ClassVar, Literal

from ..units import Duration, parse_duration
from .at import Listing
from .base import Fault
from .stages import Service, Stage


class FeedbackStale(Fault, frozen=True, tag="feedback_stale"):
    """List the active devices as well, as gone for the time `age`: before they registered.

    Seen in production (apns4erl #181, node-apn #409). Timestamps exist because of this.
    """

    stages: ClassVar[tuple[Stage, ...]] = ("feedback",)
    services: ClassVar[tuple[Service, ...]] = ("feedback",)
    needs: ClassVar[Literal["active"]] = "active"
    age: Duration = "30d"

    def act(self, at: Listing) -> None:
        """List them."""
        at.list_present(parse_duration(self.age))
