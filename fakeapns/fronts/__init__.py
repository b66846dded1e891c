"""Each service without I/O: bytes and the moment in, entries and actions out."""

from .actions import Action, Close, Reset, Send, ShutWrite
from .front import Connection, Front, Left, Pending, Provider, left_by
from .recorder import Recorder
from .strangers import PROXY, Ports, binary_words, http_words, speaks_here, to_api, to_gateway

__all__ = [
    "PROXY",
    "Action",
    "Close",
    "Connection",
    "Front",
    "Left",
    "Pending",
    "Ports",
    "Provider",
    "Recorder",
    "Reset",
    "Send",
    "ShutWrite",
    "binary_words",
    "http_words",
    "left_by",
    "speaks_here",
    "to_api",
    "to_gateway",
]
