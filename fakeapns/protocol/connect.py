"""What an HTTP proxy is asked for: the head of a CONNECT request (RFC 9110, 9.3.6).

Of what comes behind a head nothing is taken, since that is for whom the client is led to: it may
begin its TLS before it has an answer.
"""

from __future__ import annotations

import re

import msgspec

from .first_bytes import ENOUGH, Spoken, may_be_a_frame, recognise, undecided

#: Bytes of a head. Those of clients have some hundred; Squid and nginx take heads of 64 and 32 KiB.
LONGEST = 8192
#: Characters of a host: no name that is right has more (RFC 1035, 2.3.4).
_HOST = 255
_END = re.compile(rb"\n\r?\n")
#: A lone LF ends a line, too (RFC 9112, 2.2): people type this by hand.
_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/1\.[01]\r?")
_NO_METHOD = re.compile(rb"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@/?#\\]+)(?::([^@/]*))?")
#: Who is to sign in by a URL. A password may have an @ in it, where nobody has encoded that.
_USER = re.compile(r"^([^/?#]*//)?[^/?#]*@")
_HEX = re.compile(r"[0-9A-Fa-f:.]+")


class Tunnel(msgspec.Struct, frozen=True):
    """Where a client wants to be connected to: a name or an address without brackets, in lower
    case and without the dot of the root, and a port.
    """

    host: str
    port: int


class NoTunnel(msgspec.Struct, frozen=True):
    """What came instead, in words that follow `the client`. `status` is what HTTP has for it, None
    where it is not HTTP/1.1 that is spoken; `method` is another one than CONNECT, and `path` what
    that was for.
    """

    words: str
    status: int | None = 400
    spoken: Spoken | None = None
    method: str | None = None
    path: str | None = None


class ConnectHead:
    """Reads one head. `found` is what it says, None as long as that does not show."""

    __slots__ = ("_held", "found")

    def __init__(self) -> None:
        self._held = b""
        self.found: Tunnel | NoTunnel | None = None

    @property
    def begun(self) -> bool:
        """Whether anything has come."""
        return bool(self._held)

    @property
    def speaks_http(self) -> bool:
        """Whether what has come may well become a request."""
        return _NO_METHOD.search(self._held.lstrip(b"\r\n").partition(b" ")[0]) is None

    def belongs(self, seen: bytes) -> int:
        """How many of these bytes, which come next, are to be taken: one at least."""
        known = len(self._held)
        held = self._held + seen
        blank = len(held) - len(held.lstrip(b"\r\n"))
        end = _END.search(held, max(blank, known - 2))
        most = min(len(held), LONGEST)
        return max(1, (most if end is None else min(most, end.end())) - known)

    def take(self, data: bytes) -> None:
        """More of it has come."""
        self._held += data
        self.found = self._read()

    def _read(self) -> Tunnel | NoTunnel | None:
        # Blank lines before a request are none of it (RFC 9112, 2.2).
        head = self._held.lstrip(b"\r\n")
        if (undecided(self._held) or undecided(head)) and len(self._held) < LONGEST:
            return None
        spoken = recognise(self._held[:ENOUGH]) or recognise(head[:ENOUGH])
        if spoken not in (None, "http"):
            return NoTunnel("speaks no HTTP/1.1", None, spoken)
        if _NO_METHOD.match(head):
            return None if may_be_a_frame(head) else NoTunnel("speaks no HTTP/1.1", None)
        line, ended, _ = head.partition(b"\n")
        if ended:
            asked = _request(line)
            if isinstance(asked, NoTunnel):
                return asked
            if b"\0" in head:
                return NoTunnel("sends a header with a NUL in it")
            if _END.search(head):
                return asked
        if len(self._held) < LONGEST:
            return None
        what = "headers" if ended else "a request line"
        return NoTunnel(f"sends {what} of more than {LONGEST:,} bytes", 431 if ended else 414)


def _request(line: bytes) -> Tunnel | NoTunnel:
    """What the first line of a request asks for."""
    found = _LINE.fullmatch(line)
    if found is None:
        return NoTunnel("sends a first line that is none of an HTTP/1.1 request")
    method, target = found[1].decode(), found[2].decode()
    if method != "CONNECT":
        words = f"asks the proxy for {_short(method)} {_short(target)}"
        return NoTunnel(words, 405, method=method, path=target)
    return _authority(target)


def _authority(target: str) -> Tunnel | NoTunnel:
    """Host and port (RFC 9112, 3.2.3)."""
    found = _AUTHORITY.fullmatch(target)
    # Whatever stands before it: there is no path that an @ could belong to.
    target = target.rpartition("@")[2]
    if _HEX.fullmatch(target) and target.count(":") > 2:
        # As older versions of http.client write it (python/cpython #100985).
        said = "an IPv6 address stands in brackets, as in [::1]:443"
        return NoTunnel(f"asks for a tunnel to {_short(target)}, and {said}")
    if found is None:
        return NoTunnel(f"asks for a tunnel to {_short(target)}, which is no host with a port")
    host, port = found[1].strip("[]").lower().removesuffix("."), found[2]
    if not host:
        return NoTunnel(f"asks for a tunnel to {_short(target)}, which names no host")
    if len(host) > _HOST:
        return NoTunnel(f"asks for a tunnel to a host of {len(host):,} characters")
    if not port:
        return NoTunnel(f"asks for a tunnel to {_short(target)}, and names no port")
    if not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65_536:
        return NoTunnel(f"asks for a tunnel to {_short(target)}, which is no port from 1 to 65535")
    return Tunnel(host, int(port))


def public_target(target: str) -> str:
    """What a request is for, as it may be kept: without who is to sign in by its URL, and what is
    asked behind that. A program may name us as its proxy for all that it does.
    """
    if target.startswith("/"):
        return target
    asked, query, _ = _USER.sub(r"\1", target).partition("?")
    return f"{asked}?…" if query else asked


def _short(text: str) -> str:
    text = public_target(text)
    return text if len(text) <= 80 else f"{text[:79]}…"
