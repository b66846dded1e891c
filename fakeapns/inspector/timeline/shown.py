"""What a timeline is made of, as plain data that a page can hold.

Most of it is ledger entries as they are. Notifications come in great numbers and often
several times over, so they are slimmer here: what was sent is kept once, however often it
was sent, and what is usual is left out.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ...ledger import (
    ApiRequest,
    ApiResponse,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Delivery,
    Envelope,
    FaultFired,
    FeedbackSent,
    GoAwaySeen,
    Malformed,
    Outcome,
    Place,
    ResetSeen,
    Response,
    SettingsSeen,
)

#: What is drawn beside notifications on a connection, as the ledger has it.
Sign = (
    Malformed
    | Response
    | FaultFired
    | FeedbackSent
    | ApiRequest
    | ApiResponse
    | GoAwaySeen
    | ResetSeen
    | SettingsSeen
)
Again = Literal["replay", "rescue", "duplicate", "resent-after-refusal"]


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was sent: token in hex, or as it came where it is none; payload as text, or in base64
    where it is no UTF-8.

    Both are cut when they are very long; `token_size` and `payload_size` then say how many
    bytes there were.
    """

    token: str
    text: str | None = None
    base64: str | None = None
    token_size: int | None = None
    payload_size: int | None = None


class Earlier(msgspec.Struct, frozen=True, omit_defaults=True):
    """An earlier sight of the same token and payload, and what seeing it again means: a rescue, if
    that one was accepted and no answer had told of it.

    Of several it is the first that was accepted, else the first refused for its own fault,
    else the first of all.
    """

    kind: Again
    seq: int
    connection: int
    ordinal: int
    outcome: Outcome
    status: str | None = None


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A notification. `content` is an index into the trace's contents, `envelope` one into its
    envelopes. `why` says in words why it was not taken.

    `lost` is one that was neither accepted nor refused for its own fault, ever.
    """

    seq: int
    t: float
    connection: int
    ordinal: int
    content: int
    command: int | None = 2
    identifier: int | None = None
    topic: str | None = None
    expiration: int | None = None
    priority: int | None = None
    outcome: Outcome = "accepted"
    status: str | None = None
    behind: int | None = None
    cause: int | None = None
    warnings: tuple[str, ...] = ()
    why: str | None = None
    stream: int | None = None
    apns_id: str | None = None
    http_status: int | None = None
    violations: tuple[str, ...] | None = None
    answered: bool | None = None
    envelope: int | None = None
    earlier: Earlier | None = None
    lost: bool = False


class Lane(msgspec.Struct, omit_defaults=True):
    """A connection, and how many of what was seen on it, also where a part is left out. `requests`
    are those that were no push.
    """

    connection: int
    service: Place = "gateway"
    opened: ConnectionOpened | None = None
    refused: ConnectionRefused | None = None
    closed: ConnectionClosed | None = None
    accepted: int = 0
    rejected: int = 0
    discarded: int = 0
    malformed: int = 0
    requests: int = 0
    replays: int = 0
    duplicates: int = 0
    resent_after_refusal: int = 0
    feedback: int = 0


class DeviceLane(msgspec.Struct, omit_defaults=True):
    """A device, by its number, and what became of how many that it was sent: `waiting` is what is
    still kept for it, and `nothing` what was neither delivered nor is kept. `token` is that of its
    app, as far as it is known.
    """

    device: int
    topic: str
    token: str = ""
    delivered: int = 0
    shown: int = 0
    woken: int = 0
    waiting: int = 0
    nothing: int = 0


class Epoch(msgspec.Struct, frozen=True, array_like=True):
    """From the entry `seq` on the wall time was this, in epoch seconds, at `t` 0: until the clock
    was set, or advanced.
    """

    seq: int
    epoch: float


class Trace(msgspec.Struct):
    """A timeline as data. `epochs` say which wall time belongs to a `t`, in order."""

    epochs: list[Epoch]
    lanes: list[Lane]
    marks: list[Mark]
    signs: list[Sign | Delivery]
    contents: list[Content]
    envelopes: list[Envelope]
    left_out: int
    lanes_left_out: int
    devices: list[DeviceLane]
    devices_left_out: int
