"""Stories that are not green, by what they are red for: what turns most of them green first."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .cause import Cause
from .result import TrialResult
from .verdict import NOT_PLAYED


class Group(msgspec.Struct, frozen=True):
    """All that have a cause in common, in their order."""

    cause: Cause
    results: tuple[TrialResult, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """What people call them."""
        return tuple(each.trial.label for each in self.results)

    @property
    def alone(self) -> tuple[TrialResult, ...]:
        """Those that have no other cause: green, if this one were gone."""
        return tuple(each for each in self.results if len(each.causes) == 1)

    @property
    def gain(self) -> int:
        """How many would turn green. One that was not played is nothing to be mended."""
        return sum(each.verdict != NOT_PLAYED for each in self.alone)


def groups(results: Iterable[TrialResult]) -> list[Group]:
    """A group for each cause; first what turns most green, of equals what concerns most."""
    found: dict[tuple[str, ...], tuple[Cause, list[TrialResult]]] = {}
    for result in results:
        for cause in result.causes:
            found.setdefault(cause.key, (cause, []))[1].append(result)
    made = [Group(cause, tuple(having)) for cause, having in found.values()]
    return sorted(made, key=_rank)


def _rank(group: Group) -> tuple[bool, int, int]:
    played = any(each.verdict != NOT_PLAYED for each in group.results)
    return not played, -group.gain, -len(group.results)
