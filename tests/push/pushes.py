"""Builders of pushes: short names, sensible defaults."""

from __future__ import annotations

from typing import Any

from fakeapns.push.push import Push

from ..frames import PAYLOAD, TOKEN, TOPIC


def push(token: bytes = TOKEN, payload: bytes = PAYLOAD, **fields: Any) -> Push:
    """A push that is fine, with an identifier, as command 2 has it."""
    usual: dict[str, Any] = {
        "topic": TOPIC,
        "connection": 1,
        "ordinal": 1,
        "command": 2,
        "identifier": 42,
    }
    return Push(token_bytes=token, payload_bytes=payload, **(usual | fields))
