"""Channels: what Live Activities are broadcast to, and for which apps.

Every change to what there is is one operation on a dict, so the test's thread may make or delete
channels while the server's thread does, and looks them up.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import count
from typing import Literal, get_args

from ..errors import UsageError
from ..text import shown
from .channel_ids import is_channel_id, made_up_channel_id

#: What is kept for devices that are away: nothing, or the newest message for up to 8 hours (Sending
#: channel management requests to APNs).
StoragePolicy = Literal[0, 1]
#: Deleted channels that are remembered, all topics together: what is older was never there. Ours,
#: since whoever makes and deletes without end must not fill the memory.
_REMEMBERED = 100_000


class Channel:
    """One channel of one app. Made by `Channels.add`, or by a provider.

    `deleted` is when it was deleted, in epoch seconds; None while it is there.
    """

    def __init__(self, channels: Channels, topic: str, id: str, policy: StoragePolicy) -> None:
        self.topic = topic
        self.id = id
        self.storage_policy = policy
        self.deleted: float | None = None
        self._channels = channels

    def delete(self) -> None:
        """Delete it, as a provider would: broadcasts to it are refused from now on."""
        self._channels.forget(self)

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        state = "" if self.deleted is None else " deleted"
        return f"<Channel {self.id} {self.topic}{state}>"


class Channels:
    """All channels of one server, and which apps may have some.

    `wall` is asked for the time, in epoch seconds. An app has at most `most` at a time, and those
    whose topic is in `without`, with wildcards, begin without the capability. Iterating gives every
    channel that is there, app by app.
    """

    def __init__(
        self, wall: Callable[[], float], most: int = 10_000, without: Sequence[str] = ()
    ) -> None:
        self.most = most
        self._wall = wall
        self._without = tuple(without)
        self._switched: dict[str, bool] = {}
        self._there: dict[str, dict[str, Channel]] = {}
        #: The same by their ids, since any broadcast may ask whose an id is: with 20,000 apps that
        #: was 28 ms of looking at each. Several apps share one only if they were told to.
        self._by_id: dict[str, dict[str, Channel]] = {}
        self._gone: OrderedDict[tuple[str, str], Channel] = OrderedDict()
        self._numbers: dict[str, Iterator[int]] = {}

    def add(
        self, topic: str, storage_policy: StoragePolicy = 0, *, id: str | None = None
    ) -> Channel:
        """Make a channel; an `id` is made up unless given, the same ones in every run.

        Raises `UsageError` for an id that is no base64 of at most 64 characters or was there
        before, for an unknown storage policy, and where the app has as many as it may have.
        """
        if type(storage_policy) is not int or storage_policy not in get_args(StoragePolicy):
            raise UsageError(
                f"{shown(storage_policy)} is no storage policy: 0 stores nothing, 1 the newest"
            )
        if id is not None and not is_channel_id(id):
            raise UsageError(f"{shown(id)} is no id of a channel: give base64, as Apple's are")
        if id is not None and self.find(topic, id) is not None:
            raise UsageError(
                f"channel {shown(id)} of {topic} is there, or was: ids are never used again"
            )
        made = self.create(topic, storage_policy, id=id)
        if made is None:
            raise UsageError(
                f"{topic} has {self.most:,} channels, and max_channels are no more: delete some"
            )
        return made

    def create(
        self, topic: str, storage_policy: StoragePolicy, *, id: str | None = None
    ) -> Channel | None:
        """Make a channel as a provider does; None if the app has as many as it may have."""
        # One more may get in where two threads make the last one at once.
        if self.are_all_taken(topic):
            return None
        made = Channel(self, topic, id or self._made_up(topic), storage_policy)
        made = self._there.setdefault(topic, {}).setdefault(made.id, made)
        self._by_id.setdefault(made.id, {})[topic] = made
        return made

    def _made_up(self, topic: str) -> str:
        numbers = self._numbers.setdefault(topic, count(1))
        # Somebody may have asked for some of these by their ids.
        ids = (made_up_channel_id(topic, number) for number in numbers)
        return next(id for id in ids if self.find(topic, id) is None)

    def find(self, topic: str, id: str) -> Channel | None:
        """The channel with this id, also if it is `deleted`; None if there never was one."""
        return self._there.get(topic, {}).get(id) or self._gone.get((topic, id))

    def owner(self, id: str) -> str | None:
        """The topic of an app that has a channel with this id; None if none has."""
        return next(iter(tuple(self._by_id.get(id, ()))), None)

    def find_anywhere(self, id: str) -> Channel | None:
        """The same of any app: of several that have this id one that is there."""
        there = tuple(self._by_id.get(id, {}).values())
        gone = () if there else tuple(self._gone.values())
        return next((each for each in (*there, *gone) if each.id == id), None)

    def forget(self, channel: Channel) -> None:
        """Delete a channel; nothing if it is."""
        its = self._there.get(channel.topic, {})
        if its.get(channel.id) is not channel:
            return
        channel.deleted = self._wall()
        # Among these first: whoever looks in between finds it all the same.
        self._gone[channel.topic, channel.id] = channel
        its.pop(channel.id, None)
        apps = self._by_id.get(channel.id, {})
        apps.pop(channel.topic, None)
        if not apps:
            self._by_id.pop(channel.id, None)
        while len(self._gone) > _REMEMBERED:
            self._gone.popitem(last=False)

    def of(self, topic: str) -> list[Channel]:
        """The channels of this app that are there, in the order in which they were made."""
        return list(self._there.get(topic, {}).values())

    def are_all_taken(self, topic: str) -> bool:
        """Whether this app has as many channels as it may have."""
        return len(self._there.get(topic, ())) >= self.most

    # ---- the capability -------------------------------------------------------------------------

    def enable(self, topic: str) -> None:
        """Give this app the capability of broadcasting."""
        self._switched[topic] = True

    def disable(self, topic: str) -> None:
        """Take it away: its channels stay, and nothing can be done with them."""
        self._switched[topic] = False

    def are_enabled(self, topic: str) -> bool:
        """Whether this app has the capability: by default each has."""
        switched = self._switched.get(topic)
        if switched is not None:
            return switched
        return not any(fnmatchcase(topic, each) for each in self._without)

    def __iter__(self) -> Iterator[Channel]:
        return iter([channel for topic in tuple(self._there) for channel in self.of(topic)])

    def __len__(self) -> int:
        return sum(map(len, tuple(self._there.values())))
