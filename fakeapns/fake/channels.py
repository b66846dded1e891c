"""Channels as tests hold them: `apns.channels` in both forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from ..certificates import check_topic
from ..errors import UsageError
from ..ledger import Notification, channel_in
from ..push import Channel, Channels, StoragePolicy
from ..scenario import no_app
from .assertions import Records


class HeldChannels:
    """The channels of one server, with what was broadcast to them.

    Where no topic is given, an app is the first of the server's `topics` for what changes
    something, and any for what only looks. Iterating gives every channel that is there, app by app,
    in the order in which they were made. Every method may be called from any thread, also before
    the server has started and once it has stopped.
    """

    def __init__(self, records: Records, channels: Channels, usual: str) -> None:
        self._records = records
        self._channels = channels
        self._usual = usual

    def add(
        self,
        topic: str | None = None,
        storage_policy: StoragePolicy = 0,
        *,
        id: str | None = None,
    ) -> Channel:
        """Make a channel, as a provider would with `POST /1/apps/<topic>/channels`.

        A `storage_policy` of 0 stores nothing, 1 the newest message. An `id` is made up unless
        given: 24 characters of base64, the same in every run. Raises `UsageError` for what is no
        topic, no policy or no id, for an id that is there or was, and for one channel more than the
        setting `max_channels` allows.
        """
        return self._channels.add(self._app(topic), storage_policy, id=id)

    def find(self, id: str, topic: str | None = None) -> Channel | None:
        """The channel with this id, also one that was `deleted`; None if there never was one."""
        found = channel_in(id)
        if topic is None:
            return self._channels.find_anywhere(found)
        return self._channels.find(self._app(topic), found)

    def list(self, topic: str | None = None) -> Sequence[Channel]:
        """The channels that are there, of one app or of all."""
        return [*self] if topic is None else self._channels.of(self._app(topic))

    def delete(self, channel: Channel | str, topic: str | None = None) -> None:
        """Delete a channel, as a provider would; nothing if it was deleted before.

        Raises `UsageError` for an id that no channel ever had.
        """
        found = channel if isinstance(channel, Channel) else self.find(channel, topic)
        if found is None:
            raise UsageError(f"there never was a channel {channel}: see apns.channels.list()")
        found.delete()

    def sent_to(self, channel: Channel | str) -> Sequence[Notification]:
        """All that was broadcast to a channel since the last reset, in order.

        Whatever became of it: what came once the channel was deleted is there as well, and has the
        outcome "rejected". `apns.find("accepted", channel=channel)` has the rest alone, and awaits
        as this does what is on its way.
        """
        __tracebackhide__ = True
        topic = channel.topic if isinstance(channel, Channel) else None
        return self._records.find(channel=channel_in(channel), topic=topic)

    # ---- the capability -------------------------------------------------------------------------

    def enable(self, topic: str | None = None) -> None:
        """Give an app the capability of broadcasting, which each has unless the setting
        `without_broadcast` names it.
        """
        self._channels.enable(self._app(topic))

    def disable(self, topic: str | None = None) -> None:
        """Take it away: from now on all about its channels is `BroadcastFeatureNotEnabled`, and
        they are all there when it is given back.
        """
        self._channels.disable(self._app(topic))

    def are_enabled(self, topic: str | None = None) -> bool:
        """Whether an app has it."""
        return self._channels.are_enabled(self._app(topic))

    def _app(self, topic: str | None) -> str:
        app = self._usual if topic is None else topic
        check_topic(app)
        what = no_app(app)
        if what is not None:
            raise UsageError(f"{what} of {app}")
        return app

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)

    def __contains__(self, channel: object) -> bool:
        """Whether a channel is there, or one of any app with this id; no deleted one is."""
        # A container that compared ids with channels would never find one, and a test that a
        # channel is gone would pass whatever became of it.
        id = channel_in(cast("Channel | str", channel))
        if isinstance(channel, Channel):
            return channel in self._channels.of(channel.topic)
        return self._channels.owner(id) is not None

    def __repr__(self) -> str:
        return f"<channels {', '.join(map(repr, self))}>"
