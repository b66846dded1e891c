"""What happened, and what that proves."""

from .bundle import MOST, Bundle, Row
from .clock import Moment
from .criteria import Criteria, Difference, Wanted
from .entries import (
    By,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    DelayedBy,
    Entry,
    FaultFired,
    FeedbackSent,
    How,
    Malformed,
    Notification,
    Outcome,
    Reason,
    Response,
    ServerStarted,
)
from .file import LedgerFile
from .json_lines import accepted_template, encode_line, fill_accepted
from .ledger import Ledger
from .reader import RecordedLedger
from .words import describe

__all__ = [
    "MOST",
    "Bundle",
    "By",
    "ConnectionClosed",
    "ConnectionOpened",
    "ConnectionRefused",
    "Criteria",
    "DelayedBy",
    "Difference",
    "Entry",
    "FaultFired",
    "FeedbackSent",
    "How",
    "Ledger",
    "LedgerFile",
    "Malformed",
    "Moment",
    "Notification",
    "Outcome",
    "Reason",
    "RecordedLedger",
    "Response",
    "Row",
    "ServerStarted",
    "Wanted",
    "accepted_template",
    "describe",
    "encode_line",
    "fill_accepted",
]
