"""Device tokens, as scenarios have them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from .units import END

#: Bytes that a token has at most (Binary Provider API, editions since about 2016).
LONGEST_TOKEN = 100

HexToken = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^([0-9A-Fa-f]{{2}}){{1,{LONGEST_TOKEN}}}{END}",
        description=f"1 to {LONGEST_TOKEN} pairs of hex digits",
    ),
]


def in_hex(given: Any) -> Any:
    """A token as a file has it, from bytes or from what has one, such as a device."""
    raw = getattr(given, "token_bytes", given)
    return raw.hex() if isinstance(raw, bytes) else raw


def in_full(token: str) -> bytes:
    """The bytes of a token in hex: two digits stand for that byte 32 times."""
    given = bytes.fromhex(token)
    return given * 32 if len(given) == 1 else given
