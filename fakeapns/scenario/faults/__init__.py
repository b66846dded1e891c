"""What may go wrong: a file for each fault, with keys, stages, services and effect.

Durations and sizes are text with a unit, as in a scenario file.
"""

from __future__ import annotations

from .accept_then_close import AcceptThenClose
from .acknowledge import Acknowledge
from .alert import ALERTS, Alert
from .at import (
    Accepting,
    BadServer,
    Conversation,
    Exchange,
    Frames,
    Handshaking,
    Last,
    Listing,
    Open,
    Then,
)
from .bad_certificate import BadCertificate
from .base import Fault, holding, sparing
from .blackhole import Blackhole
from .deaf_ping import DeafPing
from .device import ChangeDevice
from .drop import Drop
from .feedback_cut import FeedbackCut
from .feedback_delay import FeedbackDelay
from .feedback_repeat import FeedbackRepeat
from .feedback_silent import FeedbackSilent
from .feedback_split import FeedbackSplit
from .feedback_stale import FeedbackStale
from .garbage import Garbage
from .goaway import GoAway
from .late_answer import LateAnswer
from .no_credit import NoCredit
from .no_settings import NoSettings
from .partial_answer import PartialAnswer
from .reconnect_block import ReconnectBlock
from .refuse import Refuse
from .reject import Reject
from .reset_stream import ResetStream
from .settings import ChangeSettings
from .shutdown import Shutdown
from .slow_handshake import SlowHandshake
from .stages import KNOWN, Service, Stage
from .stall import Stall
from .throttle import Throttle
from .unanswered import Unanswered
from .values import AfterNotifications, CloseKind, Delay, bytes_in, delay_parts, seconds_in
from .wedge import Wedge

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
    GoAway,
    ResetStream,
    Unanswered,
    LateAnswer,
    PartialAnswer,
    ChangeSettings,
    NoCredit,
    NoSettings,
    DeafPing,
    Wedge,
    ChangeDevice,
    FeedbackCut,
    FeedbackSplit,
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
    "KNOWN",
    "AcceptThenClose",
    "Accepting",
    "Acknowledge",
    "AfterNotifications",
    "Alert",
    "BadCertificate",
    "BadServer",
    "Blackhole",
    "ChangeDevice",
    "ChangeSettings",
    "CloseKind",
    "Conversation",
    "DeafPing",
    "Delay",
    "Drop",
    "Exchange",
    "Fault",
    "FeedbackCut",
    "FeedbackDelay",
    "FeedbackRepeat",
    "FeedbackSilent",
    "FeedbackSplit",
    "FeedbackStale",
    "Frames",
    "Garbage",
    "GoAway",
    "Handshaking",
    "Last",
    "LateAnswer",
    "Listing",
    "NoCredit",
    "NoSettings",
    "Open",
    "PartialAnswer",
    "ReconnectBlock",
    "Refuse",
    "Reject",
    "ResetStream",
    "Service",
    "Shutdown",
    "SlowHandshake",
    "Stage",
    "Stall",
    "Then",
    "Throttle",
    "Unanswered",
    "Wedge",
    "bytes_in",
    "delay_parts",
    "holding",
    "seconds_in",
    "sparing",
]
