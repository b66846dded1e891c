"""What a device that tests hold does of Live Activities and of channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..errors import UsageError
from ..ledger import channel_in
from ..push import Channel, Installation
from ..text import shown
from .activity import Activity
from .house import House


class Live:
    """The Live Activities of the app on a phone, and the channels that it follows."""

    __slots__ = ()
    _house: House
    _installation: Installation

    @property
    def start_token(self) -> str:
        """The token that starts Live Activities of the app, in lower-case hex: another one once the
        app was removed, or the phone restored. Raises `UsageError` for a topic that is no app's,
        and for an app that is gone.
        """
        self._check_app()
        return self._house.within(lambda: self._installation.live.start_token.token)

    @property
    def activities(self) -> Sequence[Activity]:
        """All Live Activities that the app ever had here, in the order in which they began."""
        return [
            Activity(self._house, self._installation, each)
            for each in self._house.known(self._installation).live.activities
        ]

    def start_activity(
        self,
        attributes_type: str,
        attributes: Mapping[str, Any] | None = None,
        content_state: Mapping[str, Any] | None = None,
        *,
        channel: Channel | str | None = None,
    ) -> Activity:
        """The app starts a Live Activity. It gets an update token; with a `channel`, or the id of
        one, it follows that and gets none.

        Raises `UsageError` for a channel that the app has not, and as `start_token` does.
        """
        self._check_app()
        if not isinstance(attributes_type, str) or not attributes_type:
            raise UsageError(
                f"{shown(attributes_type)} is no type of attributes: give its name, such as "
                "'MatchAttributes'"
            )
        id = None if channel is None else self._channel(channel)
        begin = partial(
            self._installation.live.begin,
            *(attributes_type, _content(attributes), _content(content_state), id),
            has_token=id is None,
        )
        return Activity(self._house, self._installation, self._house.within(begin))

    def subscribe(self, channel: Channel | str) -> None:
        """The app follows a channel, or the one with this id: what is broadcast to it is delivered,
        and updates all its Live Activities that follow none by themselves. Raises as
        `start_activity` does.
        """
        self._check_app()
        id = self._channel(channel)
        self._house.within(lambda: self._installation.live.channels.begin(id))

    def unsubscribe(self, channel: Channel | str) -> None:
        """Nothing of the app follows this channel any more; nothing if it did not."""
        id, live = channel_in(channel), self._house.known(self._installation).live
        self._house.change(lambda: live.channels.end(id))

    def _channel(self, given: Channel | str) -> str:
        id = channel_in(given)
        self._installation.live.channels.check(id)
        return id

    def _check_app(self) -> None:
        self._house.known(self._installation).live.check()
        if self._installation.since is not None:
            raise UsageError(f"{self!r} has removed its app: install it first")


def _content(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    content = {} if given is None else given
    if not isinstance(content, Mapping):
        raise UsageError(f"{shown(given)} is no content: give a dictionary, as JSON has it")
    return content
