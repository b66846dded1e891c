"""Faults that act on a notification, or behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from ...protocol import Status
from ..problems import Problem
from ..units import END, Duration, Size
from .base import Bytes, Close, Delay, Fault, bytes_in

#: Apple's names for the codes of the binary interface.
StatusName = Literal[
    "no-error",
    "processing-error",
    "missing-token",
    "missing-topic",
    "missing-payload",
    "invalid-token-size",
    "invalid-topic-size",
    "invalid-payload-size",
    "invalid-token",
    "shutdown",
    "protocol-error",
    "unknown",
]
Byte = Annotated[int, msgspec.Meta(ge=0, le=255)]
Identifier = Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]
Hex = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(([0-9A-Fa-f]{{2}}|id) ?)+{END}",
        description="pairs of hex digits, and id for the identifier",
    ),
]


class Reject(Fault, frozen=True, tag="reject"):
    """Refuse the notification with a status: Apple's name for it, or a number.

    `delay` is how long the error takes, by default the setting `error_delay`. What arrives
    meanwhile is discarded, as on the real service. `identifier` is what the packet names:
    the notification's `own`, `zero`, the `last-accepted`, or a number. With `split` the
    packet comes in two pieces. With `answer_on = "next-connection"` the connection goes on
    as if all were well, and the next one of that topic is greeted with the error.
    """

    status: StatusName | Byte = "invalid-token"
    delay: Delay | None = None
    identifier: Literal["own", "zero", "last-accepted"] | Identifier = "own"
    close: Close = "graceful"
    split: bool = False
    answer_on: Literal["this", "next-connection"] = "this"

    def __post_init__(self) -> None:
        if isinstance(self.status, Status):
            msgspec.structs.force_setattr(self, "status", self.status.label)
        super().__post_init__()

    @property
    def code(self) -> int:
        """The status as it goes over the wire."""
        return self.status if isinstance(self.status, int) else int(Status.named(self.status))


class Drop(Fault, frozen=True, tag="drop"):
    """Close the connection right behind the notification, without a word.

    With `after_bytes` it acts before the frame is complete: as soon as that many bytes of it
    have arrived. The partial frame stays unread.
    """

    close: Close = "graceful"
    after_bytes: Bytes | None = None


class Shutdown(Fault, frozen=True, tag="shutdown"):
    """Go away for maintenance: status 10 with the identifier of the last accepted one."""

    delay: Delay | None = None


class Acknowledge(Fault, frozen=True, tag="acknowledge"):
    """Answer an accepted notification with status 0, and stay open.

    The protocol that people wished for; some clients believe that it is the real one.
    """


class Garbage(Fault, frozen=True, tag="garbage"):
    """Send `bytes`, hex with `id` for the notification's four identifier bytes.

    `"48 54 54 50"` is no error packet, `"08 08 id"` a proper one, `"08 08"` one that is cut
    short, `"08 08 id 08 08 id"` one too many. The notification itself was accepted.
    """

    bytes_: Hex = msgspec.field(name="bytes")
    close: Close = "graceful"

    def content(self, identifier: int) -> bytes:
        """The bytes to send."""
        return bytes.fromhex(self.bytes_.replace("id", f"{identifier:08x}"))


class Stall(Fault, frozen=True, tag="stall"):
    """Stop reading for a while, so that writes block; then judge everything in order."""

    for_: Duration = msgspec.field(name="for", default="1s")


class Blackhole(Fault, frozen=True, tag="blackhole"):
    """Swallow everything from now on, or `after` a while, and answer nothing: no error, no FIN.

    A connection whose other end a firewall has forgotten looks like this.
    """

    after: Duration = "0ms"


class Throttle(Fault, frozen=True, tag="throttle"):
    """Read no faster than this from now on, so that writes block."""

    bytes_per_second: Annotated[int, msgspec.Meta(ge=1)] | Size = 1024

    def problems(self) -> Iterator[Problem]:
        """No bytes at all."""
        if bytes_in(self.bytes_per_second) < 1:
            yield Problem(("bytes_per_second",), "nothing at all is a stall: use that fault")
