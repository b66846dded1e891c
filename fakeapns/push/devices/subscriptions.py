"""Who follows which channel."""

from __future__ import annotations

from typing import Protocol

from ..channels import Channel, Channels
from .landing import Landing, Parcel


class Follower(Protocol):
    """What may follow channels: an app on a phone."""

    #: The number of the device.
    number: int

    def follows(self, channel: str) -> bool:
        """Whether it still follows the channel with this id."""
        ...

    def hear(self, parcel: Parcel, channel: Channel, now: float) -> list[Landing]:
        """What becomes of a broadcast to this channel; nothing if it follows that no more."""
        ...


class Subscriptions:
    """Those of all devices of one server, to `channels`."""

    def __init__(self, channels: Channels) -> None:
        self.channels = channels
        self._followers: dict[tuple[str, str], dict[int, Follower]] = {}

    def has(self, topic: str, id: str) -> bool:
        """Whether this app has a channel with this id."""
        channel = self.channels.find(topic, id)
        return channel is not None and channel.deleted is None

    def add(self, topic: str, id: str, follower: Follower) -> None:
        """This one may follow the channel; it says so itself when it hears something."""
        self._followers.setdefault((topic, id), {})[follower.number] = follower

    def broadcast(self, parcel: Parcel, channel: Channel, now: float) -> list[Landing]:
        """What becomes of it on each device that follows the channel, in the order in which they
        began to.
        """
        followers = self._followers.get((channel.topic, channel.id), {})
        return [
            landing for each in followers.values() for landing in each.hear(parcel, channel, now)
        ]

    def followers(self, topic: str, id: str) -> list[Follower]:
        """Who follows the channel with this id."""
        found = self._followers.get((topic, id), {}).values()
        return [each for each in found if each.follows(id)]
