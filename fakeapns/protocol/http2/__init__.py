"""HTTP/2 on the server's side as bytes and values: no I/O, no clock, no files.

`Wire` reads what a client writes, and writes answers, correct ones and others. It is a room of its
own beside the binary interface, so that whoever speaks only that loads no library for this.
"""

from .engine import Engine, MakeEngine
from .engines import EngineChoice, choose_engine
from .events import (
    By,
    ConnectionEnded,
    Event,
    GoAwayReceived,
    PingAcknowledged,
    PingReceived,
    Request,
    RequestBroken,
    SettingsAcknowledged,
    SettingsReceived,
    StreamRefused,
    StreamReset,
)
from .frames import PREFACE, ErrorCode, Omitted, Setting, code_name
from .limits import Limits
from .rules import is_secret, shown
from .shapes import Header, Headers, Shape, Shapes
from .wire import SETTINGS, Wire

__all__ = [
    "PREFACE",
    "SETTINGS",
    "By",
    "ConnectionEnded",
    "Engine",
    "EngineChoice",
    "ErrorCode",
    "Event",
    "GoAwayReceived",
    "Header",
    "Headers",
    "Limits",
    "MakeEngine",
    "Omitted",
    "PingAcknowledged",
    "PingReceived",
    "Request",
    "RequestBroken",
    "Setting",
    "SettingsAcknowledged",
    "SettingsReceived",
    "Shape",
    "Shapes",
    "StreamRefused",
    "StreamReset",
    "Wire",
    "choose_engine",
    "code_name",
    "is_secret",
    "shown",
]
