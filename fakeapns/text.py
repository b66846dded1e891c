"""Text that people see, and names that they have misspelt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches

#: Stands for a text without a character, which would be seen by nobody.
EMPTY = "(empty)"
#: What JSON may hold and a terminal should not see, or not every reader gets right.
_ODD_IN_JSON = re.compile(r"[^ -~\n]")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None where no one is near."""
    # Written large, or as Python has it, it is still that name; of two the one that is written so.
    plain: dict[str, list[str]] = {}
    for each in known:
        plain.setdefault(each.casefold(), []).append(each)
    near = get_close_matches(name.casefold(), plain, n=1)
    if not near:
        return None
    return (get_close_matches(name, plain[near[0]], n=1, cutoff=0.0) or plain[near[0]])[0]


def size_in_words(size: int) -> str:
    """So many bytes: `1 byte`, or `8,192 bytes`."""
    return "1 byte" if size == 1 else f"{size:,} bytes"


def within(text: str, most: int) -> str:
    """The text, or as much of it as fits into so many characters, and that it goes on."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def beginning(data: bytes, most: int) -> str:
    """The same of bytes that should be UTF-8, however many they are."""
    # A character has four of them at most.
    return within(data[: 4 * (most + 1)].decode("utf-8", "replace"), most)


def printable(text: str) -> str:
    """The text on one line, without what would move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def readable(text: str) -> str:
    """Lines of text, each as `printable` has it: what is said of names, scenarios and ledgers of
    other people may be shown as it is then.
    """
    return "\n".join(map(printable, text.split("\n")))


def unwritable(given: object) -> str | None:
    """Why Python cannot write this down, in words; None if it can."""
    try:
        repr(given)
    except ValueError:
        return "it has a number of too many digits"
    except RecursionError:
        return "it is nested too deeply"
    return None


def shown(given: object) -> str:
    """What somebody gave us as a sentence shows it: in short. Of what Python cannot write down, as
    a number of too many digits, the kind will do.
    """
    try:
        text = repr(given)
    except (ValueError, RecursionError):
        text = (
            "the number" if isinstance(given, int) else f"what was given as {type(given).__name__}"
        )
    return within(text, 60)


def encodable(text: str) -> str:
    """The text with what no UTF-8 can hold escaped: names of files can be any bytes."""
    return text.encode("utf-8", "backslashreplace").decode()


def ascii_json(text: str) -> str:
    """JSON with what is not ASCII, and control characters, escaped in its strings; between them
    there are only blanks, which become spaces, and line breaks, which stay.
    """
    return _ODD_IN_JSON.sub(lambda each: " " if each[0] < " " else json.dumps(each[0])[1:-1], text)
