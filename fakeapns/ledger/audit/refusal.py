"""Which notifications were refused for a fault of their own: the one thing that ends a duty.

Whatever else was not accepted, be it discarded or rejected with 1, 10 or 255, or on the provider
API with 403, 429 or 5xx, is still owed to its device: it is lost unless it comes again.
"""

from __future__ import annotations

from ...protocol import OWN_FAULT_LABELS, REASONS
from ..entries import Notification

#: The statuses of HTTP with which a push itself is at fault. 403 is its sender's: with good
#: credentials the same push is right. 429 and 5xx ask for a pause.
_OWN_FAULTS = frozenset({400, 404, 405, 410, 413})
#: Said with 400, of a connection.
_NOT_OF_IT = "IdleTimeout"
#: Said of the device or the channel: nothing that is sent there will ever arrive.
_GONE = frozenset(
    (
        *("Unregistered", "ExpiredToken", "ChannelNotRegistered"),
        # Of an app, and so of all its channels; the second is how Apple's page spells it.
        *("BroadcastFeatureNotEnabled", "FeatureNotEnabled"),
    )
)
#: Said of them, too, and it may be the sender's mistake: with one wrong setting all are told so.
_PERHAPS = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic", "BadChannelId"})


def own_fault(notification: Notification) -> bool:
    """Whether it was rejected for a fault of its own, so that sending it again cannot help."""
    if notification.outcome != "rejected":
        return False
    if notification.service == "gateway":
        return notification.status in OWN_FAULT_LABELS
    # Of one that was never to be answered the reason alone is there.
    code = notification.http_status or REASONS.get(notification.status or "")
    return code in _OWN_FAULTS and notification.status != _NOT_OF_IT


def says_gone(reason: str | None) -> bool:
    """Whether this reason of Apple's is about the device or the channel: who strikes that off for
    it cannot be wrong.
    """
    return reason in _GONE or reason in _PERHAPS


def is_final(reason: str | None) -> bool:
    """Whether who is told so has to send nothing there any more."""
    return reason in _GONE


def asks_for_a_pause(notification: Notification) -> bool:
    """Whether it was refused for a while: too many for its device, or a server in trouble. One that
    shuts down asks for another connection instead.
    """
    if notification.outcome != "rejected":
        return False
    code, reason = notification.http_status or 0, notification.status
    many = code == 429 and reason in (None, "TooManyRequests")
    return many or (code >= 500 and reason != "Shutdown")
