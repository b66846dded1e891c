"""What became of notifications on devices, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ...scenario import Fates
from ..deliveries import Delivery


class Landed:
    """Takes deliveries in order. One that waits counts as `stored` until more is known of it."""

    def __init__(self) -> None:
        self._ended: Counter[str] = Counter()
        self._waiting: set[tuple[int, int]] = set()
        #: Why, in words, by fate: of the first.
        self.why: dict[str, str] = {}

    def take(self, entry: Delivery) -> None:
        """Note one."""
        which = entry.notification, entry.device
        self.why.setdefault(entry.fate, entry.detail)
        if entry.fate == "stored":
            self._waiting.add(which)
            return
        self._waiting.discard(which)
        self._ended[entry.fate] += 1
        self._ended["shown"] += entry.shown is not None

    @property
    def numbers(self) -> Mapping[str, int]:
        """How many ended in which way, and how many came to a screen."""
        return {**self._ended, "stored": len(self._waiting)}


def missed(expected: Fates, numbers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Each fate of which there are too many or too few, and a sentence."""
    for fate, bounds in expected.bounds:
        found = numbers.get(fate, 0)
        if found not in bounds:
            least = f"{bounds.low}" if bounds.high == bounds.low else f"{bounds.low} or more"
            if bounds.high not in (None, bounds.low):
                least = f"{bounds.low} to {bounds.high}"
            yield fate, f"on devices {fate} {found}, expected {least}"
