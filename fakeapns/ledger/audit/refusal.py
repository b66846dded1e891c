"""Which notifications were refused for a fault of their own: the one thing that ends a duty.

Whatever else was not accepted, be it discarded or rejected with 1, 10 or 255, is still owed
to its device: it is lost unless it comes again.
"""

from __future__ import annotations

from ...protocol import OWN_FAULT_LABELS
from ..entries import Notification


def own_fault(notification: Notification) -> bool:
    """Whether it was rejected for a fault of its own, so that sending it again cannot help."""
    return notification.outcome == "rejected" and notification.status in OWN_FAULT_LABELS
