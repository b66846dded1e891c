"""Numbers and verbs as sentences want them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

#: How many of a list are named.
_SHOWN = 4


def ranges(positions: Iterable[int]) -> Iterator[str]:
    """Positions as numbers, in runs."""
    start = last = None
    for position in sorted(positions):
        if last is not None and position == last + 1:
            last = position
            continue
        if start is not None and last is not None:
            yield _range(start, last)
        start = last = position
    if start is not None and last is not None:
        yield _range(start, last)


def _range(start: int, last: int) -> str:
    return str(start + 1) if start == last else f"{start + 1} to {last + 1}"


def listed(texts: Iterable[str]) -> str:
    """The first few, and that there are more."""
    known = list(texts)
    more = len(known) - _SHOWN
    return ", ".join(known[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def connections(numbers: Sequence[int]) -> str:
    """Connections by number."""
    which = listed(str(number) for number in numbers)
    return f"connection {which}" if len(numbers) == 1 else f"connections {which}"


def its(positions: Sequence[int]) -> str:
    """Its, or their."""
    return "its" if len(positions) == 1 else "their"


def was(positions: Sequence[int]) -> str:
    """Was, or were."""
    return "was" if len(positions) == 1 else "were"
