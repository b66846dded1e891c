"""Keys that a JSON object has more than once.

RFC 8259 (section 4) leaves open which of them counts: Python and msgspec take the last, others the
first. Parsed, nothing is left of it, so it is looked for in the text.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

#: More are not told.
_MOST = 5

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]:]', re.DOTALL)
# Where a key ends; an escaped quote inside a string may look the same.
_KEYS = re.compile(rb'"[ \t\r\n]*:')


def has_repeated_keys(payload: bytes, content: Any) -> bool:
    """Whether a payload that has been parsed to `content` has a key twice in one object."""
    # Each key has a colon behind it, and there may be more of these, in strings: if there are
    # no more than keys that are left, none was repeated. The scan is for the few others.
    left = _size(content)
    return (
        payload.count(b":") != left
        and len(_KEYS.findall(payload)) != left
        and bool(repeated_keys(payload))
    )


def _size(content: Any) -> int:
    """How many keys there are, at whatever depth."""
    size, todo = 0, [content]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            size += len(each)
            each = each.values()
        elif not isinstance(each, list):
            continue
        todo += [inner for inner in each if type(inner) is dict or type(inner) is list]
    return size


def repeated_keys(payload: bytes) -> list[str]:
    """The dotted paths of keys that are there more than once, the first few, of sound JSON."""
    found: dict[str, None] = {}
    # Of each level the keys that it has had, and the one that is at hand: none in a list.
    levels: list[tuple[set[str], list[str]]] = []
    text = b""
    for token in _TOKENS.findall(payload):
        match token:
            case b"{" | b"[":
                levels.append((set(), []))
            case b"}" | b"]":
                levels.pop()
            case b":":
                seen, at_hand = levels[-1]
                at_hand[:] = [msgspec.json.decode(text)]
                if at_hand[0] in seen:
                    found[".".join(key for _, keys in levels for key in keys)] = None
                    if len(found) == _MOST:
                        break
                seen.add(at_hand[0])
            case _:
                text = token
    return list(found)
