"""Devices and channels of a scenario: what exists from the start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from ..protocol import PUSH_TYPES, push_type_of
from .problems import Checked, Problem
from .tokens import HexToken, in_full, in_hex
from .units import AGO_PATTERN, END, FROM_NOW_PATTERN

#: What can name an app, and the files of its certificate.
TOPIC = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"


Topic = Annotated[
    str,
    msgspec.Meta(pattern=f"^{TOPIC}{END}", description="a bundle id such as com.example.app"),
]


Ago = Annotated[
    str,
    msgspec.Meta(
        pattern=AGO_PATTERN,
        description="how long before the start, such as -2h or 2h",
    ),
]


FromNow = Annotated[
    str,
    msgspec.Meta(
        pattern=FROM_NOW_PATTERN,
        description="how long behind the start, such as 1h, or before it, as -1h; 0 is no moment",
    ),
]

#: As Apple has it, at most 64 bytes; it has to stand in a header.
CollapseId = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^[!-~]([ -~]{{0,62}}[!-~])?{END}",
        description="1 to 64 printable characters of ASCII",
    ),
]


#: How the ids of channels are spelled, as `fakeapns/push/channel_ids.py` has it.
_CHANNEL_ID = r"([A-Za-z0-9+/]{4}){0,15}([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)"


ChannelId = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^{_CHANNEL_ID}{END}",
        description="base64 of at most 64 characters, such as dHN0LXNyY2gtY2hubDEyMw==",
    ),
]


#: Where an app is: on the screen, behind it, ended by the system, or by its user.
AppState = Literal["foreground", "background", "not-running", "force-quit"]

#: What no device has whose app is gone, and how it is with all others unless said otherwise.
_USUAL = {
    **{"app": "background", "permission": True, "background_refresh": True},
    **{"start_token": None, "update_tokens": (), "follows": ()},
}
#: What only an app has, and no topic with the suffix of a kind of push.
_OF_APPS = ("start_token", "update_tokens", "follows")


class DeviceEntry(Checked, frozen=True, kw_only=True):
    """A device that exists from the start. A token of two digits stands for 32 such bytes.

    `since` is how long before the start an uninstalled device lost its app. One that is `listed`
    stands on the feedback list from the start, as if somebody had sent to it since.
    `environment` is the server's unless given.

    In the work list of `chaos` stand `registered`, how long before the start its app last
    registered the token, and of what it is sent: the `push_type`, the `priority`, the `collapse_id`
    and when it `expires`, where "0" is now or never.

    What it is like at the start: where its `app` is, whether its phone is `online`, `asleep`, in
    `low_power` mode and was `unlocked` since it was started, and whether the app has the
    `permission` to show something, and `background_refresh` to be woken. A step with the fault
    `device` may change that.

    A push to its `start_token` starts a Live Activity, which has the first of the `update_tokens`,
    and the next one each time it gets another; with update tokens alone one is there from the
    start. It `follows` channels by their ids.
    """

    topic: Topic
    token: HexToken
    state: Literal["active", "uninstalled"] = "active"
    since: Ago | None = None
    listed: bool = False
    environment: Literal["production", "sandbox"] | None = None
    registered: Ago | None = None
    push_type: Literal["alert", "background"] | None = None
    priority: Literal[1, 5, 10] | None = None
    collapse_id: CollapseId | None = None
    expires: FromNow | None = None
    app: AppState = "background"
    online: bool = True
    asleep: bool = False
    low_power: bool = False
    unlocked: bool = True
    permission: bool = True
    background_refresh: bool = True
    start_token: HexToken | None = None
    update_tokens: tuple[HexToken, ...] = ()
    follows: tuple[ChannelId, ...] = ()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "token", in_hex(self.token))
        super().__post_init__()

    @property
    def full_token(self) -> bytes:
        """The token's bytes."""
        return in_full(self.token)

    @property
    def live_topic(self) -> str:
        """The topic of its Live Activities."""
        return f"{self.topic}{PUSH_TYPES['liveactivity']}"

    @property
    def live_tokens(self) -> tuple[str, ...]:
        """The tokens of its Live Activities, in the order in which it gets them."""
        start = () if self.start_token is None else (self.start_token,)
        return (*start, *self.update_tokens)

    def problems(self) -> Iterator[Problem]:
        """A time of removal for an app that is there."""
        if self.since is not None and self.state == "active":
            what = "since is for an app that was removed: write state = 'uninstalled', too"
            yield Problem(("since",), what, named=True)
        if self.listed and self.state == "active":
            what = "listed is for an app that was removed: write state = 'uninstalled', too"
            yield Problem(("listed",), what, named=True)
        if self.state == "uninstalled":
            for name, usual in _USUAL.items():
                if getattr(self, name) != usual:
                    what = f"{name} is of an app that is there: leave it out, or the state"
                    yield Problem((name,), what, named=True)
        for name in _OF_APPS if no_app(self.topic) else ():
            if getattr(self, name):
                what = f"{name} is of the app itself, and not of the topic {self.topic}"
                yield Problem((name,), what, named=True)
        if not self.unlocked and self.app == "foreground":
            what = "a phone that nobody has unlocked shows no app: leave unlocked or app out"
            yield Problem(("app",), what)


def no_app(topic: str) -> str | None:
    """What keeps a topic from having channels: they are the app's (Sending channel management
    requests to APNs). None if nothing does.
    """
    kind = push_type_of(topic)
    return kind and f"a channel is of the app itself: leave {PUSH_TYPES[kind]} out"


class ChannelEntry(Checked, frozen=True, kw_only=True):
    """A channel that exists from the start, for broadcasts.

    A `storage_policy` of 0 stores nothing, 1 the newest message. One that is `deleted` was there
    before the start, and its id is never given to another.
    """

    topic: Topic
    id: ChannelId
    storage_policy: Literal[0, 1] = 0
    deleted: bool = False

    def problems(self) -> Iterator[Problem]:
        """A topic with the suffix of pushes to devices."""
        what = no_app(self.topic)
        if what is not None:
            yield Problem(("topic",), what)
