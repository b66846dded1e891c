"""The budget of an app for silent pushes."""

from __future__ import annotations

from ...scenario import Budget


class Spent:
    """What one app on one phone has used of its `budget`; None is without limit."""

    def __init__(self, budget: Budget | None) -> None:
        self._budget = budget
        #: When each was, in epoch seconds, as far as it may still count.
        self._moments: list[float] = []

    def spend(self, now: float) -> bool:
        """One more, if there is room: False if not, and then it does not count."""
        if self._budget is None:
            return True
        # Those of the future were before the clock was set back.
        since = now - self._budget.seconds
        self._moments = [each for each in self._moments if since < each <= now]
        if len(self._moments) >= self._budget.many:
            return False
        self._moments.append(now)
        return True
