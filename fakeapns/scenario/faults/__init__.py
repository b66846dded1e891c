"""What may go wrong: one small frozen type for each fault.

A fault describes; `session` and the servers decide when it acts and what that means.
Durations and sizes are text with a unit, as in a scenario file.
"""

from __future__ import annotations

from .base import AfterNotifications, Close, Delay, Fault, Stage, bytes_in, seconds_in
from .connecting import (
    ALERTS,
    AcceptThenClose,
    Alert,
    BadCertificate,
    ReconnectBlock,
    Refuse,
    SlowHandshake,
)
from .feedback import FeedbackCut, FeedbackDelay, FeedbackRepeat, FeedbackSilent, FeedbackStale
from .notifying import Acknowledge, Blackhole, Drop, Garbage, Reject, Shutdown, Stall, Throttle

#: Every fault, in the order in which the documentation tells of them.
FAULTS: tuple[type[Fault], ...] = (
    Reject,
    Drop,
    Shutdown,
    Acknowledge,
    Garbage,
    Stall,
    Blackhole,
    Throttle,
    Refuse,
    SlowHandshake,
    Alert,
    AcceptThenClose,
    BadCertificate,
    ReconnectBlock,
    FeedbackCut,
    FeedbackDelay,
    FeedbackRepeat,
    FeedbackStale,
    FeedbackSilent,
)

BY_NAME: dict[str, type[Fault]] = {str(each.__struct_config__.tag): each for each in FAULTS}

__all__ = [
    "ALERTS",
    "BY_NAME",
    "FAULTS",
    "AcceptThenClose",
    "Acknowledge",
    "AfterNotifications",
    "Alert",
    "BadCertificate",
    "Blackhole",
    "Close",
    "Delay",
    "Drop",
    "Fault",
    "FeedbackCut",
    "FeedbackDelay",
    "FeedbackRepeat",
    "FeedbackSilent",
    "FeedbackStale",
    "Garbage",
    "ReconnectBlock",
    "Refuse",
    "Reject",
    "Shutdown",
    "SlowHandshake",
    "Stage",
    "Stall",
    "Throttle",
    "bytes_in",
    "seconds_in",
]
