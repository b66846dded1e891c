"""A request that is a push, read as one."""

from __future__ import annotations

from typing import Protocol

import msgspec

from ...ledger import Moment
from ...protocol.http2 import Request
from ...push import Flaw, Push
from .asked import Asked
from .manner import Manner, flaws_of_own
from .routes import Route
from .rules import ApiRules
from .senders import Signed


class Sent(msgspec.Struct, frozen=True, gc=False):
    """A push, who has signed it, by which rules it is judged, and what its answer needs to know."""

    push: Push
    signed: Signed
    rules: ApiRules
    asked: Asked


def as_push(
    request: Request,
    manner: Manner,
    apns_id: str,
    *,
    connection: int,
    ordinal: int,
    topic: str | None,
    token_bytes: bytes = b"",
    token_text: str | None = None,
    flaws: tuple[Flaw, ...],
) -> Push:
    """A request with headers like these as a push, wherever it goes: `flaws` are what is wrong but
    for what is its own.
    """
    return Push(
        token_bytes=token_bytes,
        payload_bytes=request.body,
        topic=topic,
        connection=connection,
        ordinal=ordinal,
        expiration=manner.expiration,
        priority=manner.priority,
        service="api",
        stream=request.stream,
        push_type=manner.push_type,
        apns_id=apns_id,
        collapse_id=manner.collapse_id,
        channel=manner.channel,
        token_text=token_text,
        flaws=flaws + flaws_of_own(request, manner),
    )


class Reader(Protocol):
    """Reads the pushes of one connection that go to one place."""

    def read(self, request: Request, route: Route, ordinal: int, now: Moment) -> Sent:
        """This request, the `ordinal`th of its connection, as a push."""
