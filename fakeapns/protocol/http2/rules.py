"""Which rule of HTTP/2 headers break, in words (RFC 9113, 8.2 and 8.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .shapes import Header

#: Fields of HTTP/1.1 that say something about its connection (RFC 9113, 8.2.2).
_OF_A_CONNECTION = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade")
)
_PSEUDO = frozenset((b":method", b":scheme", b":path", b":authority"))
#: What may stand once, and not be empty; `host` is the older name of `:authority`.
_ONCE = _PSEUDO | {b"host"}
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
#: Any byte but control characters; a tab may stand within. Bytes over 127 are taken as they come.
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
#: What single values are made of, as libnghttp2 has it, which is more than RFC 3986 allows.
_SPELLED = {
    b":method": re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"),
    b":scheme": re.compile(rb"[A-Za-z][A-Za-z0-9+\-.]*"),
    b":path": re.compile(rb"[\x21-\x7e\x80-\xff]+"),
    b":authority": re.compile(rb"[!$%&'()*+,\-.0-9:;=A-Z\[\]_a-z~]+"),
    b"host": re.compile(rb"[!$%&'()*+,\-.0-9:;=A-Z\[\]_a-z~]+"),
}
_STATUS = re.compile(rb"[1-5][0-9]{2}")
_LONGEST = 60


def broken_rule(headers: Iterable[Header], *, trailers: bool = False) -> str | None:
    """The first rule that these headers of a request break, as a clause; None if they break none.
    `trailers` come behind its body.

    What HTTP/2 leaves to Apple, such as a repeated `apns-id`, is no business of it.
    """
    seen: dict[bytes, bytes] = {}
    ordinary = trailers
    for name, value in headers:
        broken = _broken_field(name, value, seen, late=ordinary)
        if broken is not None:
            return broken
        ordinary = ordinary or not name.startswith(b":")
        seen.setdefault(name, value)
    return None if trailers else _missing(seen)


def broken_answer(headers: Iterable[Header]) -> str | None:
    """The first rule that these headers of an answer break, as `broken_rule` says it."""
    fields = list(headers)
    name, status = fields[0] if fields else (b"", b"")
    if name != b":status" or not _STATUS.fullmatch(status):
        return "an answer begins with ':status' and a number of three digits"
    for name, _ in fields[1:]:
        if name.startswith(b":"):
            return f"{shown(name)} is no pseudo-header of an answer, or it comes too late"
    return broken_rule(fields[1:], trailers=True)


def shown(text: bytes) -> str:
    """Bytes of a client's in a sentence: no longer than sixty, and nothing a terminal obeys."""
    whole = ascii(text.decode("latin-1"))
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"


def announced(length: bytes) -> int | None:
    """How long a body is to be that has this content-length; None if that is no number of bytes."""
    # Zeros may stand in front (RFC 9110, 8.6), and Python reads no number of 4,301 digits.
    digits = length.lstrip(b"0")[:20] or b"0"
    number = int(digits) if length.isdigit() else -1
    return number if 0 <= number < 1 << 63 else None


def is_secret(name: bytes, value: bytes) -> bool:
    """Whether a header holds credentials, also where its name is spelled wrong: nobody is shown
    them.
    """
    plain = name.lower()
    return b"authorization" in plain or plain == b"cookie" or value[:7].lower() == b"bearer "


def _broken_field(name: bytes, value: bytes, seen: dict[bytes, bytes], *, late: bool) -> str | None:
    if name.startswith(b":"):
        if name not in _PSEUDO:
            return f"{shown(name)} is no pseudo-header of a request"
        if late:
            return f"the pseudo-header {shown(name)} comes behind ordinary headers"
    elif not _NAME.fullmatch(name):
        return _misnamed(name)
    if name in _ONCE and name in seen:
        return f"the header {shown(name)} comes twice"
    return _misused(name, value, seen) or _misspelled(name, value)


def _misnamed(name: bytes) -> str:
    if not name:
        return "a header has an empty name"
    if name != name.lower():
        return f"the header name {shown(name)} has capital letters, and HTTP/2 allows none"
    return f"the header name {shown(name)} has characters that no name may have"


def _misused(name: bytes, value: bytes, seen: dict[bytes, bytes]) -> str | None:
    if name in _OF_A_CONNECTION:
        return f"the header {shown(name)} belongs to HTTP/1.1, and HTTP/2 forbids it"
    if name == b"te" and value.lower() != b"trailers":
        return f"the header 'te' may only say 'trailers' in HTTP/2, and says {shown(value)}"
    if name == b"content-length":
        if name in seen:
            return "the header 'content-length' comes twice"
        if announced(value) is None:
            return f"content-length is no number of bytes: {shown(value)}"
    return None


def _misspelled(name: bytes, value: bytes) -> str | None:
    if name in _ONCE and not value:
        return f"the header {shown(name)} is empty"
    if not _VALUE.fullmatch(value):
        return f"the value of {shown(name)} has control characters{_as_it_is(name, value)}"
    if value != value.strip(b" \t"):
        said = _as_it_is(name, value)
        return f"the value of {shown(name)} begins or ends with a space or tab{said}"
    if name in _SPELLED and not _SPELLED[name].fullmatch(value):
        return f"the value of {shown(name)} has characters that it may not have: {shown(value)}"
    return None


def _as_it_is(name: bytes, value: bytes) -> str:
    return "" if is_secret(name, value) else f": {shown(value)}"


def _missing(seen: dict[bytes, bytes]) -> str | None:
    if seen.get(b":method") == b"CONNECT":
        if b":scheme" in seen or b":path" in seen or b":authority" not in seen:
            return "CONNECT comes with ':authority' alone, without ':scheme' and ':path'"
        return None
    for name in (b":method", b":scheme", b":path"):
        if name not in seen:
            return f"the pseudo-header {shown(name)} is missing"
    if b":authority" not in seen and b"host" not in seen:
        return "neither ':authority' nor 'host' says which server is meant"
    path = seen[b":path"]
    if path.startswith(b"/") or seen[b":scheme"].lower() not in (b"http", b"https"):
        return None
    if path == b"*" and seen[b":method"] == b"OPTIONS":
        return None
    return f"the path does not begin with a slash: {shown(path)}"
