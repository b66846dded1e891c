"""A plain model of an app with Live Activities. All moments are in epoch seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fakeapns.push import LiveActivity

HOUR = 3600


@dataclass
class Shows:
    """An activity: the one that was `found`, and what is to hold of it."""

    found: LiveActivity
    began: float
    channel: int | None
    content: dict[str, Any] = field(default_factory=lambda: {"score": "0:0"})
    timestamp: float = 0
    stale: float | None = None
    ended: float | None = None
    dismissal: float | None = None
    removed: float | None = None

    def over(self, now: float) -> float | None:
        """Since when it takes no updates."""
        moments = (self.ended, self.removed, self.began + 8 * HOUR)
        return min((each for each in moments if each is not None and each <= now), default=None)

    def state(self, now: float) -> str:
        """How far it has come."""
        over = self.over(now)
        if over is None:
            return "active" if self.stale is None or now < self.stale else "stale"
        if self.removed is not None:
            return "dismissed"
        asked = over + 4 * HOUR if self.dismissal is None else self.dismissal
        return "ended" if now < min(asked, over + 4 * HOUR) else "dismissed"

    def apply(self, aps: dict[str, Any], now: float) -> None:
        """What an update does, if it does something."""
        if self.over(now) is not None or aps["timestamp"] < self.timestamp:
            return
        self.timestamp, self.stale = aps["timestamp"], aps.get("stale-date")
        self.content = aps["content-state"]
        if aps["event"] == "end":
            self.ended, self.dismissal = now, aps.get("dismissal-date")

    def remove(self, now: float) -> None:
        """It leaves the screen, unless it was taken off before."""
        if self.removed is None:
            self.removed = now


class Waiting(NamedTuple):
    """A push that waits on a phone: for a token, or of a channel."""

    seq: int
    token: bytes
    aps: dict[str, Any]
    until: float


class PlainApp:
    """An app on a phone. Channels have numbers here; what waits for a token has None."""

    def __init__(self) -> None:
        self.shows: list[Shows] = []
        self.followed: set[int] = set()
        self.waits: dict[int | None, Waiting] = {}
        self.start_tokens: list[bytes] = []

    def running(self, now: float) -> list[Shows]:
        """The activities that take updates."""
        return [each for each in self.shows if each.over(now) is None]

    def with_tokens(self) -> list[Shows]:
        """The activities that have a token, whatever has become of them."""
        return [each for each in self.shows if each.found.tokens]

    def follows(self, channel: int, now: float) -> bool:
        """Whether it hears what is sent to this channel."""
        return channel in self.followed or any(
            each.channel == channel for each in self.running(now)
        )

    def hear(self, channel: int, aps: dict[str, Any], now: float) -> None:
        """It makes something of a broadcast."""
        which = (channel, None) if channel in self.followed else (channel,)
        for each in self.shows:
            if each.channel in which:
                each.apply(aps, now)

    def take(self, waiting: Waiting, now: float) -> bool:
        """It makes something of a push to a token. Whether that is to start an activity."""
        if waiting.aps["event"] == "start":
            return waiting.token == self.start_tokens[-1]
        for each in self.shows:
            if each.found.tokens and each.found.tokens[-1].token_bytes == waiting.token:
                each.apply(waiting.aps, now)
        return False

    def end_all(self, now: float) -> None:
        """The app is gone, and with it all that it had."""
        self.followed.clear()
        self.waits.clear()
        for each in self.shows:
            each.remove(now)
