"""Who is who: when two notifications are the same.

By token and payload, and never by identifier: to Apple it is an arbitrary value (Binary
Provider API, table A-3), providers number anew on each connection, and PyAPNs wrote 0 unless
it was told otherwise. Payloads are the same when their JSON is, by bytes only where there is
none: who sends again may well encode again, with its keys in another order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import msgspec

from ...errors import UsageError
from ...push import Token, parse_payload, parse_token
from ...text import shown, unwritable
from ..entries import Notification

#: How to tell notifications apart instead: a function of what has `token` and `payload`, or
#: the dotted path of something in the payload, which then stands for it beside the token.
Key = Callable[[Any], Hashable] | str

#: The bytes of a token, or what stands in its place: what it is, and its text.
Address = bytes | tuple[str, str]


def digest(to: Token | Address, payload: Any) -> int:
    """What stands for a notification: 64 bits, so that payloads need not be kept. It is for a
    token, or an address; the payload is bytes, text or Python objects.

    Two of a million are the same by accident in one of 10^7 audits. Raises `UsageError` for
    what is no token, or no payload.
    """
    return hash((to if isinstance(to, tuple) else parse_token(to), canonical(payload)))


def as_it_came(notification: Notification) -> int:
    """The digest of what was written in the canonical form, without reading it.

    Where it was not, nobody else has this digest: see `digest_of` for the long way.
    """
    return hash((address_of(notification), notification.payload_bytes))


def digest_of(notification: Notification) -> int:
    """The digest of what was recorded: that of `digest` for the same token and payload.

    Good within one process: Python's hash of bytes is salted.
    """
    return hash((address_of(notification), canonical(notification.payload_bytes)))


def address_of(notification: Notification) -> Address:
    """Whom it is for: a token's bytes, else a channel, else what was no token, as it came."""
    if notification.token_bytes or notification.service == "gateway":
        return notification.token_bytes
    if notification.channel is not None:
        return "channel", notification.channel
    return ("text", notification.token) if notification.token else b""


def canonical(payload: Any) -> bytes:
    """The same bytes for all that is the same JSON."""
    if isinstance(payload, str):
        payload = payload.encode("utf-8", "surrogatepass")
    if isinstance(payload, bytes):
        try:
            return canonical_of(parse_payload(payload))
        except ValueError:
            return payload
    return canonical_of(payload)


def canonical_of(content: Any) -> bytes:
    """The same for JSON that has been read already."""
    try:
        encoded: bytes = msgspec.json.encode(content, order="sorted")
    except (TypeError, ValueError, RecursionError) as wrong:
        why = unwritable(content) or wrong
        raise UsageError(f"{shown(content)} is no payload: {why}") from None
    # 1.0 is equal to 1, and some languages know only one of them.
    if _FLOAT.search(encoded):
        encoded = msgspec.json.encode(_WITHOUT_POINTS.decode(encoded), order="sorted")
    return encoded


#: What a float looks like, and now and then a text.
_FLOAT = re.compile(rb"[0-9][.eE]")


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**63 else value


_WITHOUT_POINTS: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=_number)


def at_path(payload: Any, path: str) -> Any:
    """What stands at a dotted path of a payload. Raises `KeyError` where nothing does."""
    found = payload
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise KeyError(path)
        found = found[name]
    return found
