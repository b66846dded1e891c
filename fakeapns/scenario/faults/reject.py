"""An error for one notification."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from ...protocol import Status
from .at import Conversation
from .base import Fault
from .values import CloseKind, Delay

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


class Reject(Fault, frozen=True, tag="reject"):
    """Refuse the notification with a status: Apple's name for it, or a number.

    `delay` is how long the error takes, by default the setting `error_delay`. What arrives
    meanwhile is discarded, as on the real service. `identifier` is what the packet names:
    the notification's `own`, `zero`, the `last-accepted`, or a number. With `split` the
    packet comes in two pieces. With `answer_on = "next-connection"` the connection goes on
    as if all were well, and the next one of that topic is greeted with the error.
    """

    decides: ClassVar[bool] = True
    # Most errors are dead tokens. For `chance`: one valid token in some 3,000 was refused, 32 of
    # 100,000, and went through when sent again (apns4erl #66).
    status: StatusName | Byte = "invalid-token"
    delay: Delay | None = None
    # Zero came for empty tokens (node-apn #149) and long payloads
    # (RMSPushNotificationsBundle #166), unknown ones with 255 (node-apn #55, #95). Then node-apn
    # 1.7.8 and java-apns send all again, rpush 7.0.1 nothing, and PyAPNs loses its reading thread.
    identifier: Literal["own", "zero", "last-accepted"] | Identifier = "own"
    # A reset may overtake the packet (pushy #6).
    close: CloseKind = "graceful"
    # PyAPNs ignores a read that has not six bytes, node-apn 1.7.8 parses each piece by itself; TCP
    # may split anything, if nobody reported it of Apple's six bytes.
    split: bool = False
    # Seen with the token of a removed app (node-apn #282).
    answer_on: Literal["this", "next-connection"] = "this"

    def __post_init__(self) -> None:
        if isinstance(self.status, Status):
            msgspec.structs.force_setattr(self, "status", self.status.label)
        super().__post_init__()

    @property
    def code(self) -> int:
        """The status as it goes over the wire."""
        return self.status if isinstance(self.status, int) else int(Status.named(self.status))

    def act(self, at: Conversation) -> None:
        """Refuse the push at hand."""
        at.refuse(
            self.status,
            delay=self.delay,
            identifier=self.identifier,
            close=self.close,
            split=self.split,
            next_connection=self.answer_on == "next-connection",
        )
