"""What somebody speaks, recognised by the first bytes: people take one port for another."""

from __future__ import annotations

from typing import Literal

Spoken = Literal["http", "http2", "tls", "proxy", "frame"]

#: Bytes that are enough to recognise anything.
ENOUGH = 16
#: How a request begins: with its method (RFC 9110, 9.1; RFC 5789), in HTTP/2 with the preface
#: (RFC 9113, 3.4). No command of the binary protocol is a letter.
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
_BEGINNINGS: tuple[tuple[bytes, Spoken], ...] = (
    *((f"{method} ".encode(), "http") for method in _METHODS),
    (b"PRI * HTTP/2", "http2"),
    # The record of a hello: type 22, and 3 for the major version.
    (b"\x16\x03", "tls"),
    # HAProxy's, versions 1 and 2: load balancers say with it who is behind them.
    (b"PROXY ", "proxy"),
    (b"\r\n\r\n\0\r\nQUIT\n", "proxy"),
)
#: The highest command of the binary protocol, which its frames begin with.
_COMMANDS = 2
#: The longest token that is known to be right, and how items are numbered (table A-3).
_TOKEN, _ITEMS = 100, range(1, 6)


def recognise(begin: bytes) -> Spoken | None:
    """What begins with these bytes, None if that is not known."""
    for known, spoken in _BEGINNINGS:
        if begin.startswith(known):
            return spoken
    return "frame" if _looks_like_frame(begin) else None


def undecided(begin: bytes) -> bool:
    """Whether it takes more bytes to tell if these begin another protocol than ours."""
    return any(known != begin and known.startswith(begin) for known, _ in _BEGINNINGS)


def may_be_a_frame(begin: bytes) -> bool:
    """Whether these bytes, of which there is one at least, may begin a frame, and are too few to
    tell.
    """
    return begin[0] <= _COMMANDS and len(begin) < ENOUGH


def _looks_like_frame(begin: bytes) -> bool:
    """Whether the lengths at the front of a frame of commands 0, 1 or 2 are believable."""
    match begin[:1]:
        case b"\0":
            return len(begin) >= 3 and 0 < int.from_bytes(begin[1:3], "big") <= _TOKEN
        case b"\1":
            return len(begin) >= 11 and 0 < int.from_bytes(begin[9:11], "big") <= _TOKEN
        case b"\2":
            return len(begin) >= 6 and begin[1:3] == b"\0\0" and begin[5] in _ITEMS
    return False
