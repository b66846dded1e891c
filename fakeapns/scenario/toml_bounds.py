"""Keys and lists in a TOML text that go on and on, which is where `tomllib` does not: for a key
of 50,000 parts it takes gigabytes, and some depth of lists is too much for Python's own stack.
"""

from __future__ import annotations

import re

#: Parts of a key, and lists and tables within each other: no scenario needs more than four.
MOST_PARTS, DEEPEST = 100, 100

# Whatever is not closed goes on to the end of its line, or of the text.
_BASIC = r'"(?:[^"\\\n]|\\.)*+"?'
_LITERAL = r"'[^'\n]*+'?"
_PART = rf"(?:[A-Za-z0-9_-]++|{_BASIC}|{_LITERAL})"
_TOKEN = re.compile(
    rf"""
    \#[^\n]*+
    | \"""(?:[^"\\]|\\[\s\S]|"(?!""))*+(?:"{{3,5}}|\\?\Z)
    | '''(?:[^']|'(?!''))*+(?:'{{3,5}}|\Z)
    | (?P<key>{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)
    | (?P<opened>[\[{{])
    | (?P<closed>[\]}}])
    """,
    re.VERBOSE,
)
_IN_KEY = re.compile(_PART)


def place_of_long_key(text: str) -> tuple[int, int] | None:
    """Where the first key begins that has more than `MOST_PARTS`, and how many those are. The text
    need not be sound.
    """
    for each in _TOKEN.finditer(text):
        # A part and its dot are two characters.
        if each["key"] is not None and len(each["key"]) > 2 * MOST_PARTS:
            parts = sum(1 for _ in _IN_KEY.finditer(each["key"]))
            if parts > MOST_PARTS:
                return each.start(), parts
    return None


def place_too_deep(text: str) -> int | None:
    """Where the first list or table begins, in a sound text, that is within `DEEPEST` others."""
    depth = 0
    for each in _TOKEN.finditer(text):
        depth += (each["opened"] is not None) - (each["closed"] is not None)
        if depth > DEEPEST:
            return each.start()
    return None
