"""Messages that come again and again: told now and then, with their number."""

from __future__ import annotations

#: Seconds after which one that still comes is told again.
SILENCE = 60.0
#: Different messages that are remembered.
MOST = 1000


class Repeats:
    """Counts messages by their text."""

    def __init__(self) -> None:
        # How often, how often when it was told, and when that was.
        self._known: dict[str, tuple[int, int, float]] = {}

    def count(self, text: str, now: float) -> int:
        """How often this has come now, or 0 if that need not be told: the 1st, 10th, 100th and so
        on are, and one each minute. `now` is in seconds, since whenever.
        """
        times, told, when = self._known.get(text, (0, 0, now))
        times += 1
        if str(times).strip("0") == "1" or now - when >= SILENCE:
            told, when = times, now
        if text not in self._known and len(self._known) >= MOST:
            self._known.clear()
        self._known[text] = times, told, when
        return times if told == times else 0

    def untold(self) -> list[tuple[str, int]]:
        """What has come since it was last told, with how often it came in all."""
        return [(text, times) for text, (times, told, _) in self._known.items() if told < times]
