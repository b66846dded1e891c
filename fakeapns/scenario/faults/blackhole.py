"""A connection that is dead and looks alive."""

from __future__ import annotations

from typing import ClassVar

from ..units import Duration, parse_duration
from .at import Conversation
from .base import Fault
from .stages import Stage


class Blackhole(Fault, frozen=True, tag="blackhole"):
    """Swallow everything from now on, or `after` a while, and answer nothing: no error, no FIN.

    A connection whose other end a firewall has forgotten looks like this.
    """

    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open")
    after: Duration = "0ms"

    def act(self, at: Conversation) -> None:
        """Go silent for good."""
        at.swallow(parse_duration(self.after), f"after {self.after}")
