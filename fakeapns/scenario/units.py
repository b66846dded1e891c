"""Quantities as people write them: `250ms`, `1h30m`, `16KiB`, `75ms..500ms`, `2..5`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

import msgspec

from ..errors import UsageError
from ..text import shown

#: Whole numbers, of which TOML and ledgers know those of 64 bits.
WHOLE = range(-(2**63), 2**63)

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024 * 1024}

#: The end of a pattern: in Python, unlike in a JSON Schema, `$` alone lets a newline follow.
END = r"(?!\n)$"
# Twelve digits are enough for everybody, and for no number that Python cannot take.
_DURATION = r"([0-9]{1,12}(\.[0-9]{1,12})?(ms|s|m|h|d)){1,5}"

DURATION_PATTERN = f"^{_DURATION}{END}"
DURATION_RANGE_PATTERN = rf"^{_DURATION}(\.\.{_DURATION})?{END}"
AGO_PATTERN = f"^-?{_DURATION}{END}"
FROM_NOW_PATTERN = f"^(0|-?{_DURATION}){END}"
RANGE_PATTERN = rf"^[0-9]{{1,12}}(\.\.([0-9]{{1,12}})?)?{END}"
NAME_PATTERN = f"^[0-9A-Za-z_-]{{1,64}}{END}"
BUDGET_PATTERN = f"^[0-9]{{1,12}}/{_DURATION}{END}"
SIZE_PATTERN = f"^[0-9]{{1,12}}(B|KiB|MiB){END}"

#: Text such as `250ms`, `1.5s`, `20m` or `1h30m`.
Duration = Annotated[
    str, msgspec.Meta(pattern=DURATION_PATTERN, description="a duration such as 250ms or 1h30m")
]
#: Text such as `10B` or `16KiB`.
Size = Annotated[str, msgspec.Meta(pattern=SIZE_PATTERN, description="a size such as 16KiB")]
#: Text such as `3/1h`: so many in any time that is so long.
Allowance = Annotated[
    str,
    msgspec.Meta(pattern=BUDGET_PATTERN, description="a number and a duration such as 3/1h"),
]
#: A number, or text such as `2..5` or `3..`.
Count = (
    Annotated[int, msgspec.Meta(ge=0)]
    | Annotated[str, msgspec.Meta(pattern=RANGE_PATTERN, description="a range such as 2..5 or 3..")]
)

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> float:
    """Seconds in `250ms`, `1.5s`, `20m` or `1h30m`. Raises `UsageError` without a unit."""
    if not isinstance(text, str) or not re.match(DURATION_PATTERN, text):
        raise UsageError(
            f"{shown(text)} is no duration: write a number and a unit, as in 250ms or 1.5s"
        )
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def expiration_of(text: str | None, now: float) -> int | None:
    """When something expires, in epoch seconds, that is said to in `1h` from `now` on, or `-1h`
    before; 0 for `0`, and None where nothing is said.
    """
    if text is None or text == "0":
        return None if text is None else 0
    seconds = parse_duration(text.removeprefix("-"))
    return int(now - seconds if text.startswith("-") else now + seconds)


def parse_size(text: str) -> int:
    """Bytes in `10B`, `16KiB` or `1MiB`. Raises `UsageError` without a unit."""
    if not isinstance(text, str) or not re.match(SIZE_PATTERN, text):
        raise UsageError(f"{shown(text)} is no size: write a number and a unit, as in 10B or 16KiB")
    number = text.rstrip("BKMi")
    return int(number) * _BYTES[text[len(number) :]]


class DurationRange(msgspec.Struct, frozen=True):
    """From `low` to `high` seconds; both equal for a fixed duration."""

    low: float
    high: float

    @classmethod
    def parse(cls, text: str) -> DurationRange:
        """`250ms` or `75ms..500ms`. Raises `UsageError`."""
        low, dots, high = str(text).partition("..")
        found = cls(parse_duration(low), parse_duration(high if dots else low))
        if found.high < found.low:
            raise UsageError(f"the range {text!r} runs backwards: write the smaller duration first")
        return found

    def at(self, fraction: float) -> float:
        """The duration that lies `fraction` (0 to 1) of the way from low to high."""
        return self.low + (self.high - self.low) * fraction


class Budget(msgspec.Struct, frozen=True):
    """So `many` in any `seconds` that follow each other."""

    many: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> Budget:
        """`3/1h`. Raises `UsageError`."""
        if not isinstance(text, str) or not re.match(BUDGET_PATTERN, text):
            raise UsageError(
                f"{shown(text)} is no budget: write a number and a duration, as in 3/1h"
            )
        many, _, time = text.partition("/")
        found = cls(int(many), parse_duration(time))
        if not found.seconds:
            raise UsageError(f"the budget {text!r} is for no time: write how long, as in 3/1h")
        return found


class CountRange(msgspec.Struct, frozen=True):
    """Whole numbers from `low` to `high`, both included; None is without end."""

    low: int
    high: int | None

    @classmethod
    # By type, too: to a cache True is the same as 1.
    @lru_cache(maxsize=1024, typed=True)
    def parse(cls, given: int | str) -> CountRange:
        """`3`, `"3"`, `"2..5"` or `"3.."`. Raises `UsageError`."""
        if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
            return cls(given, given)
        if not isinstance(given, str) or not re.match(RANGE_PATTERN, given):
            raise UsageError(f"{shown(given)} is no number or range: write 3, 2..5 or 3..")
        first, dots, last = given.partition("..")
        low = int(first)
        high = low if not dots else int(last) if last else None
        if high is not None and high < low:
            raise UsageError(f"the range {given!r} runs backwards: write the smaller number first")
        return cls(low, high)

    def __contains__(self, number: int) -> bool:
        return self.low <= number and (self.high is None or number <= self.high)
