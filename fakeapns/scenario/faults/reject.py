"""An error for one notification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec

from ...protocol import Status, code_of, reason_of
from ..problems import Problem
from .at import Conversation
from .base import Fault
from .stages import Service
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
#: Apple's reasons of the provider API.
ReasonName = Literal[
    "BadDeviceToken",
    "BadCollapseId",
    "BadExpirationDate",
    "BadMessageId",
    "BadPriority",
    "BadTopic",
    "DeviceTokenNotForTopic",
    "DuplicateHeaders",
    "IdleTimeout",
    "InvalidPushType",
    "MissingDeviceToken",
    "MissingTopic",
    "PayloadEmpty",
    "TopicDisallowed",
    "MissingChannelId",
    "BadChannelId",
    "ChannelNotRegistered",
    "BroadcastFeatureNotEnabled",
    "CannotCreateChannelConfig",
    "BadRequestParams",
    "BadRequestPayload",
    "MissingPushType",
    "InvalidProviderToken",
    "BadCertificate",
    "BadCertificateEnvironment",
    "ExpiredProviderToken",
    "Forbidden",
    "MissingProviderToken",
    "UnrelatedKeyIdInToken",
    "BadEnvironmentKeyInToken",
    "TopicMismatch",
    "BadPath",
    "MethodNotAllowed",
    "Unregistered",
    "ExpiredToken",
    "PayloadTooLarge",
    "TooManyRequests",
    "TooManyProviderTokenUpdates",
    "InternalServerError",
    "ServiceUnavailable",
    "Shutdown",
]
#: A code of the binary interface up to 255, an HTTP status from 400 on.
Number = Annotated[int, msgspec.Meta(ge=0, le=599)]
Identifier = Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]


class Reject(Fault, frozen=True, tag="reject"):
    """Refuse the notification with a status: Apple's name for it, or a number.

    Names and numbers may be those of either service: codes up to 255 and kebab case are the
    gateway's, reasons such as `BadDeviceToken` and HTTP's 400 to 599 the provider API's. What has a
    word on both acts on both, `invalid-token` as `BadDeviceToken`.

    `delay` is how long the error takes, at the gateway by default the setting `error_delay`. What
    arrives there meanwhile is discarded, as on the real service; on the API other streams go
    on. The rest is for the gateway alone: `identifier` is what the packet names:
    the notification's `own`, `zero`, the `last-accepted`, or a number. With `split` the
    packet comes in two pieces. With `answer_on = "next-connection"` the connection goes on
    as if all were well, and the next one of that topic is greeted with the error.
    """

    services: ClassVar[tuple[Service, ...]] = ("gateway", "api")
    decides: ClassVar[bool] = True
    # Most errors are dead tokens. For `chance`: one valid token in some 3,000 was refused, 32 of
    # 100,000, and went through when sent again (apns4erl #66).
    status: StatusName | ReasonName | Number = "invalid-token"
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

    def problems(self) -> Iterator[Problem]:
        """A number that neither service has."""
        if isinstance(self.status, int) and 255 < self.status < 400:
            what = f"{self.status} is no status: the gateway has 0 to 255, HTTP 400 to 599"
            yield Problem(("status",), what)

    def cannot(self, service: Service) -> str | None:
        """Why it cannot act on a service: that has no word for the status."""
        has_words = {"gateway": code_of(self.status) is not None, "api": self._has_reason}.get(
            service
        )
        if has_words is False:
            return f"status {self.status} has no word on the {service}"
        return super().cannot(service)

    @property
    def _has_reason(self) -> bool:
        is_http = isinstance(self.status, int) and self.status >= 400
        return is_http or reason_of(self.status) is not None

    def only_elsewhere(self, service: Service) -> tuple[str, ...]:
        """What is given, and is nothing on this service."""
        if service != "api":
            return ()
        plain = Reject(self.status)
        names = ("identifier", "close", "split", "answer_on")
        return tuple(name for name in names if getattr(self, name) != getattr(plain, name))

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
