"""HTTP/2 as bytes and values: no I/O, no clock, no files.

`Wire` is the server's side: it reads what a client writes, and writes answers, correct ones and
others. `ClientWire` is a client's, which does nothing wrong. It is a room of its own beside the
binary interface, so that whoever speaks only that loads no library for this.
"""

from .client_engine import ClientEngine, MakeClientEngine
from .client_wire import ClientWire
from .engine import Engine, MakeEngine
from .engines import EngineChoice, choose_engine
from .events import (
    By,
    ClientEvent,
    ConnectionEnded,
    Event,
    GoAwayReceived,
    PingAcknowledged,
    PingReceived,
    Request,
    RequestBroken,
    Response,
    SettingsAcknowledged,
    SettingsReceived,
    StreamRefused,
    StreamReset,
)
from .frames import PREFACE, ErrorCode, Omitted, Setting, code_name
from .limits import Limits
from .rules import is_secret, shown
from .settings import SETTINGS
from .shapes import FIELD, Header, Headers, Shape, Shapes
from .wire import Wire

__all__ = [
    "FIELD",
    "PREFACE",
    "SETTINGS",
    "By",
    "ClientEngine",
    "ClientEvent",
    "ClientWire",
    "ConnectionEnded",
    "Engine",
    "EngineChoice",
    "ErrorCode",
    "Event",
    "GoAwayReceived",
    "Header",
    "Headers",
    "Limits",
    "MakeClientEngine",
    "MakeEngine",
    "Omitted",
    "PingAcknowledged",
    "PingReceived",
    "Request",
    "RequestBroken",
    "Response",
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
