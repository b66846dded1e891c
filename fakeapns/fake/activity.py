"""Live Activities as tests hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import UsageError
from ..push import ActivityState, Installation, LiveActivity
from .held_token import HeldToken, held_token
from .house import House


class Activity:
    """A Live Activity of an app on a phone. Made by `phone.start_activity`, and by a push that
    starts one: `phone.activities`.

    Every method may be called from any thread. Wherever a token is asked for, it will do.
    """

    __slots__ = ("_house", "_installation", "_model")

    def __init__(self, house: House, installation: Installation, model: LiveActivity) -> None:
        self._house = house
        self._installation = installation
        self._model = model

    @property
    def number(self) -> int:
        """Its number, from 1 in the order in which those of its app began."""
        return self._model.number

    @property
    def topic(self) -> str:
        """What `apns-topic` has to say of a push to it: that of its app, with a suffix."""
        return self._installation.live.topic

    @property
    def token(self) -> str | None:
        """Today's update token in lower-case hex; None where it only follows a channel."""
        return self._model.tokens[-1].token if self._model.tokens else None

    @property
    def token_bytes(self) -> bytes:
        """Today's update token. Raises `UsageError` where it has none."""
        if not self._model.tokens:
            raise UsageError(f"{self!r} follows a channel, and has no token: broadcast to that")
        return self._model.tokens[-1].token_bytes

    @property
    def tokens(self) -> Sequence[HeldToken]:
        """All update tokens that it ever had, today's last."""
        return [held_token(each) for each in self._model.tokens]

    @property
    def channel(self) -> str | None:
        """The id of the channel that it follows by itself; None for none."""
        return self._model.channel

    @property
    def attributes_type(self) -> str:
        """The name of the type that its attributes are of."""
        return self._model.attributes_type

    @property
    def attributes(self) -> Mapping[str, Any]:
        """What it began with, and keeps."""
        return self._model.attributes

    @property
    def content_state(self) -> Mapping[str, Any]:
        """What it shows, or did last."""
        return self._model.content_state

    @property
    def state(self) -> ActivityState:
        """`active`; `stale` behind its `stale-date`; `ended` while it is still on the screen, which
        is until its `dismissal-date`, and for 4 hours at most; `dismissed`. Active it is for 8
        hours at most.
        """
        return self._model.state

    def rotate_token(self) -> None:
        """It gets a new update token, and the old one is gone. Raises `UsageError` for one that has
        none, or has ended.
        """
        live = self._house.known(self._installation).live
        self._house.change(lambda: live.rotate(self._model))

    def dismiss(self) -> None:
        """The user takes it off the screen: it is updated no more."""
        self._house.known(self._installation)
        self._house.within(self._model.dismiss)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Activity) and other._model is self._model

    def __hash__(self) -> int:
        return hash(self._model)

    def __repr__(self) -> str:
        return f"<Activity {self.number} {self.attributes_type} {self.state}>"
