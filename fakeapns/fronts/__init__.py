"""Each service without I/O: bytes and the moment in, entries and actions out."""

from .actions import Action, Close, Reset, Send, ShutWrite
from .front import Connection, Front, Left, Pending, Provider, left_by
from .in_http_1 import refusal
from .proxy import ESTABLISHED, Entrance, NotLed, Proxy
from .recorder import Recorder
from .strangers import (
    PROXY,
    Ports,
    binary_words,
    http_words,
    proxy_words,
    speaks_here,
    to_api,
    to_gateway,
)

__all__ = [
    "ESTABLISHED",
    "PROXY",
    "Action",
    "Close",
    "Connection",
    "Entrance",
    "Front",
    "Left",
    "NotLed",
    "Pending",
    "Ports",
    "Provider",
    "Proxy",
    "Recorder",
    "Reset",
    "Send",
    "ShutWrite",
    "binary_words",
    "http_words",
    "left_by",
    "proxy_words",
    "refusal",
    "speaks_here",
    "to_api",
    "to_gateway",
]
