"""A fair part of more than can be drawn."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Sample(Generic[T]):
    """At most so many of what is added, kind by kind every nth.

    Where there are too many, the kind with the most is halved, so what is rare stays whole.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kinds: dict[str, _Kind[T]] = {}
        self._kept = self._added = 0

    def add(self, kind: str, item: T) -> None:
        """Take one more of this kind."""
        self._added += 1
        self._kept += self._kinds.setdefault(kind, _Kind()).add(item)
        if self._kept > self._most:
            self._kept -= max(self._kinds.values(), key=lambda each: len(each.items)).halve()

    @property
    def items(self) -> list[T]:
        """What was kept, kind by kind."""
        return [item for kind in self._kinds.values() for item in kind.items]

    @property
    def left_out(self) -> int:
        """How many were not."""
        return self._added - self._kept


class _Kind(Generic[T]):
    """Every nth of one kind."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self._every = 1
        self._added = 0

    def add(self, item: T) -> int:
        """How many more are kept."""
        kept = self._added % self._every == 0
        if kept:
            self.items.append(item)
        self._added += 1
        return kept

    def halve(self) -> int:
        """How many fewer are kept."""
        before = len(self.items)
        self.items = self.items[::2]
        self._every *= 2
        return before - len(self.items)
