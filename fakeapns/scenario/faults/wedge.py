"""A connection that says no to everything."""

from __future__ import annotations

from typing import ClassVar

from .at import Exchange
from .base import Fault
from .reject import ReasonName
from .stages import Service


class Wedge(Fault, frozen=True, tag="wedge"):
    """Refuse this notification, and whatever else comes on its connection, with one `reason`.

    On another connection all is well: "500 until reconnected".
    """

    # In November 2016 a connection with a token answered 500 to everything until the provider
    # opened another (node-apn #463).
    services: ClassVar[tuple[Service, ...]] = ("api",)
    decides: ClassVar[bool] = True
    reason: ReasonName = "InternalServerError"

    def act(self, at: Exchange) -> None:
        """Refuse everything from now on."""
        at.refuse_everything(self.reason)
