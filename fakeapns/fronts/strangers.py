"""What is said of those who speak something else than the service that they have reached."""

from __future__ import annotations

from collections.abc import Callable

from ..protocol import ENOUGH, Spoken, recognise
from ..scenario.faults import Service
from ..text import size_in_words

#: The port that a service of this server listens on, None where it has none.
Ports = Callable[[Service], int | None]

_HTTP = (
    "the client speaks {spoken}, and the {service} port speaks Apple's binary protocol over TLS: "
    "use a client of that here, since fakeapns does not speak HTTP/2 yet"
)
PROXY = "a proxy in front announces the client (PROXY protocol): switch that off in the proxy"


def http_words(service: Service, spoken: str = "HTTP") -> str:
    """What somebody is told who speaks HTTP here, or means to."""
    return _HTTP.format(spoken=spoken, service=service)


def stranger(spoken: Spoken | None, service: Service) -> str | None:
    """The words for what came inside TLS and is not for this service, None where none fit.

    They begin with `http: ` where it was a request, so that it can be told from all else.
    """
    match spoken:
        case "http":
            return f"http: {http_words(service, 'HTTP/1.1')}"
        case "http2":
            return f"http: {http_words(service, 'HTTP/2')}"
        case "tls":
            return (
                "the client starts TLS a second time inside TLS, as behind a tunnel (stunnel, a "
                "proxy): switch one of the two off"
            )
        case "proxy":
            return PROXY
    return None


class Unasked:
    """What a reader writes to a service that only speaks: counted, and its beginning kept."""

    __slots__ = ("_begin", "size")

    def __init__(self) -> None:
        self._begin = b""
        self.size = 0

    def took(self, data: bytes) -> None:
        """This has been written, too."""
        self._begin += data[: ENOUGH - len(self._begin)]
        self.size += len(data)

    def in_words(self, service: Service, ports: Ports) -> str | None:
        """What it is and where it should have gone; None where nothing was written."""
        if not self.size:
            return None
        were = "was" if self.size == 1 else "were"
        written = f"{size_in_words(self.size)} {were} written to {service}, which only speaks"
        spoken = recognise(self._begin)
        if spoken == "frame":
            return f"{written}; they look like a notification: {to_gateway(ports)}"
        words = stranger(spoken, service)
        return f"{written}; {words}" if words else f"{written}: is it the right port?"


def to_gateway(ports: Ports) -> str:
    """Where notifications belong."""
    port = ports("gateway")
    return f"send it to the gateway{'' if port is None else f', at port {port}'}"
