"""The object that users hold, in trio and in a thread."""

from .activity import Activity
from .both_forms import Surface
from .circumstances import played
from .clock import HeldClock
from .device import Device
from .device_file import DeviceFile
from .device_in_thread import ThreadedDevice
from .device_in_trio import TrioDevice
from .devices import HeldDevices
from .engine import chosen_engine
from .explanation import line_of
from .held_token import HeldToken
from .in_thread import RUNNING, ThreadedAPNs
from .in_trio import LOOPBACK, FakeAPNs, check_arguments
from .received import Wake
from .search import news_within, quiet_async
from .wakeups import TrioNews

__all__ = [
    "LOOPBACK",
    "RUNNING",
    "Activity",
    "Device",
    "DeviceFile",
    "FakeAPNs",
    "HeldClock",
    "HeldDevices",
    "HeldToken",
    "Surface",
    "ThreadedAPNs",
    "ThreadedDevice",
    "TrioDevice",
    "TrioNews",
    "Wake",
    "check_arguments",
    "chosen_engine",
    "line_of",
    "news_within",
    "played",
    "quiet_async",
]
