"""What pytest says about notifications that are not equal."""

from __future__ import annotations

from collections.abc import Iterator

from ..fake import line_of
from ..ledger import ApiNotification, Notification
from ..text import printable, within

#: What only a push over the provider API has, by the names of its attributes.
_OF_THE_API = (
    *("service", "stream", "apns_id", "push_type", "collapse_id", "channel", "http_status"),
    *("violations", "detail", "answered", "key_id", "team_id", "headers"),
)
#: Which of two equal pushes came when is the least of what a test is about.
_LAST = ("seq", "t", "wall")
_WIDTH = 120
_NOWHERE = object()


def compare(left: object, right: object) -> list[str] | None:
    """Lines on what is different, moments last; None where these are no notifications."""
    if not isinstance(left, Notification) or not isinstance(right, Notification):
        return None
    names = [name for name in Notification.__struct_fields__ if name not in _LAST]
    if isinstance(left, ApiNotification) or isinstance(right, ApiNotification):
        names += _OF_THE_API
    lines = ["notifications that differ:", f"  {line_of(left)}", f"  {line_of(right)}"]
    same: list[str] = []
    for name in (*names, *_LAST):
        one, other = getattr(left, name, None), getattr(right, name, None)
        if name == "token_bytes":
            # Of what is no hex the bytes are empty, and a broadcast has none.
            one, other = left.token or "(none)", right.token or "(none)"
        if one == other:
            same.append(name)
        elif name == "payload_bytes":
            lines += _payloads(left, right)
        elif name == "token_bytes":
            lines.append(printable(f"token: {one} != {other}"))
        else:
            lines.append(_difference(name, one, other))
    return [*lines, f"the same: {', '.join(same)}"]


def _payloads(left: Notification, right: Notification) -> Iterator[str]:
    if left.payload is None or right.payload is None:
        yield _difference("payload_bytes", left.payload_bytes, right.payload_bytes)
    elif left.payload == right.payload:
        yield "payload_bytes: the same JSON, written in another way"
    else:
        yield from _keys(left.payload, right.payload, "payload")


def _keys(left: object, right: object, path: str) -> Iterator[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in dict.fromkeys([*left, *right]):
            one, other = left.get(key, _NOWHERE), right.get(key, _NOWHERE)
            if one != other:
                yield from _keys(one, other, f"{path}.{key}")
    else:
        yield _difference(path, left, right)


def _difference(name: str, left: object, right: object) -> str:
    return printable(f"{name}: {_shown(left)} != {_shown(right)}")


def _shown(value: object) -> str:
    text = "(absent)" if value is _NOWHERE else repr(value)
    return within(text, _WIDTH)
