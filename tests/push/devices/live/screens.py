"""Phones that show Live Activities, and what is sent to them."""

from __future__ import annotations

import json
from typing import Any

from fakeapns.push import Channel, Installation, Landing, LiveActivity, Parcel

from ....frames import TOPIC
from ..phones import World

LIVE = f"{TOPIC}.push-type.liveactivity"
SCORE = {"score": "1:0"}
#: All that a device cannot do without to start one.
START: dict[str, Any] = {
    "event": "start",
    "attributes-type": "MatchAttributes",
    "attributes": {"home": "A"},
    "alert": {"title": "Kick-off", "body": "A against B"},
}


class LiveWorld(World):
    """The same, with a number for each push that is sent."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.channels = self.devices.subscriptions.channels
        self.sent = 0

    def activity(self, phone: Installation, **how: Any) -> LiveActivity:
        """The app starts one."""
        return phone.live.begin("MatchAttributes", {"home": "A"}, {"score": "0:0"}, **how)

    def push(
        self, to: LiveActivity | bytes, aps: dict[str, Any] | None = None, **what: Any
    ) -> Landing:
        """What comes of one more push to an activity, or to a token: the newest of it."""
        return self.push_all(to, aps, **what)[-1]

    def push_all(
        self, to: LiveActivity | bytes, aps: dict[str, Any] | None = None, **what: Any
    ) -> list[Landing]:
        """All that comes of it."""
        token = to if isinstance(to, bytes) else to.tokens[-1].token_bytes
        return self.devices.deliver(self._parcel(aps, token, LIVE, what), self.now)

    def broadcast(
        self, channel: Channel, aps: dict[str, Any] | None = None, **what: Any
    ) -> list[Landing]:
        """What comes of one more broadcast."""
        expiration = what.pop("expiration", int(self.now) + 3600)
        parcel = self._parcel(aps, b"", TOPIC, {"expiration": expiration, **what})
        return self.devices.broadcast(parcel, channel, self.now)

    def _parcel(
        self, aps: dict[str, Any] | None, token: bytes, topic: str, what: dict[str, Any]
    ) -> Parcel:
        self.sent += 1
        usual = {"timestamp": int(self.now), "event": "update", "content-state": SCORE}
        payload = json.dumps({"aps": {**usual, **(aps or {})}}).encode()
        given = {"push_type": "liveactivity", "payload_bytes": payload, **what}
        return Parcel(self.sent, topic, token, **given)


def without(key: str, aps: dict[str, Any]) -> dict[str, Any]:
    """The same with null where this was, which is as good as nothing."""
    return {**aps, key: None}


def state_of(activity: LiveActivity) -> str:
    """How far it has come by now."""
    return activity.state
