"""Which of several failures is told: one exception, and the one that says most."""

from __future__ import annotations

from ..errors import FakeAPNsError


def most_telling(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one exception in a group, or what we have a sentence for, or the group."""
    explained = group.subgroup(FakeAPNsError)
    inner = (explained or group).exceptions
    if len(inner) > 1 and explained is None:
        return group
    return most_telling(inner[0]) if isinstance(inner[0], BaseExceptionGroup) else inner[0]
