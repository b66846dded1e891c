"""Apple's binary push protocol as bytes and values, and the tables that all services share: no I/O,
no clock, no files.

HTTP/2 has a door of its own, `fakeapns.protocol.http2`, and this one does not lead there: who
speaks the binary protocol loads no library for it.

Useful on its own: `GatewayParser` reads what providers send, the `encode_` functions write
it, `FeedbackParser` reads the list of the feedback service.
"""

from .binary.bulk import LONGEST_TAIL, TOKEN_SIZE, Frames
from .binary.encode import (
    ERROR_SIZE,
    ErrorPacket,
    decode_error,
    encode_enhanced,
    encode_error,
    encode_framed,
    encode_simple,
    error_text,
)
from .binary.events import NEED_DATA, Event, FrameMalformed, NotificationReceived
from .binary.feedback import FeedbackParser, FeedbackTuple, encode_feedback
from .binary.lengths import OddLengths
from .binary.parser import GatewayParser
from .binary.readers import read_frame
from .binary.status import OWN_FAULT_LABELS, OWN_FAULTS, Status, status_label
from .connect import ConnectHead, NoTunnel, Tunnel, public_target
from .first_bytes import ENOUGH, Spoken, may_be_a_frame, recognise, undecided
from .hosts import APPLE_HOSTS
from .push_types import PUSH_TYPES, app_of, push_type_of
from .reasons import MEANT, REASONS, code_of, reason_of, translated

__all__ = [
    "APPLE_HOSTS",
    "ENOUGH",
    "ERROR_SIZE",
    "LONGEST_TAIL",
    "MEANT",
    "NEED_DATA",
    "OWN_FAULTS",
    "OWN_FAULT_LABELS",
    "PUSH_TYPES",
    "REASONS",
    "TOKEN_SIZE",
    "ConnectHead",
    "ErrorPacket",
    "Event",
    "FeedbackParser",
    "FeedbackTuple",
    "FrameMalformed",
    "Frames",
    "GatewayParser",
    "NoTunnel",
    "NotificationReceived",
    "OddLengths",
    "Spoken",
    "Status",
    "Tunnel",
    "app_of",
    "code_of",
    "decode_error",
    "encode_enhanced",
    "encode_error",
    "encode_feedback",
    "encode_framed",
    "encode_simple",
    "error_text",
    "may_be_a_frame",
    "public_target",
    "push_type_of",
    "read_frame",
    "reason_of",
    "recognise",
    "status_label",
    "translated",
    "undecided",
]
