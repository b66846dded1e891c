"""Numbers in a TOML text that are longer than any: `tomllib` does not say where they stand.

TOML asks for 64 bits and for a refusal of what does not fit, and Python takes no more than 4,300
digits at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from .problems import Path, Problem
from .units import WHOLE

_DIGITS = re.compile(r"[0-9][0-9_]{1000,}")


def place_of_endless(text: str) -> int | None:
    """Where the first number begins that Python does not take; None if no number is to blame."""
    found = list(_DIGITS.finditer(text))
    for each in found:
        others = [other for other in found if other is not each]
        try:
            tomllib.loads(_without(text, others))
        except ValueError as wrong:
            if "digits" in str(wrong):
                return each.start()
    return None


def _without(text: str, numbers: list[re.Match[str]]) -> str:
    for each in reversed(numbers):
        text = f"{text[: each.start()]}0{text[each.end() :]}"
    return text


def too_large(given: Any, path: Path = ()) -> Iterator[Problem]:
    """Each whole number that has no room in 64 bits."""
    if isinstance(given, dict):
        for key, value in given.items():
            yield from too_large(value, (*path, key))
    elif isinstance(given, list):
        for position, value in enumerate(given):
            yield from too_large(value, (*path, position))
    elif isinstance(given, int) and given not in WHOLE:
        yield Problem(path, "the number is too large", ("what fits into 64 bits",))
