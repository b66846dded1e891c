"""A request that is a push, read as one."""

from __future__ import annotations

from typing import Protocol

import msgspec

from ...ledger import Moment
from ...protocol.http2 import Request
from ...push import Push
from .asked import Asked
from .routes import Route
from .rules import ApiRules
from .sender import Signed


class Sent(msgspec.Struct, frozen=True, gc=False):
    """A push, who has signed it, by which rules it is judged, and what its answer needs to know."""

    push: Push
    signed: Signed
    rules: ApiRules
    asked: Asked


class Reader(Protocol):
    """Reads the pushes of one connection that go to one place."""

    def read(self, request: Request, route: Route, ordinal: int, now: Moment) -> Sent:
        """This request, the `ordinal`th of its connection, as a push."""
