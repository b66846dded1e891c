"""A server that takes no connection."""

from __future__ import annotations

from typing import ClassVar, Literal

from .at import Accepting
from .base import Fault
from .stages import Service, Stage


class Refuse(Fault, frozen=True, tag="refuse"):
    """No connection: `reset` or `close` right after TCP has connected, or `before-handshake`,
    once the client has sent its first bytes.
    """

    # Before the handshake: how an expired or bad certificate was answered where no alert came
    # (django-push-notifications #251, grocer #88, java-apns #251).
    stages: ClassVar[tuple[Stage, ...]] = ("accept",)
    services: ClassVar[tuple[Service, ...]] = ("gateway", "feedback", "api")
    how: Literal["reset", "close", "before-handshake"] = "reset"

    def act(self, at: Accepting) -> None:
        """Turn it away."""
        at.refuse(self.how)
