"""Quantities as people write them: `250ms`, `1h30m`, `75ms..500ms`, `2..5`."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from .errors import UsageError

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_RANGE = re.compile(r"(\d+)(?:(\.\.)(\d+)?)?")


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> float:
    """Seconds in `250ms`, `1.5s`, `20m` or `1h30m`. Raises `UsageError` without a unit."""
    if not isinstance(text, str) or not _DURATION.fullmatch(text):
        raise UsageError(f"{text!r} is no duration: write a number and a unit, as in 250ms or 1.5s")
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


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


class CountRange(msgspec.Struct, frozen=True):
    """Whole numbers from `low` to `high`, both included; None is without end."""

    low: int
    high: int | None

    @classmethod
    def parse(cls, given: int | str) -> CountRange:
        """`3`, `"3"`, `"2..5"` or `"3.."`. Raises `UsageError`."""
        match = _RANGE.fullmatch(str(given))
        if match is None or isinstance(given, bool):
            raise UsageError(f"{given!r} is no number or range: write 3, 2..5 or 3..")
        low = int(match[1])
        high = low if match[2] is None else int(match[3]) if match[3] else None
        if high is not None and high < low:
            raise UsageError(f"the range {given!r} runs backwards: write the smaller number first")
        return cls(low, high)

    def __contains__(self, number: int) -> bool:
        return self.low <= number and (self.high is None or number <= self.high)
