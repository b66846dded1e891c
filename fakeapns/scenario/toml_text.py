"""From a TOML text to what it holds, or to the first mistake and where it stands."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from ..errors import ScenarioError
from .toml_bounds import DEEPEST, MOST_PARTS, place_of_long_key, place_too_deep
from .toml_numbers import place_of_endless
from .toml_places import Place

_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def end_of(text: str) -> Place:
    """The place right behind a text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """What it holds. Raises `ScenarioError`; `file` is what that says."""
    long = place_of_long_key(text)
    if long is not None:
        what = f"the key has {long[1]:,} parts; allowed: up to {MOST_PARTS}"
        raise _wrong(file, end_of(text[: long[0]]), what)
    try:
        given = tomllib.loads(text)
        deep = place_too_deep(text)
    except RecursionError:
        deep = place_too_deep(text) or 0
    except ValueError as wrong:
        endless = place_of_endless(text, wrong)
        if endless is not None:
            what = "the number is too large; allowed: what fits into 64 bits"
            raise _wrong(file, end_of(text[:endless]), what) from None
        found = _TOML_PLACE.search(str(wrong))
        place = (int(found[1]), int(found[2])) if found else end_of(text)
        what = _TOML_PLACE.sub("", str(wrong)).removesuffix(" (at end of document)")
        raise _wrong(file, place, f"is not TOML: {what}") from None
    if deep is not None:
        what = f"too many lists and tables within each other; allowed: {DEEPEST}"
        raise _wrong(file, end_of(text[:deep]), what)
    return given


def _wrong(file: str, place: Place, what: str) -> ScenarioError:
    line, column = place
    return ScenarioError(f"{file}:{line}:{column}: {what}")
