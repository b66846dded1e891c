"""Devices and channels that exist from the start of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from ..protocol import PUSH_TYPES, push_type_of
from .problems import Checked, Problem
from .units import AGO_PATTERN, END

#: What can name an app, and the files of its certificate.
TOPIC = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"

HexToken = Annotated[
    str,
    msgspec.Meta(pattern=rf"^([0-9A-Fa-f]{{2}})+{END}", description="pairs of hex digits"),
]

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

#: How the ids of channels are spelled, as `fakeapns/push/channel_ids.py` has it.
_CHANNEL_ID = r"([A-Za-z0-9+/]{4}){0,15}([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)"

ChannelId = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^{_CHANNEL_ID}{END}",
        description="base64 of at most 64 characters, such as dHN0LXNyY2gtY2hubDEyMw==",
    ),
]


def in_hex(given: Any) -> Any:
    """A token as a file has it, from bytes or from what has one, such as a device."""
    raw = getattr(given, "token_bytes", given)
    return raw.hex() if isinstance(raw, bytes) else raw


class DeviceEntry(Checked, frozen=True, kw_only=True):
    """A device that exists from the start. A token of two digits stands for 32 such bytes.

    `since` is how long before the start an uninstalled device lost its app. One that is `listed`
    stands on the feedback list from the start, as if somebody had sent to it since.
    `environment` is the server's unless given. `registered` is how long before the start its app
    last registered the token, and `push_type` what it is sent: both stand in the work list.
    """

    topic: Topic
    token: HexToken
    state: Literal["active", "uninstalled"] = "active"
    since: Ago | None = None
    listed: bool = False
    environment: Literal["production", "sandbox"] | None = None
    registered: Ago | None = None
    push_type: Literal["alert", "background"] | None = None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "token", in_hex(self.token))
        super().__post_init__()

    @property
    def full_token(self) -> bytes:
        """The token's bytes."""
        given = bytes.fromhex(self.token)
        return given * 32 if len(given) == 1 else given

    def problems(self) -> Iterator[Problem]:
        """A time of removal for an app that is there."""
        if self.since is not None and self.state == "active":
            what = "since is for an app that was removed: write state = 'uninstalled', too"
            yield Problem(("since",), what, named=True)
        if self.listed and self.state == "active":
            what = "listed is for an app that was removed: write state = 'uninstalled', too"
            yield Problem(("listed",), what, named=True)


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
