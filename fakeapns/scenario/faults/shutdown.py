"""Maintenance on Apple's side."""

from __future__ import annotations

from typing import ClassVar

from .at import Frames
from .base import Fault
from .stages import Stage
from .values import Delay


class Shutdown(Fault, frozen=True, tag="shutdown"):
    """Go away for maintenance: status 10 with the identifier of the last accepted one."""

    # In Apple's document since April 2013, on the wire since January (node-apn #76). pushy counts
    # the named one as accepted, as the document has it; node-apn 1.7.8, java-apns and rpush 7.0.1
    # report it as failed, and airnotifier stopped with an exception.
    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open")
    delay: Delay | None = None

    def act(self, at: Frames) -> None:
        """Say goodbye, and close."""
        at.go_away(self.delay)
