"""What is to be sent in a story, where that is more than something to each device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from .inhabitants import ChannelId, CollapseId, FromNow, Topic
from .problems import Checked, Problem
from .tokens import HexToken, in_hex


class PushEntry(Checked, frozen=True, kw_only=True):
    """Pushes that stand in the work list of `chaos`, in the order of the file; with none such
    each device gets something, and so does who is made up.

    They are `to` tokens in turn: of devices, or of their Live Activities; or they are broadcast to
    the `channel` with this id. With neither of them they are for those who would get something
    without this table. `count` says how many, and those without it share what is left of
    `--count`. The `topic` is that of the device or the channel, unless given, the `push_type` is
    `liveactivity` for their tokens and channels, and what else is not said is as the device has it.

    Each has this `payload`, with a `number` so that they can be told apart, and for a Live Activity
    a `timestamp`; without it, it is what devices are sent.
    """

    to: tuple[HexToken, ...] = ()
    channel: ChannelId | None = None
    topic: Topic | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    push_type: Literal["alert", "background", "liveactivity"] | None = None
    priority: Literal[1, 5, 10] | None = None
    collapse_id: CollapseId | None = None
    expires: FromNow | None = None
    payload: dict[str, Any] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.to, tuple):
            msgspec.structs.force_setattr(self, "to", tuple(map(in_hex, self.to)))
        super().__post_init__()

    def problems(self) -> Iterator[Problem]:
        """Both a device and a channel, and what no broadcast has."""
        if self.channel is None:
            return
        if self.to:
            yield Problem(("to",), "to is for devices, and channel for a broadcast: leave one out")
        if self.push_type not in (None, "liveactivity"):
            what = "a broadcast is for Live Activities: leave push_type out"
            yield Problem(("push_type",), what, named=True)
        if self.collapse_id is not None:
            what = "a broadcast has no collapse id: leave collapse_id out"
            yield Problem(("collapse_id",), what, named=True)
