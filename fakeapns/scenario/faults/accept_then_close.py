"""A connection that is closed as soon as it stands."""

from __future__ import annotations

from typing import ClassVar

from ..units import Duration
from .at import Open
from .base import Fault
from .stages import Service, Stage


class AcceptThenClose(Fault, frozen=True, tag="accept_then_close"):
    """A fine handshake, then a close without a byte: what a certificate of the wrong
    environment gets.
    """

    # node-apn 1.7.8 trusts no connection before it is 100 ms old, because of this. Without such a
    # pause it is an endless loop of connect and close (pushy #205), or rpush's "disconnected before
    # any notifications could be delivered".
    stages: ClassVar[tuple[Stage, ...]] = ("open",)
    services: ClassVar[tuple[Service, ...]] = ("gateway", "feedback", "api")
    # It has a key of that name, and acts as the connection opens.
    senseless: ClassVar[frozenset[str]] = frozenset({"after"})
    after: Duration = "0ms"

    def act(self, at: Open) -> None:
        """Close."""
        at.end(f"after {self.after}", delay=self.after)
