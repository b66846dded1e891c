"""A payload's JSON: read whatever the bytes are, and in words what keeps them from being read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

#: The depth at which Apple's own JSON reader gives up ("Too many nested arrays or dictionaries",
#: NSJSONSerialization), so deeper is as good as no JSON to every device.
MAX_DEPTH = 512

# Possessive and content without a closing quote, so that it is linear on hostile bytes.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)

#: Escapes, of which a surrogate that is no part of a pair is the group.
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|u([dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_TRUNCATED = "Input data was truncated"
#: What is JSON by its grammar, which knows no size of numbers and lets a string have half a pair
#: (RFC 8259, sections 6 and 8.2). Python takes integers of up to 4,300 digits.
_TOO_LARGE = {
    "Number out of range": "has a number too large for any float",
    "Integer value out of range": "has a number of too many digits to be read",
}


def parse_payload(payload: bytes) -> Any:
    """The payload's JSON, as objects, lists and numbers of Python.

    Raises `ValueError` where there is none that can be read. What it says is to follow the name of
    what it is said of: `has …`, `is …`.
    """
    if _depth(payload) > MAX_DEPTH:
        raise ValueError(f"is nested deeper than {MAX_DEPTH} levels, where Apple's reader gives up")
    try:
        return msgspec.json.decode(payload.decode())
    except UnicodeDecodeError as wrong:
        raise ValueError(f"is not JSON: {_not_utf8(payload, wrong.start)}") from None
    except RecursionError:
        # Within the limit, but the caller's own stack has left too little of Python's.
        raise ValueError("is nested too deeply to be read from here") from None
    except msgspec.MsgspecError as wrong:
        raise ValueError(_in_words(payload, str(wrong))) from None


def _depth(payload: bytes) -> int:
    if payload.count(b"[") + payload.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for byte in _STRINGS.sub(b"", payload):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _not_utf8(payload: bytes, at: int) -> str:
    found = payload[at : at + 3]
    # As Java's modified UTF-8 and CESU-8 have an emoji: each half of its pair by itself.
    if found[:1] == b"\xed" and found[1:2] >= b"\xa0":
        return f"not UTF-8 at byte {at}: {found.hex(' ')} is half of a surrogate pair"
    return f"not UTF-8 at byte {at}"


def _in_words(payload: bytes, said: str) -> str:
    """What the decoder has said, unless more can be told."""
    too_large = _TOO_LARGE.get(said.partition(" - at ")[0])
    if too_large is not None:
        return too_large
    if said == _TRUNCATED or "surrogate" in said:
        half = _half_a_pair(payload)
        if half is not None:
            return half
    return f"is not JSON: {_why_not(payload, said)}"


def _why_not(payload: bytes, said: str) -> str:
    if payload.startswith(b"\xef\xbb\xbf"):
        return "it begins with a byte order mark (ef bb bf): leave that out"
    if payload[:2] in (b"{\x00", b"\x00{"):
        return "it is UTF-16: encode it as UTF-8"
    if said == _TRUNCATED:
        return "truncated, it ends inside its JSON"
    return said.removeprefix("JSON is malformed: ")


def _half_a_pair(payload: bytes) -> str | None:
    """Where a surrogate stands alone, unless the payload ends before its other half could come."""
    for escape in _ESCAPES.finditer(payload):
        if escape[1] is not None:
            rest = payload[escape.end() :]
            if len(rest) < len(r"\udc00") and b'"' not in rest:
                return None
            return (
                f"has half of a surrogate pair, \\u{escape[1].decode()} at byte {escape.start()}, "
                "as left by cutting a text inside an emoji"
            )
    return None


def contains(whole: Any, part: Any) -> bool:
    """Whether every nested key of `part` is in `whole` with an equal value.

    Lists are equal as a whole, or not at all.
    """
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            key in whole and contains(whole[key], value) for key, value in part.items()
        )
    # Python holds True equal to 1; a test that means one of them does not.
    return bool(whole == part) and isinstance(whole, bool) == isinstance(part, bool)
