"""How a server is told from others of the same test: by where its gateway listens."""

from __future__ import annotations

from ..errors import FakeAPNsError
from ..fake import Surface


def address(apns: Surface) -> str:
    """`gateway 127.0.0.1:40211`; a server in memory, or one that never ran, has none."""
    try:
        return f"gateway {apns.gateway.host}:{apns.gateway.port}"
    except FakeAPNsError:
        return "no address"


def titled(title: str, number: int, apns: Surface) -> str:
    """The title of one of several, such as `server 2, gateway 127.0.0.1:40211`."""
    return f"{title} {number}, {address(apns)}"
