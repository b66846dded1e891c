"""The object that users hold, in trio and in a thread."""

from .both_forms import Surface
from .circumstances import played
from .engine import chosen_engine
from .explanation import line_of
from .in_thread import RUNNING, ThreadedAPNs
from .in_trio import LOOPBACK, FakeAPNs, check_arguments
from .search import news_within, quiet_async
from .wakeups import TrioNews

__all__ = [
    "LOOPBACK",
    "RUNNING",
    "FakeAPNs",
    "Surface",
    "ThreadedAPNs",
    "TrioNews",
    "check_arguments",
    "chosen_engine",
    "line_of",
    "news_within",
    "played",
    "quiet_async",
]
