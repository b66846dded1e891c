"""A handshake that takes its time."""

from __future__ import annotations

from typing import Any, ClassVar

from .at import Handshaking
from .base import Fault
from .stages import Service, Stage
from .values import Seconds, seconds_in


class SlowHandshake(Fault, frozen=True, tag="slow_handshake"):
    """Take so many `seconds`, a number or a duration, before the handshake begins."""

    # Ours: no report of one. A provider that connects anew after each error waits so long each
    # time.
    stages: ClassVar[tuple[Stage, ...]] = ("handshake",)
    services: ClassVar[tuple[Service, ...]] = ("gateway", "feedback", "api")
    seconds: Seconds = 3

    def pointless(self, on: Any) -> str | None:
        """Nobody sees that no time has passed."""
        return None if seconds_in(self.seconds) else "it takes no time"

    def act(self, at: Handshaking) -> None:
        """Wait."""
        told = self.seconds if isinstance(self.seconds, str) else f"{self.seconds} seconds"
        at.wait(seconds_in(self.seconds), told)
