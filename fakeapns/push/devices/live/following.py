"""The channels that an app on a phone follows, and what becomes of broadcasts to them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ....errors import UsageError
from ...channels import Channel
from ..landing import Landing, Parcel
from ..phone import Phone
from ..registration import Registration
from ..store import Store
from ..surroundings import Surroundings
from .activity import LiveActivity
from .reading import Said, look

#: Seconds that a channel keeps its newest message (Sending channel management requests to APNs).
_KEPT = 8 * 3600.0


class Following:
    """What one app follows by itself, and its `activities` do."""

    def __init__(
        self,
        app: Registration,
        phone: Phone,
        surroundings: Surroundings,
        activities: Sequence[LiveActivity],
    ) -> None:
        self.number = app.number
        self._topic = app.topic
        self._phone = phone
        self._surroundings = surroundings
        self._activities = activities
        #: Ids of channels that the app follows whatever activities it has.
        self._by_itself: set[str] = set()
        self._stores: dict[str, Store] = {}

    # ---- which ----------------------------------------------------------------------------------

    def has(self, channel: str) -> bool:
        """Whether the app has a channel with this id."""
        return self._surroundings.subscriptions.has(self._topic, channel)

    def check(self, channel: str) -> None:
        """Raise `UsageError` for one that it has not."""
        if not self.has(channel):
            raise UsageError(
                f"{self._topic} has no channel {channel}: make it first, as with "
                "apns.channels.add()"
            )

    def begin(self, channel: str, *, by_itself: bool = True) -> None:
        """Follow the channel with this id; if not `by_itself`, then for an activity. What is sent
        to one that the app follows by itself is for its activities that follow none.
        """
        if by_itself:
            self._by_itself.add(channel)
        self._surroundings.subscriptions.add(self._topic, channel, self)

    def end(self, channel: str) -> list[Landing]:
        """Nothing here follows the channel with this id any more."""
        self._by_itself.discard(channel)
        for each in self._activities:
            if each.channel == channel:
                each.channel = None
        store = self._stores.pop(channel, None)
        return [] if store is None else store.give_up("the phone follows the channel no more")

    def end_all(self, why: str) -> list[Landing]:
        """The app is gone, and its activities with it."""
        self._by_itself.clear()
        return [landing for each in self._stores.values() for landing in each.give_up(why)]

    # ---- broadcasts -----------------------------------------------------------------------------

    def hear(self, parcel: Parcel, channel: Channel, now: float) -> list[Landing]:
        """What becomes of a broadcast to this channel; nothing if nothing here follows it."""
        if not self.follows(channel.id):
            return []
        away = self._phone.holds_back(parcel.priority)
        if away is None:
            return [self._deliver(parcel, channel.id)]
        if not channel.storage_policy:
            why = f"{away}, and the channel stores nothing"
            return [parcel.lands(self.number, "not-stored", why)]
        if channel.id not in self._stores:
            self._stores[channel.id] = Store(self.number, self._surroundings, _KEPT)
        return self._stores[channel.id].keep(parcel, away, now)

    @property
    def until(self) -> float:
        """When something of what is kept is over, in epoch seconds."""
        return min((each.until for each in self._stores.values()), default=math.inf)

    def look_again(self, now: float) -> list[Landing]:
        """Something has changed: what is kept may be delivered, or is too old."""
        landings: list[Landing] = []
        # Also of a channel that was deleted: that recalls nothing (Sending channel management
        # requests to APNs).
        for channel, store in self._stores.items():

            def deliver(kept: Parcel, channel: str = channel) -> Landing:
                return self._deliver(kept, channel)

            landings += store.look_again(self._why_not, deliver, now)
        return landings

    def _why_not(self, parcel: Parcel) -> str | None:
        return self._phone.holds_back(parcel.priority)

    def _deliver(self, parcel: Parcel, channel: str) -> Landing:
        said = look(parcel)
        why = said.why
        if not self.follows(channel):
            why = "nothing on the phone follows the channel any more"
        elif said.event == "start":
            # Sending broadcast push notification requests to APNs.
            why = "its event is start, and a broadcast starts no Live Activity"
        if why is not None:
            return parcel.lands(self.number, "dropped", why)
        ignored = [each.take(said) for each in self._updated_by(channel)]
        if not ignored:
            why = "the app follows the channel, and has no Live Activity to update"
            return parcel.lands(self.number, "delivered", why)
        taken = ignored.count(None)
        if not taken:
            return parcel.lands(self.number, "dropped", ignored[0] or "")
        return parcel.lands(self.number, "delivered", done(said, taken), said.shown)

    def follows(self, channel: str) -> bool:
        """Whether the app follows the channel with this id, or a Live Activity of it does."""
        return channel in self._by_itself or any(
            each.channel == channel and each.over is None for each in self._activities
        )

    def _updated_by(self, channel: str) -> list[LiveActivity]:
        which = (channel, None) if channel in self._by_itself else (channel,)
        return [each for each in self._activities if each.channel in which and each.over is None]


def done(said: Said, count: int = 1) -> str:
    """What so many Live Activities have made of it, in words."""
    what = "the Live Activity was" if count == 1 else f"{count} Live Activities were"
    return f"{what} {'ended' if said.event == 'end' else 'updated'}"
