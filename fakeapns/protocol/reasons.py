"""Apple's reasons of the provider API, in one table, and what the binary interface calls the same.

Sources: "Handling notification responses from APNs" and, of broadcasts and channels, "Handling
error responses from Apple Push Notification service", complete as of 2026, with the spellings that
differ on the wire: `BadEnvironmentKeyInToken`, measured both ways (dory's
`docs/live-activity-contract.md`), where the page prints `BadEnvironmentKeyIdInToken`, and
`BroadcastFeatureNotEnabled` (kontourai/station, and four more) for `FeatureNotEnabled`. Other
emulators have wrong statuses for some (Silent Circle: `BadPath` 400, `IdleTimeout` 503).
"""

from __future__ import annotations

from collections.abc import Mapping

from .binary.status import Status

#: The HTTP status of each reason. Of one status the commonest comes first.
REASONS: Mapping[str, int] = {
    "BadDeviceToken": 400,
    "BadCollapseId": 400,
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
    "MissingChannelId": 400,
    "BadChannelId": 400,
    "ChannelNotRegistered": 400,
    "BroadcastFeatureNotEnabled": 400,
    "CannotCreateChannelConfig": 400,
    "BadRequestParams": 400,
    "BadRequestPayload": 400,
    "MissingPushType": 400,
    "InvalidProviderToken": 403,
    "BadCertificate": 403,
    "BadCertificateEnvironment": 403,
    "ExpiredProviderToken": 403,
    "Forbidden": 403,
    "MissingProviderToken": 403,
    "UnrelatedKeyIdInToken": 403,
    "BadEnvironmentKeyInToken": 403,
    "TopicMismatch": 403,
    "BadPath": 404,
    "MethodNotAllowed": 405,
    "Unregistered": 410,
    "ExpiredToken": 410,
    "PayloadTooLarge": 413,
    "TooManyRequests": 429,
    "TooManyProviderTokenUpdates": 429,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
    "Shutdown": 503,
}

#: What both interfaces can say: the binary one has one status for all that may be wrong with whom a
#: push is for (8), and one for all that is wrong with the service (1).
MEANT: Mapping[str, tuple[str, ...]] = {
    Status.PROCESSING_ERROR.label: ("InternalServerError", "ServiceUnavailable"),
    Status.MISSING_TOKEN.label: ("MissingDeviceToken",),
    Status.MISSING_TOPIC.label: ("MissingTopic",),
    Status.MISSING_PAYLOAD.label: ("PayloadEmpty",),
    Status.INVALID_TOKEN_SIZE.label: ("BadDeviceToken",),
    Status.INVALID_TOPIC_SIZE.label: ("BadTopic",),
    Status.INVALID_PAYLOAD_SIZE.label: ("PayloadTooLarge",),
    Status.INVALID_TOKEN.label: (
        "BadDeviceToken",
        "DeviceTokenNotForTopic",
        "Unregistered",
        "ExpiredToken",
    ),
    Status.SHUTDOWN.label: ("Shutdown",),
}


def reason_of(status: str | int) -> str | None:
    """The reason for a status of either interface: a name of either, a code up to 255, or HTTP's
    number from 400 on. None where the provider API has no word for it.
    """
    if isinstance(status, int) and status >= 400:
        return next((reason for reason, http in REASONS.items() if http == status), None)
    if isinstance(status, int):
        known = status in set(Status)
        return reason_of(Status(status).label) if known else None
    if status in REASONS:
        return status
    return next(iter(MEANT.get(status, ())), None)


def code_of(status: str | int) -> int | None:
    """The code of the binary interface for a status of either, as `reason_of` takes it; None where
    it has no word for it.
    """
    if isinstance(status, int) and status < 256:
        return status
    if isinstance(status, str) and status not in REASONS:
        return int(Status.named(status))
    reason = reason_of(status)
    # Of two that may be meant the general one: 5 is of a size alone.
    found = [label for label, reasons in MEANT.items() if reason in reasons]
    return int(Status.named(found[-1])) if found else None


def translated(name: str) -> tuple[str, ...]:
    """All that the other interface calls what is called so on one of the two; empty where it has no
    word for it.
    """
    if name in MEANT:
        return MEANT[name]
    return tuple(label for label, reasons in MEANT.items() if name in reasons)
