"""Each service without I/O: bytes and the moment in, entries and actions out."""

from .actions import Action, Close, Reset, Send, ShutWrite
from .front import Connection, Front, Left, Provider, left_by
from .recorder import Recorder

__all__ = [
    "Action",
    "Close",
    "Connection",
    "Front",
    "Left",
    "Provider",
    "Recorder",
    "Reset",
    "Send",
    "ShutWrite",
    "left_by",
]
