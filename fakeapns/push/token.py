"""Device tokens as people write and read them."""

from __future__ import annotations

import re
from typing import Any, Protocol

from ..errors import UsageError
from ..text import shown


class HasToken(Protocol):
    """What a token can be taken from: a device, a notification, a push."""

    @property
    def token_bytes(self) -> bytes:
        """The token as it goes over the wire."""
        ...


#: A device token as tests may give it: hex, bytes, or what has one.
Token = str | bytes | HasToken

_TOKEN_NOISE = re.compile(r"[\s<>:-]")


def short_token(token: str) -> str:
    """Enough of a token (hex) to tell it from others: its head, or its tail behind zeros."""
    if not token:
        return "(none)"
    if len(token) <= 8:
        return token
    return f"…{token[-8:]}" if len(set(token[:8])) == 1 else f"{token[:8]}…"


def parse_token(given: Token) -> bytes:
    """The token's bytes, from bytes, from a device, or from hex with what people's logs put
    between the digits.

    Raises `UsageError` for anything else.
    """
    token: Any = getattr(given, "token_bytes", given)
    if isinstance(token, bytes):
        return token
    try:
        # Spaces are fine with Python; the brackets around a printed NSData are not.
        return bytes.fromhex(token)
    except (TypeError, ValueError):
        pass
    try:
        return bytes.fromhex(_TOKEN_NOISE.sub("", token))
    except (TypeError, ValueError):
        raise UsageError(
            f"{shown(token)} is no device token: write an even number of hex digits, or give a "
            "device"
        ) from None
