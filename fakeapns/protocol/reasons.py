"""Apple's reasons on the provider API, in one table, and what the binary interface calls the same.

Source: "Handling notification responses from APNs", "Handling error responses from Apple Push
Notification service" (channels). Two are on the wire otherwise than on the page (dory,
kontourai/station, both measured); both spellings are here.
"""

from __future__ import annotations

from collections.abc import Mapping

from .binary.status import Status

#: Each reason, and the HTTP status that it comes with.
REASONS: Mapping[str, int] = {
    "BadCollapseId": 400,
    "BadDeviceToken": 400,
    "BadExpirationDate": 400,
    "BadMessageId": 400,
    "BadPriority": 400,
    "BadTopic": 400,
    "DeviceTokenNotForTopic": 400,
    "DuplicateHeaders": 400,
    "IdleTimeout": 400,
    "InvalidPushType": 400,
    "MissingDeviceToken": 400,
    "MissingTopic": 400,
    "PayloadEmpty": 400,
    "TopicDisallowed": 400,
    "BadCertificate": 403,
    "BadCertificateEnvironment": 403,
    "BadEnvironmentKeyIdInToken": 403,
    "BadEnvironmentKeyInToken": 403,
    "ExpiredProviderToken": 403,
    "Forbidden": 403,
    "InvalidProviderToken": 403,
    "MissingProviderToken": 403,
    "UnrelatedKeyIdInToken": 403,
    "BadPath": 404,
    "MethodNotAllowed": 405,
    "ExpiredToken": 410,
    "Unregistered": 410,
    "PayloadTooLarge": 413,
    "TooManyProviderTokenUpdates": 429,
    "TooManyRequests": 429,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
    "Shutdown": 503,
    # What only channels and broadcasts are answered with.
    "BadChannelId": 400,
    "BadRequestParams": 400,
    "BadRequestPayload": 400,
    "BroadcastFeatureNotEnabled": 400,
    "CannotCreateChannelConfig": 400,
    "ChannelNotRegistered": 400,
    "FeatureNotEnabled": 400,
    "MissingChannelId": 400,
    "MissingPushType": 400,
    "TopicMismatch": 403,
}

#: Statuses of the binary interface, each with the reasons that mean the same, the nearest first. It
#: has one for all that is wrong with whose token it is (`Status.INVALID_TOKEN`). What is not here
#: only one of the two can say.
_ALIKE: Mapping[Status, tuple[str, ...]] = {
    Status.PROCESSING_ERROR: ("InternalServerError",),
    Status.MISSING_TOKEN: ("MissingDeviceToken",),
    Status.MISSING_TOPIC: ("MissingTopic",),
    Status.MISSING_PAYLOAD: ("PayloadEmpty",),
    Status.INVALID_TOKEN: (
        "BadDeviceToken",
        "Unregistered",
        "DeviceTokenNotForTopic",
        "ExpiredToken",
    ),
    Status.INVALID_TOKEN_SIZE: ("BadDeviceToken",),
    Status.INVALID_TOPIC_SIZE: ("BadTopic",),
    Status.INVALID_PAYLOAD_SIZE: ("PayloadTooLarge",),
    Status.SHUTDOWN: ("Shutdown",),
}

_TRANSLATED: dict[str, tuple[str, ...]] = {
    status.label: reasons for status, reasons in _ALIKE.items()
}
for _status, _reasons in _ALIKE.items():
    for _reason in _reasons:
        _TRANSLATED[_reason] = (*_TRANSLATED.get(_reason, ()), _status.label)


def translated(name: str) -> tuple[str, ...]:
    """What the other service calls what is called so on one of them, the nearest name first.

    Empty where only one of them can say it.
    """
    return _TRANSLATED.get(name, ())
