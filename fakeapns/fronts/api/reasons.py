"""What the provider API says of a refusal: Apple's reason, its HTTP status, and the body."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ...protocol import REASONS
from ...protocol.http2 import Header
from ...push import Refusal

#: In the order in which they are looked at; of several the first is answered, and None without a
#: reason. The coarse order is Apple's (authentication, then the device token, or the channel:
#: "Sending notification requests to APNs", "Sending broadcast push notification requests to APNs"),
#: the finer one was measured of devices (dory, August 2026): the key's environment before all, and
#: a token that is wrong before topic, push type and size. Where the other headers stand is not
#: known, and of channels nothing finer is: there the app comes before its channels, since a path
#: with a suffix could have none.
REASON_FOR: Mapping[Refusal, str | None] = {
    Refusal.NO_APP: "BadPath",
    Refusal.TOO_MUCH_AROUND: None,
    Refusal.REPEATED: "DuplicateHeaders",
    Refusal.CREDENTIALS_OF_OTHER_ENVIRONMENT: "BadEnvironmentKeyInToken",
    Refusal.NO_CREDENTIALS: "MissingProviderToken",
    Refusal.CREDENTIALS_INVALID: "InvalidProviderToken",
    Refusal.CREDENTIALS_EXPIRED: "ExpiredProviderToken",
    Refusal.CREDENTIALS_UNRELATED: "UnrelatedKeyIdInToken",
    Refusal.CREDENTIALS_RENEWED_TOO_SOON: "TooManyProviderTokenUpdates",
    Refusal.TOPIC_WITH_SUFFIX: "TopicDisallowed",
    Refusal.TOPIC_OF_OTHERS: "TopicMismatch",
    Refusal.NO_BROADCASTS: "BroadcastFeatureNotEnabled",
    Refusal.MISSING_CHANNEL: "MissingChannelId",
    Refusal.CHANNEL_UNKNOWN: "BadChannelId",
    Refusal.CHANNEL_DELETED: "ChannelNotRegistered",
    Refusal.MISSING_TOKEN: "MissingDeviceToken",
    Refusal.TOKEN_MALFORMED: "BadDeviceToken",
    Refusal.TOKEN_SIZE: "BadDeviceToken",
    Refusal.TOKEN_UNKNOWN: "BadDeviceToken",
    Refusal.TOKEN_OF_OTHER_ENVIRONMENT: "BadDeviceToken",
    Refusal.TOKEN_OF_OTHER_TOPIC: "DeviceTokenNotForTopic",
    Refusal.UNINSTALLED: "Unregistered",
    Refusal.TOKEN_EXPIRED: "ExpiredToken",
    Refusal.MISSING_TOPIC: "MissingTopic",
    Refusal.TOPIC_UNUSABLE: "BadTopic",
    Refusal.TOPIC_TOO_LONG: "BadTopic",
    Refusal.TOPIC_NOT_ALLOWED: "TopicDisallowed",
    Refusal.MESSAGE_ID: "BadMessageId",
    Refusal.EXPIRATION: "BadExpirationDate",
    Refusal.PRIORITY: "BadPriority",
    Refusal.MISSING_PUSH_TYPE: "MissingPushType",
    Refusal.PUSH_TYPE: "InvalidPushType",
    Refusal.COLLAPSE_ID: "BadCollapseId",
    Refusal.MISSING_PAYLOAD: "PayloadEmpty",
    Refusal.PAYLOAD_TOO_LARGE: "PayloadTooLarge",
    Refusal.DESCRIPTION_UNREADABLE: "BadRequestPayload",
    Refusal.DESCRIPTION_WRONG: "BadRequestParams",
    Refusal.TOO_MANY_CHANNELS: "CannotCreateChannelConfig",
    # As measured of delete (kontourai/station); of nothing that is read there is no report.
    Refusal.NO_CHANNEL: "BadPath",
}
#: What Apple's pages call those that are spelled otherwise on the wire.
PRINTED: Mapping[str, str] = {
    "BadEnvironmentKeyInToken": "BadEnvironmentKeyIdInToken",
    "BroadcastFeatureNotEnabled": "FeatureNotEnabled",
}
RANK: Mapping[Refusal, int] = {refusal: rank for rank, refusal in enumerate(REASON_FOR)}

#: Refusals that keep a request from being authenticated.
OF_CREDENTIALS = frozenset(
    {
        Refusal.TOO_MUCH_AROUND,
        Refusal.CREDENTIALS_OF_OTHER_ENVIRONMENT,
        Refusal.NO_CREDENTIALS,
        Refusal.CREDENTIALS_INVALID,
        Refusal.CREDENTIALS_EXPIRED,
        Refusal.CREDENTIALS_UNRELATED,
        Refusal.CREDENTIALS_RENEWED_TOO_SOON,
    }
)


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What a request is answered: `reason` is None where all is well, and where a status has none.
    `headers` and `content` are what it says besides, of a channel.
    """

    status: int
    reason: str | None = None
    #: Milliseconds, of 410: since when the token has been no good.
    timestamp: int | None = None
    #: Whether HEAD was asked: a body would break the client's stream then (RFC 9110, 9.3.2).
    of_head: bool = False
    headers: tuple[Header, ...] = ()
    content: bytes = b""

    def body(self, *, as_printed: bool = False) -> bytes:
        """The body, as Apple writes it: with the names that it uses, or that its pages print."""
        if self.reason is None or self.of_head:
            return self.content
        name = PRINTED.get(self.reason, self.reason) if as_printed else self.reason
        said: dict[str, str | int] = {"reason": name}
        if self.timestamp is not None:
            said["timestamp"] = self.timestamp
        return msgspec.json.encode(said)


#: What a push is answered that is taken: nothing else is said of it.
FINE = Answer(200)
#: What Apple does about more headers than SETTINGS allow is not known; this is HTTP's own word for
#: it (RFC 6585, 5).
_TOO_MANY = Answer(431)


def answer_to(refusal: Refusal, timestamp: int | None = None) -> Answer:
    """What a request is answered that is refused for this."""
    reason = REASON_FOR[refusal]
    return _TOO_MANY if reason is None else answer(reason, timestamp)


def answer(reason: str, timestamp: int | None = None) -> Answer:
    """The answer with this reason of Apple's."""
    return Answer(REASONS[reason], reason, timestamp)
