"""What happened, and what that proves."""

from .api_entries import (
    Answering,
    ApiClosed,
    ApiNotification,
    ApiRequest,
    ApiResponse,
    Envelope,
    GoAwaySeen,
    HeaderFacts,
    ResetSeen,
    SettingsSeen,
)
from .bundle import Alike, Bundle, Row
from .clock import Moment
from .criteria import Criteria, Difference, Wanted, payload_differences
from .deliveries import Delivery
from .delivery_criteria import DeliveryCriteria, WantedDelivery, push_of, said_in
from .effects import NO_EFFECT, fired, in_vain
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
    Place,
    Reason,
    Response,
    ServerStarted,
)
from .file import LedgerFile
from .given import channel_in
from .json_lines import accepted_template, api_template, encode_line, fill_accepted, fill_api
from .landings import record_landings
from .ledger import Ledger
from .reader import RecordedLedger
from .runs import (
    Sort,
    blurred,
    describe_run,
    encode_run,
    sort_of,
    sort_of_accepted,
)
from .words import (
    answer_in_words,
    apns_headers,
    describe,
    done_in_words,
    goaway_in_words,
    remarks,
)

__all__ = [
    "NO_EFFECT",
    "Alike",
    "Answering",
    "ApiClosed",
    "ApiNotification",
    "ApiRequest",
    "ApiResponse",
    "Bundle",
    "By",
    "ConnectionClosed",
    "ConnectionOpened",
    "ConnectionRefused",
    "Criteria",
    "DelayedBy",
    "Delivery",
    "DeliveryCriteria",
    "Difference",
    "Entry",
    "Envelope",
    "FaultFired",
    "FeedbackSent",
    "GoAwaySeen",
    "HeaderFacts",
    "How",
    "Ledger",
    "LedgerFile",
    "Malformed",
    "Moment",
    "Notification",
    "Outcome",
    "Place",
    "Reason",
    "RecordedLedger",
    "ResetSeen",
    "Response",
    "Row",
    "ServerStarted",
    "SettingsSeen",
    "Sort",
    "Wanted",
    "WantedDelivery",
    "accepted_template",
    "answer_in_words",
    "api_template",
    "apns_headers",
    "blurred",
    "channel_in",
    "describe",
    "describe_run",
    "done_in_words",
    "encode_line",
    "encode_run",
    "fill_accepted",
    "fill_api",
    "fired",
    "goaway_in_words",
    "in_vain",
    "payload_differences",
    "push_of",
    "record_landings",
    "remarks",
    "said_in",
    "sort_of",
    "sort_of_accepted",
]
