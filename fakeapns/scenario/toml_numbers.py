"""Numbers in a TOML text that are longer than any: `tomllib` does not say where they stand.

TOML asks for 64 bits and for a refusal of what does not fit, and Python takes no more than 4,300
digits at once.
"""

from __future__ import annotations

import re
import sys
import tomllib
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from .problems import Path, Problem, too_large
from .units import WHOLE


def place_of_endless(text: str, wrong: Exception) -> int | None:
    """Where the first number begins that Python does not take; None if that is not what was
    `wrong` with the text.
    """
    # What is no TOML is an error of its own, and so are lists a thousand deep.
    if isinstance(wrong, tomllib.TOMLDecodeError | RecursionError):
        return None
    # The numbers, or what looks like some in texts and remarks, each to its end: a cut that made
    # 1 of 1.5 would make a whole number of it, which must be shorter.
    limit = sys.get_int_max_str_digits()
    found = list(re.finditer(rf"(?<![0-9_])[0-9_]{{{limit},}}[\w.+-]*", text))
    # Up to the one to blame all is well, from there on nothing is: so a few cuts tell.
    blamed = bisect_left(found, True, key=lambda each: _has_endless(text[: each.end()]))
    return found[blamed].start() if blamed < len(found) else None


def _has_endless(text: str) -> bool:
    """Whether reading comes upon a number that Python does not take before anything else."""
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    except ValueError:
        return True
    return False


def all_too_large(given: Any, path: Path = ()) -> Iterator[Problem]:
    """Each whole number that has no room in 64 bits."""
    if isinstance(given, dict):
        for key, value in given.items():
            yield from all_too_large(value, (*path, key))
    elif isinstance(given, list):
        for position, value in enumerate(given):
            yield from all_too_large(value, (*path, position))
    elif isinstance(given, int) and given not in WHOLE:
        yield too_large(path)
