"""Numbers and verbs as sentences want them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from ...scenario.faults import Service

#: Reason and sentence. A reason of "" is that of all others, None says that it only adds to one.
Told = tuple[str | None, str]

#: How many of a list are named.
_SHOWN = 4
_NUMBERS = re.compile(r"\d+")


def ranges(positions: Iterable[int]) -> Iterator[str]:
    """Positions as numbers, in runs."""
    return runs(each + 1 for each in positions)


def runs(numbers: Iterable[int]) -> Iterator[str]:
    """Numbers, those that follow each other together."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][-1] + 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return (" to ".join(map(str, each)) for each in found)


def listed(texts: Iterable[str], between: str = ", ") -> str:
    """The first few, and that there are more."""
    known = list(texts)
    more = len(known) - _SHOWN
    return between.join(known[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def connections(numbers: Sequence[int]) -> str:
    """Connections by number."""
    which = listed(runs(numbers))
    return f"connection {which}" if len(numbers) == 1 else f"connections {which}"


def alike(text: str) -> str:
    """What texts have in common that differ in numbers alone, as a moment or a length."""
    return _NUMBERS.sub("#", text)


def its(many: Sequence[int]) -> str:
    """Its, or their."""
    return "its" if len(many) == 1 else "their"


def they(many: Sequence[int]) -> str:
    """It, or they."""
    return "it" if len(many) == 1 else "they"


def them(many: Sequence[int]) -> str:
    """It, or them."""
    return "it" if len(many) == 1 else "them"


def were(many: Sequence[int]) -> str:
    """Was, or were."""
    return "was" if len(many) == 1 else "were"


def service_in_words(services: Collection[Service]) -> str:
    """Who takes pushes, with an article: of several, or of none that is known, both."""
    names = {"gateway": "the gateway", "api": "the provider API"}
    return " or ".join(names[each] for each in names if each in services or len(services) != 1)
