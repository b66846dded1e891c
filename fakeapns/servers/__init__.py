"""The only loop: trio, sockets and TLS, for all fronts."""

from .clock import Clock
from .listening import check_free
from .reception import Contexts
from .server import Server
from .tls import TLSStream

__all__ = [
    "Clock",
    "Contexts",
    "Server",
    "TLSStream",
    "check_free",
]
