"""What is said of those who speak something else than the service that they have reached."""

from __future__ import annotations

from collections.abc import Callable

from ..ledger import How
from ..protocol import ENOUGH, Spoken, recognise
from ..scenario.faults import Service
from ..text import size_in_words

#: The port of this server by the name of its front, None where there is none.
Ports = Callable[[str], int | None]

PROXY = "a proxy in front announces the client (PROXY protocol): switch that off in the proxy"
#: What each service speaks, in words.
_BINARY = "Apple's binary protocol"
_SPEAKS = {"gateway": f"{_BINARY} over TLS", "feedback": f"{_BINARY} over TLS", "api": "HTTP/2"}


def speaks_here(service: Service, spoken: str) -> str:
    """What somebody speaks, and what the port of this service does."""
    return f"the client speaks {spoken}, and the {service} port speaks {_SPEAKS[service]}"


def http_words(service: Service, ports: Ports, spoken: str = "HTTP") -> str:
    """What somebody is told who speaks HTTP to a binary service, or means to."""
    return f"{speaks_here(service, spoken)}: {to_api(ports)}"


def binary_words(ports: Ports) -> str:
    """What somebody is told who sends a frame of the binary protocol to the provider API."""
    return f"{speaks_here('api', _BINARY)}: {to_gateway(ports)}"


def proxy_words(ports: Ports) -> str:
    """What somebody is told who asks a service for a tunnel."""
    port = ports("proxy")
    where = "start the server with --proxy-port" if port is None else f"that is at port {port}"
    return f"the client takes this port for an HTTP proxy: {where}"


def stranger(spoken: Spoken | None, service: Service, ports: Ports) -> str | None:
    """The words for what came inside TLS and is not for this binary service, None where none fit.

    They begin with `http: ` where it was a request, so that it can be told from all else.
    """
    match spoken:
        case "http":
            return f"http: {http_words(service, ports, 'HTTP/1.1')}"
        case "http2":
            return f"http: {http_words(service, ports, 'HTTP/2')}"
        case "tls":
            return (
                "the client starts TLS a second time inside TLS, as behind a tunnel (stunnel, a "
                "proxy): switch one of the two off"
            )
        case "proxy":
            return PROXY
    return None


def silence(how: How, ports: Ports, *, secure: bool = True, reads_feedback: bool = False) -> str:
    """The words for who left like this without a byte. `secure` is whether there was TLS, and
    `reads_feedback` whether it may be one that waits for the list of the feedback service.
    """
    goodbye = "" if how == "graceful" else " or a goodbye"
    reasons = ["it had nothing to send", "only looked at the port"]
    if reads_feedback:
        reasons.append(f"waits for feedback, which is another service{_at(ports('feedback'))}")
    if secure and goodbye:
        # Measured with Node 20: it judges certificates behind the handshake, without alert.
        reasons.append(
            "judges certificates late, as Node does where it does not trust our CA: set "
            "NODE_EXTRA_CA_CERTS to ca.pem there"
        )
    return f"the client left without a byte{goodbye}: {', or '.join(reasons)}"


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
        words = stranger(spoken, service, ports)
        return f"{written}; {words}" if words else f"{written}: is it the right port?"


def to_gateway(ports: Ports) -> str:
    """Where notifications of the binary protocol belong."""
    return f"send it to the gateway{_at(ports('gateway'))}"


def to_api(ports: Ports) -> str:
    """Where who speaks HTTP belongs."""
    return f"connect to the provider API{_at(ports('api'))}, which speaks HTTP/2 over TLS"


def _at(port: int | None) -> str:
    return "" if port is None else f", at port {port}"
