"""A push before anything is decided about it, and what it shares with its record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import msgspec

from ..scenario.faults import Service
from .payload import contains, parse_payload
from .refusal import Flaw
from .token import Token, parse_token


class Readable:
    """Token and payload as people look at them, of whatever has their bytes and a topic."""

    __slots__ = ()

    token_bytes: bytes
    payload_bytes: bytes
    topic: str | None

    @property
    def token(self) -> str:
        """The device token in lower-case hex, as people store it."""
        return self.token_bytes.hex()

    @property
    def payload(self) -> Any:
        """The payload's JSON as Python objects, or None where there is none that can be read."""
        try:
            return parse_payload(self.payload_bytes)
        except ValueError:
            return None

    def matches(
        self,
        token: Token | None = None,
        topic: str | None = None,
        payload: Any = None,
        where: Callable[[Self], object] | None = None,
    ) -> bool:
        """Whether all that is given holds. `payload` is a subset: see `contains`.

        `token` is hex, bytes or a device; raises `UsageError` for one that is none.
        """
        return (
            (token is None or self.token_bytes == parse_token(token))
            and (topic is None or self.topic == topic)
            and (payload is None or contains(self.payload, payload))
            and (where is None or bool(where(self)))
        )


class Push(Readable, msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What a front makes of what a provider sent, and all that a `where` sees.

    `topic` is the app that it is meant for, None where nothing says. `ordinal` is its number
    on its connection, from 1. `command` and `identifier` are those of the gateway, `stream`,
    `push_type`, `apns_id`, `collapse_id` and `channel` (of a broadcast, which has no token) those
    of the provider API, None elsewhere; a token that is no hex stands in `token_text` as it came
    there, and `token_bytes` is empty. `expiration` is in epoch seconds, as it was sent (negative
    only with the setting `signed_expiry`). `flaws` are what its service has found wrong with it
    already.
    """

    token_bytes: bytes
    payload_bytes: bytes
    topic: str | None
    connection: int
    ordinal: int
    command: int | None = None
    identifier: int | None = None
    expiration: int | None = None
    priority: int | None = None
    service: Service = "gateway"
    stream: int | None = None
    push_type: str | None = None
    apns_id: str | None = None
    collapse_id: str | None = None
    channel: str | None = None
    token_text: str | None = None
    flaws: tuple[Flaw, ...] = ()

    @property
    def token(self) -> str:
        """The device token in lower-case hex, or what was to be one."""
        return self.token_bytes.hex() if self.token_text is None else self.token_text

    @property
    def addressee(self) -> bytes:
        """Whom it is for: the bytes of its token, or of what was to be one, or of the id of its
        channel.
        """
        text = self.token_text if self.channel is None else self.channel
        return self.token_bytes if text is None else text.encode()
