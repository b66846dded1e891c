"""A server that answers no PING."""

from __future__ import annotations

from typing import ClassVar

from .at import Exchange
from .base import Fault
from .stages import Service, Stage


class DeafPing(Fault, frozen=True, tag="deaf_ping"):
    """Acknowledge no PING, and do all else as ever."""

    # Who looks after idle connections by PING ("PING after an hour idle": Sending notification
    # requests to APNs) takes such a connection for dead, and has to open another.
    stages: ClassVar[tuple[Stage, ...]] = ("open",)
    services: ClassVar[tuple[Service, ...]] = ("api",)

    def act(self, at: Exchange) -> None:
        """Leave out what would acknowledge it."""
        at.ignore_pings()
