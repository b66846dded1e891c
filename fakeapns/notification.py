"""A notification as people look at it: what was sent, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from .errors import UsageError

Outcome = Literal["accepted", "rejected", "discarded"]

#: The depth at which Apple's own JSON reader gives up, so deeper is as good as no JSON.
MAX_DEPTH = 512

# Possessive and content without a closing quote, so that it is linear on hostile bytes.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_TOKEN_NOISE = re.compile(r"[\s<>:-]")


class Entry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One thing that happened.

    `seq` counts from 1 without gaps, `t` is seconds since the server started on the clock
    that delays run on, `wall` epoch seconds.
    """

    seq: int
    t: float
    wall: float

    @property
    def at(self) -> datetime:
        """When it happened, UTC."""
        return datetime.fromtimestamp(self.wall, UTC)


class Notification(Entry, frozen=True, gc=False, kw_only=True, tag="notification"):
    """One push as the provider sent it.

    `ordinal` is the number of its frame on its connection, from 1. `status` is the name of
    the status that was decided for it, or None. A discarded notification came `behind` the
    frame with that ordinal (0: before any), because of the entry whose `seq` is `cause`.
    """

    connection: int
    ordinal: int
    command: int
    identifier: int | None
    token_bytes: bytes
    topic: str | None
    payload_bytes: bytes
    expiration: int | None
    priority: int | None
    outcome: Outcome
    status: str | None = None
    behind: int | None = None
    cause: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """The device token in lower-case hex, as people store it."""
        return self.token_bytes.hex()

    @property
    def payload(self) -> Any:
        """The payload's JSON as Python objects, or None where it is no JSON."""
        try:
            return parse_payload(self.payload_bytes)
        except ValueError:
            return None

    def matches(
        self,
        token: str | bytes | None = None,
        topic: str | None = None,
        payload: Any = None,
        where: Callable[[Notification], object] | None = None,
    ) -> bool:
        """Whether all that is given holds. `payload` is a subset: see `contains`."""
        return (
            (token is None or self.token_bytes == parse_token(token))
            and (topic is None or self.topic == topic)
            and (payload is None or contains(self.payload, payload))
            and (where is None or bool(where(self)))
        )

    def __str__(self) -> str:
        text = self.payload_bytes[:60].decode("utf-8", "replace")
        status = f" {self.status}" if self.status else ""
        return printable(
            f"connection {self.connection} #{self.ordinal} {self.outcome}{status} "
            f"token {short_token(self.token)} topic {self.topic} payload {text}"
        )


def short_token(token: str) -> str:
    """Enough of a token (hex) to tell it from others: its head, or its tail behind zeros."""
    if not token:
        return "(none)"
    if len(token) <= 8:
        return token
    return f"…{token[-8:]}" if len(set(token[:8])) == 1 else f"{token[:8]}…"


def printable(text: str) -> str:
    """The text on one line, without what would move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def parse_payload(payload: bytes) -> Any:
    """The payload's JSON. Raises `ValueError` in words where there is none that can be read."""
    if _depth(payload) > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    try:
        return msgspec.json.decode(payload.decode())
    except UnicodeDecodeError as wrong:
        raise ValueError(f"not UTF-8 at byte {wrong.start}") from None
    except RecursionError:
        # Within the limit, but the caller's own stack has left too little of Python's.
        raise ValueError("nested too deeply to be read from here") from None
    except msgspec.MsgspecError as wrong:
        raise ValueError(str(wrong).removeprefix("JSON is malformed: ")) from None


def _depth(payload: bytes) -> int:
    if payload.count(b"[") + payload.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for byte in _STRINGS.sub(b"", payload):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def parse_token(token: str | bytes) -> bytes:
    """The token's bytes, from bytes or from hex with or without spaces. Raises `UsageError`."""
    if isinstance(token, bytes):
        return token
    try:
        # Spaces are fine with Python; what else people's logs put in is not.
        return bytes.fromhex(token)
    except (TypeError, ValueError):
        pass
    try:
        return bytes.fromhex(_TOKEN_NOISE.sub("", token))
    except (TypeError, ValueError):
        raise UsageError(
            f"{token!r} is no device token: write an even number of hex digits"
        ) from None


def contains(whole: Any, part: Any) -> bool:
    """Whether every nested key of `part` is in `whole` with an equal value."""
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            key in whole and contains(whole[key], value) for key, value in part.items()
        )
    # Python holds True equal to 1; a test that means one of them does not.
    return bool(whole == part) and isinstance(whole, bool) == isinstance(part, bool)
