"""The only loop: trio, sockets and TLS, for all fronts."""

from .clock import Clock
from .listening import Preferred, check_free
from .reception import Contexts
from .server import Server
from .tls import TLSStream

__all__ = [
    "Clock",
    "Contexts",
    "Preferred",
    "Server",
    "TLSStream",
    "check_free",
]
