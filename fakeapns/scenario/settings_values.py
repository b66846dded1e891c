"""Values of settings: what may be written for them, and which do not go together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..errors import UsageError
from .problems import Problem
from .units import Budget, CountRange, DurationRange

#: What one text stands for a list of one in, and what adds up when it is set again and again.
LISTS = ("client_ca", "push_types", "without_broadcast")
#: What may be written as the number that it looks like.
VERSIONS = ("tls_minimum", "tls_maximum", "api_tls_minimum", "api_tls_maximum")
#: Texts of which a pattern alone does not say that they are right.
_PARSED: tuple[tuple[str, Callable[[Any], object]], ...] = (
    ("error_delay", DurationRange.parse),
    ("token_sizes", CountRange.parse),
    ("silent_budget", Budget.parse),
)


def combinations(given: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with values whose types are right. None stands for one that is not."""
    for name, parse in _PARSED:
        try:
            if given.get(name) is not None:
                parse(given[name])
        except UsageError as wrong:
            yield Problem((name,), str(wrong))
    for of_whom, newest in (("", "1.2"), ("api_", "1.3")):
        least, most = f"{of_whom}tls_minimum", f"{of_whom}tls_maximum"
        lowest, highest = given.get(least, "1.2"), given.get(most, newest)
        if lowest is not None and highest is not None and highest < lowest:
            yield Problem(
                (least,), f"{least} is {lowest} and {most} {highest}: raise the maximum too"
            )


def as_usage(problem: Problem) -> str:
    """A problem for somebody who has no file."""
    if problem.named:
        return str(problem)
    return f"setting {problem.path[0]}: {msgspec.structs.replace(problem, path=())}"


def plain(name: str, value: Any) -> Any:
    """The value as its field has it: files and callers have other ways to write some."""
    if name in LISTS:
        several = value if isinstance(value, list | tuple) else (value,)
        return tuple(str(each) if isinstance(each, Path) else each for each in several)
    if name in VERSIONS and isinstance(value, int | float):
        return str(value)
    return value
