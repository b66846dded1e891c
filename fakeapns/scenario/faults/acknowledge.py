"""The answer that the binary gateway never gave."""

from __future__ import annotations

from typing import Any

from .at import Frames
from .base import Fault


class Acknowledge(Fault, frozen=True, tag="acknowledge"):
    """Answer an accepted notification with status 0, and stay open.

    The protocol that people wished for; some clients believe that it is the real one.
    """

    # Apple's table has it, "no errors encountered" (Binary Provider API, A-4); nobody reported one.
    def pointless(self, on: Any) -> str | None:
        """What is never answered cannot be answered well."""
        return "command 0 is never answered" if on.command == 0 else None

    def act(self, at: Frames) -> None:
        """Answer the push at hand."""
        at.acknowledge()
