"""A server that does not read for a while."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from ..units import Duration, parse_duration
from .at import Conversation
from .base import Fault
from .stages import Service, Stage


class Stall(Fault, frozen=True, tag="stall"):
    """Stop reading for a while, so that writes block; then judge everything in order."""

    # Buffers take more than 500 notifications before a write fails (TN2265), so a block comes late.
    # Who then waits in a write, and reads only behind it, cannot see the error that is there.
    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open")
    services: ClassVar[tuple[Service, ...]] = ("gateway", "api")
    holds: ClassVar[bool] = True
    for_: Duration = msgspec.field(name="for", default="1s")

    def pointless(self, on: Any) -> str | None:
        """Nobody sees that no time has passed."""
        return None if parse_duration(self.for_) else "it takes no time"

    def act(self, at: Conversation) -> None:
        """Leave the connection alone."""
        at.stop_reading(parse_duration(self.for_), f"for {self.for_}")
