"""Builders for what tests send: short names, sensible defaults."""

from __future__ import annotations

from collections.abc import Sequence

from fakeapns.protocol import encode_enhanced, encode_framed, encode_simple

TOPIC = "com.example.app"
TOKEN = bytes(range(32))
PAYLOAD = b'{"aps":{"alert":"Hi"}}'


def simple(token: bytes = TOKEN, payload: bytes = PAYLOAD) -> bytes:
    """A command 0 frame."""
    return encode_simple(token, payload)


def enhanced(
    identifier: int = 1, token: bytes = TOKEN, payload: bytes = PAYLOAD, expiration: int = 0
) -> bytes:
    """A command 1 frame."""
    return encode_enhanced(token, payload, identifier=identifier, expiration=expiration)


def framed(
    identifier: int | None = 1,
    token: bytes | None = TOKEN,
    payload: bytes | None = PAYLOAD,
    *,
    expiration: int | None = None,
    priority: int | None = None,
    order: Sequence[int] = (1, 2, 3, 4, 5),
) -> bytes:
    """A command 2 frame."""
    return encode_framed(
        token,
        payload,
        identifier=identifier,
        expiration=expiration,
        priority=priority,
        order=order,
    )


def raw_frame(body: bytes) -> bytes:
    """A command 2 frame with whatever body."""
    return b"\x02" + len(body).to_bytes(4, "big") + body


def numbered(number: int, size: int = 32) -> bytes:
    """A token that shows its number."""
    return number.to_bytes(size, "big")
