"""A server that does not begin as HTTP/2 has it."""

from __future__ import annotations

from typing import ClassVar, Literal

from .at import Exchange
from .base import Fault
from .stages import Service, Stage


class NoSettings(Fault, frozen=True, tag="no_settings"):
    """Say no SETTINGS first: `nothing` instead, or a `goaway`."""

    # SETTINGS are the first thing that a server says (RFC 9113, 3.4). Ours: what is between may be
    # about to go, and a client that waits for SETTINGS needs a patience.
    stages: ClassVar[tuple[Stage, ...]] = ("open",)
    services: ClassVar[tuple[Service, ...]] = ("api",)
    # It acts as the connection opens.
    senseless: ClassVar[frozenset[str]] = frozenset({"after", "idle"})
    instead: Literal["nothing", "goaway"] = "nothing"

    def act(self, at: Exchange) -> None:
        """Leave them out."""
        at.say_no_settings(goaway=self.instead == "goaway")
