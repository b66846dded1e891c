"""A connection that is dead and looks alive."""

from __future__ import annotations

from typing import ClassVar

from ..units import Duration, parse_duration
from .at import Conversation
from .base import Fault
from .stages import Service, Stage


class Blackhole(Fault, frozen=True, tag="blackhole"):
    """Swallow everything from now on, or `after` a while, and answer nothing: no error, no FIN.

    A connection whose other end a firewall has forgotten looks like this.
    """

    # A firewall forgot idle connections after some two hours: the first notification vanished, then
    # came a reset (java-apns #214, PyAPNs #94). Behind some NATs it took 5 to 10 minutes (PushSharp
    # #231, apnserver #6). Providers that reconnect after 30 minutes (rpush) or an hour (node-apn)
    # lose that race now and then.
    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open")
    services: ClassVar[tuple[Service, ...]] = ("gateway", "api")
    after: Duration = "0ms"

    def act(self, at: Conversation) -> None:
        """Go silent for good."""
        at.swallow(parse_duration(self.after), f"after {self.after}")
