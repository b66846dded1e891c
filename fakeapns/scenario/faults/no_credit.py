"""A server that gives no credit for bodies."""

from __future__ import annotations

from typing import ClassVar

from .at import Exchange
from .base import Fault
from .stages import Service, Stage
from .values import Bytes, bytes_in


class NoCredit(Fault, frozen=True, tag="no_credit"):
    """Give no more credit (WINDOW_UPDATE) once `after` so many bytes have come: bodies stall.

    Behind 65,535 bytes of bodies a client can send no more of any.
    """

    # "Request bodies count against the connection window of 65,535 bytes" (RFC 9113, 6.9). A client
    # that hands bodies over without looking at the window waits for ever, or fails the connection.
    stages: ClassVar[tuple[Stage, ...]] = ("open",)
    services: ClassVar[tuple[Service, ...]] = ("api",)
    after: Bytes = "0B"

    def act(self, at: Exchange) -> None:
        """Say no WINDOW_UPDATE."""
        at.give_no_credit(bytes_in(self.after))
