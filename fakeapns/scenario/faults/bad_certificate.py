"""A server that is not Apple."""

from __future__ import annotations

from typing import ClassVar, Literal

from .at import Handshaking
from .base import Fault
from .stages import Service, Stage


class BadCertificate(Fault, frozen=True, tag="bad_certificate"):
    """Present a server certificate that is `expired`, from an `untrusted` CA, or for the
    `wrong-host`. Who does not check it sends to somebody who is not Apple: all is discarded.
    """

    stages: ClassVar[tuple[Stage, ...]] = ("handshake",)
    services: ClassVar[tuple[Service, ...]] = ("gateway", "feedback")
    how: Literal["expired", "untrusted", "wrong-host"] = "untrusted"

    def act(self, at: Handshaking) -> None:
        """Present it."""
        at.present(self.how)
