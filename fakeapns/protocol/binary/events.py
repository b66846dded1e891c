"""Everything a provider can do on a gateway connection, as values."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from ..first_bytes import Spoken


class NotificationReceived(msgspec.Struct, frozen=True, gc=False):
    """The provider sent one complete notification. Its form is sound; its meaning may not be.

    A missing token or payload is empty bytes: Apple's table has one status for missing and empty.
    `identifier` is the four opaque bytes as a big-endian number, `expiration` epoch seconds.
    Command 0 has neither; command 1 has no priority; in command 2 all three are optional.
    """

    command: int
    token: bytes
    payload: bytes
    identifier: int | None = None
    expiration: int | None = None
    priority: int | None = None


class FrameMalformed(msgspec.Struct, frozen=True, gc=False):
    """The provider sent something that is no notification; `reason` says what was wrong.

    `command` is its first byte, and `data` at most 64 bytes of it, from the byte `at` on: where
    that is not 0, what the reason speaks of is far from the beginning. `identifier` is None where
    none was found. Where `framed` is false the end of the frame is unknown, so all that follows
    stays unread. `spoken` is which other protocol begins here, if one does.
    """

    command: int
    identifier: int | None
    reason: str
    data: bytes
    framed: bool
    at: int = 0
    spoken: Spoken | None = None


Event = NotificationReceived | FrameMalformed


class NeedData(Enum):
    """The type of `NEED_DATA`."""

    NEED_DATA = "NEED_DATA"


#: What a parser answers when it has no complete frame: feed it, then ask again.
NEED_DATA: Final = NeedData.NEED_DATA
