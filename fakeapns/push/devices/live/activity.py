"""One Live Activity: what it shows, how far it has come, and what its tokens are good for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from ..registration import REPLACED, Environment, Registration
from .reading import Said

ActivityState = Literal["active", "stale", "ended", "dismissed"]

#: Seconds that one is active, and that it stays on the screen behind its end, at most (ActivityKit:
#: "up to eight hours", and "up to four additional hours").
LASTS, STAYS = 8 * 3600.0, 4 * 3600.0


class LiveActivity:
    """A Live Activity, with its `number` on its device, from 1. Made by `LiveActivities`.

    `wall` is asked for the time, in epoch seconds. `channel` is the id of the channel that it
    follows by itself, None for none. Which moments have passed is found when somebody asks.
    """

    def __init__(
        self,
        wall: Callable[[], float],
        number: int,
        attributes_type: str,
        attributes: dict[str, Any],
        content_state: dict[str, Any],
        channel: str | None = None,
    ) -> None:
        self._wall = wall
        self.number = number
        self.attributes_type = attributes_type
        self.attributes = attributes
        #: What it shows.
        self.content_state = content_state
        self.channel = channel
        self.began = wall()
        #: All tokens that it ever had, the latest last; none where it has only a channel.
        self.tokens: list[LiveToken] = []
        self.stale_date: float | None = None
        #: Of the last update that it took, and of none unless something was sent to it.
        self.timestamp: float | None = None
        self._ended: float | None = None
        self._dismissal_date: float | None = None
        self._removed: float | None = None
        self._why_removed = ""

    # ---- how far it has come ------------------------------------------------------------------

    @property
    def state(self) -> ActivityState:
        """`active`, `stale` where its content is older than it said it would be, `ended` while it
        is still shown, and `dismissed`.
        """
        now, over = self._wall(), self.over
        if over is not None:
            return "ended" if now < self._gone(over) else "dismissed"
        return "stale" if self.stale_date is not None and self.stale_date <= now else "active"

    @property
    def over(self) -> float | None:
        """Since when it takes no updates, in epoch seconds; None while it does."""
        moments = (self._ended, self._removed, self._limit if self.timed_out else None)
        return min((each for each in moments if each is not None), default=None)

    @property
    def timed_out(self) -> bool:
        """Whether it was active for as long as any may be, and nothing had ended it before."""
        others = (each for each in (self._ended, self._removed) if each is not None)
        return self._limit <= self._wall() and self._limit <= min(others, default=self._limit)

    @property
    def why_over(self) -> str:
        """Why it takes no updates, in words."""
        if self.timed_out:
            return f"the Live Activity has ended: {LASTS / 3600:.0f} hours are the most"
        if self._ended is not None and self._ended == self.over:
            return "the Live Activity has ended"
        return self._why_removed

    @property
    def _limit(self) -> float:
        return self.began + LASTS

    def _gone(self, over: float) -> float:
        """When it leaves the screen, or has left it."""
        last = over + STAYS
        if self._dismissal_date is not None:
            last = min(self._dismissal_date, last)
        return last if self._removed is None else min(self._removed, last)

    # ---- what becomes of it ---------------------------------------------------------------------

    def take(self, said: Said) -> str | None:
        """Take an update, or the end. Why it was ignored, in words; None if it was not."""
        if self.over is not None:
            return self.why_over
        if self.timestamp is not None and said.timestamp < self.timestamp:
            return "its timestamp is older than that of the last one, so it is ignored"
        self.timestamp = said.timestamp
        if said.content_state is not None:
            self.content_state = said.content_state
        self.stale_date = said.stale_date
        if said.event == "end":
            self._ended = self._wall()
            self._dismissal_date = said.dismissal_date
        return None

    def dismiss(
        self, at: float | None = None, why: str = "the Live Activity was dismissed"
    ) -> None:
        """It leaves the screen, now or `at` another moment in epoch seconds; nothing if it has."""
        if self._removed is None:
            self._removed = self._wall() if at is None else at
            self._why_removed = why


class LiveToken(Registration):
    """A token that updates an `activity` or, where that is None, starts further ones: under a topic
    of its own, the app's with a suffix.

    A start token that has been replaced is good all the same to Apple, and what is sent to it
    reaches nobody (kylebshr/luka-ios #146).
    """

    __slots__ = ("_replaced", "activity")

    def __init__(
        self,
        topic: str,
        token: bytes,
        environment: Environment | None,
        number: int,
        made: float,
        activity: LiveActivity | None = None,
    ) -> None:
        self.activity = activity
        super().__init__(topic, token, environment, number, made)

    # Apple's staff: it "becomes invalid" with its activity, and another one may take its place
    # before (Apple's forum, 825710).
    @property
    def since(self) -> float | None:
        """When it was given up, in epoch seconds: with its activity, or for another token."""
        over = None if self.activity is None else self.activity.over
        return min((each for each in (self._replaced, over) if each is not None), default=None)

    @since.setter
    def since(self, moment: float | None) -> None:
        self._replaced = moment

    @property
    def is_expired(self) -> bool:
        """Whether its activity was over before it had another token, since its time was."""
        activity = self.activity
        return activity is not None and activity.timed_out and self.since == activity.over

    @property
    def why_gone(self) -> str:
        """Why it is good no more, in words."""
        activity = self.activity
        if activity is None or self.since != activity.over:
            return REPLACED
        return activity.why_over
