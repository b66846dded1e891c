"""The CONNECT proxy without I/O: whom it leads to which service, and what it says to all others.

For clients whose host names are constants (aioapns, rpush, Signal-Server), and that heed
HTTPS_PROXY or have an option for a proxy. It never opens a connection, nor looks up a name: who is
led anywhere goes on, on the connection that is there already.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import ClassVar, Literal, get_args

import msgspec

from ..protocol import APPLE_HOSTS, NoTunnel, Tunnel
from ..scenario.faults import Service
from .front import Front
from .in_http_1 import refusal
from .strangers import PROXY, Ports, to_api, to_gateway

#: aioapns (`connection.py`) takes no other words: a status line has to have "Connect" in it.
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
#: Our own addresses, whatever else is listened on.
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
#: The fronts that one of our own ports may be.
_FRONTS = ("gateway", "feedback", "api", "plain_api")


class NotLed(msgspec.Struct, frozen=True):
    """Somebody whom the proxy leads nowhere: why, as goes on record, and the answer, if any."""

    reason: str
    hint: str
    reply: bytes = b""


class Proxy(msgspec.Struct, frozen=True):
    """A proxy at this port of a server that listens on `hosts`, and at `ports` for its services."""

    port: int
    hosts: tuple[str, ...]
    ports: Ports

    name: ClassVar[str] = "proxy"
    service: ClassVar[Literal["proxy"]] = "proxy"
    #: Those that somebody who comes here may be led to.
    services: ClassVar[tuple[Service, ...]] = get_args(Service)

    def lead(self, found: Tunnel | NoTunnel, reached: str | None) -> str | NotLed:
        """The name of the front that this leads to. `reached` is the address, if there is one,
        that the client has come to: that is ours, too.
        """
        if isinstance(found, NoTunnel):
            return self._unasked(found)
        if found.host in APPLE_HOSTS:
            return APPLE_HOSTS[found.host]
        asked = f"the client asked the proxy for {_in_words(found)}"
        if self._is_ours(found.host, reached):
            for name in _FRONTS:
                if self.ports(name) == found.port:
                    return name
            hint = f"{asked}, and no service of this server has that port: {self._own_ports()}"
        else:
            hint = (
                f"{asked}, and it leads nowhere but here, by the names of Apple's services as in "
                "api.push.apple.com and by this server's own ports: let the client go to other "
                "hosts without it (NO_PROXY)"
            )
        return NotLed("foreign-host", hint, refusal(403, hint))

    def _is_ours(self, host: str, reached: str | None) -> bool:
        ours = {_plain(each) for each in (*self.hosts, reached) if each}
        return _plain(host) in _LOCAL | ours

    def _own_ports(self) -> str:
        known = {name: self.ports(name) for name in _FRONTS}
        return ", ".join(f"{name} {port}" for name, port in known.items() if port is not None)

    def _unasked(self, found: NoTunnel) -> NotLed:
        hint = f"the client {found.words}{self._advice(found)}"
        if found.status is None:
            return NotLed("no-connect", hint)
        allowed = ("allow: CONNECT",) if found.status == 405 else ()
        reply = refusal(found.status, hint, *allowed, with_body=found.method != "HEAD")
        return NotLed("no-connect", hint, reply)

    def _advice(self, found: NoTunnel) -> str:
        """What to do about it, to be put behind the words for it."""
        match found.spoken:
            case "tls":
                return (
                    " but TLS to the proxy's port: let the URL of its proxy begin with http://, or "
                    f"if this is no proxy to it, {to_api(self.ports)}"
                )
            case "http2":
                return (
                    " but HTTP/2 to the proxy's port: let it ask a proxy in HTTP/1.1, or if this "
                    f"is no proxy to it, {to_api(self.ports)}"
                )
            case "frame":
                return (
                    " but Apple's binary protocol to the proxy's port: ask for a tunnel to "
                    f"gateway.push.apple.com first, or {to_gateway(self.ports)}"
                )
            case "proxy":
                return f": {PROXY}"
        if found.status is None:
            return " to the proxy's port: let the URL of its proxy begin with http:// (not socks)"
        if found.status != 405:
            return ": ask as in CONNECT api.push.apple.com:443 HTTP/1.1"
        if found.path is not None and found.path.startswith("/"):
            return (
                f", which is no CONNECT: {to_api(self.ports)}, or name this port as its proxy "
                "(HTTPS_PROXY)"
            )
        return (
            ", and all that this does is to connect (CONNECT), as clients want it for a URL with "
            "https: write https in the URL"
        )


#: What a port of a server leads to.
Entrance = Front | Proxy


def _in_words(asked: Tunnel) -> str:
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    return f"{host}:{asked.port}"


def _plain(host: str) -> str:
    """A host as it is compared: an address has many spellings."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower().removesuffix(".")
    return str(getattr(address, "ipv4_mapped", None) or address)
