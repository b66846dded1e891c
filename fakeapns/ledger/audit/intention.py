"""What a provider meant to send, as a table to look recorded notifications up in.

The table has digests, not payloads: a million notifications are not copied to be audited.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ...errors import UsageError
from ...push import Channel, Token, parse_token, short_token
from ...text import printable, within
from ..entries import Notification
from ..given import channel_in
from .identity import (
    Address,
    Key,
    address_of,
    as_it_came,
    at_path,
    canonical,
    digest,
    digest_of,
)

#: Characters of a payload that are shown.
_SHOWN = 60


class Meant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A notification in a finding. `number` is its place among the intended ones, from 1; None
    if nobody intended it. The token is hex, or empty where it is for a `channel`; the payload is
    JSON, or text where there is none.
    """

    number: int | None
    token: str
    payload: Any
    channel: str | None = None

    @property
    def to(self) -> str | tuple[str, str]:
        """Whom it is for."""
        return self.token if self.channel is None else ("channel", self.channel)

    @property
    def whom(self) -> str:
        """Whom it is for, as a clause."""
        if self.channel is not None:
            return printable(f"channel {self.channel}")
        return f"token {short_token(self.token)}"

    def __str__(self) -> str:
        which = "" if self.number is None else f"number {self.number} "
        return f"{which}{self.whom} payload {on_one_line(self.payload)}"


def on_one_line(payload: Any) -> str:
    """A payload in one line that is not too long."""
    text = payload if isinstance(payload, str) else canonical(payload).decode("utf-8", "replace")
    text = printable(text)
    return within(text, _SHOWN)


class Intention:
    """The intended notifications, by position from 0.

    What is meant several times has the position of the first, and `times` says how often.
    Raises `UsageError` for what is no notification, and where there is none at all: an audit
    of nothing would prove nothing.
    """

    def __init__(self, intended: Iterable[Any], key: Key | None = None) -> None:
        self._items = intended if isinstance(intended, Sequence) else tuple(intended)
        self._key = key
        self._positions: dict[Hashable, int] = {}
        self.times = array("L", bytes(len(self._items) * array("L").itemsize))
        for position, item in enumerate(self._items):
            try:
                who = self._identify(item, position)
            except UsageError as wrong:
                raise UsageError(f"number {position + 1}: {wrong}") from None
            self.times[self._positions.setdefault(who, position)] += 1
        if not self.times:
            raise UsageError(
                "nothing was intended, so there is nothing to hold the ledger against: give the "
                "notifications that were to be sent"
            )

    def __len__(self) -> int:
        return len(self.times)

    def position(self, recorded: Notification) -> int | None:
        """The position of what was recorded; None if nobody meant it."""
        if self._key is None:
            found = self._positions.get(as_it_came(recorded))
            return self._positions.get(digest_of(recorded)) if found is None else found
        try:
            return self._positions.get(_keyed(self._key, recorded))
        except KeyError:
            return None

    def meant(self, position: int) -> Meant:
        """The intended notification at a position."""
        to, payload = _pair(self._items[position])
        if isinstance(to, tuple):
            return Meant(position + 1, "", _readable(payload), channel=to[1])
        return Meant(position + 1, parse_token(to).hex(), _readable(payload))

    def registration(self, position: int) -> tuple[Hashable, float | None]:
        """Whom it is for, and when the app there last registered, in epoch seconds, if it says."""
        return self.meant(position).to, self.said(position, "registered")

    def said(self, position: int, key: str) -> Any:
        """What else is said of one, by its key in a work list; None if that is not."""
        item = self._items[position]
        return item.get(key) if isinstance(item, Mapping) else getattr(item, key, None)

    def _identify(self, item: Any, position: int) -> Hashable:
        if self._key is None:
            return digest(*_pair(item))
        try:
            return _keyed(self._key, self.meant(position))
        except KeyError as missing:
            raise UsageError(f"there is no {missing} in its payload") from None


def unexpected(notification: Notification) -> Meant:
    """A notification that nobody meant."""
    payload = _readable(notification.payload_bytes)
    return Meant(None, notification.token, payload, notification.channel)


def _readable(payload: Any) -> Any:
    if not isinstance(payload, bytes | str):
        return payload
    raw = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    try:
        return msgspec.json.decode(canonical(raw))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return raw.decode("utf-8", "replace")


def _keyed(key: Key, notification: Any) -> Hashable:
    if callable(key):
        try:
            found = key(notification)
            hash(found)
        except (TypeError, AttributeError, IndexError) as wrong:
            raise UsageError(
                f"the key function fails on {notification}: {wrong}; return something hashable"
            ) from None
        return found
    if not isinstance(key, str):
        raise UsageError(f"{key!r} is no key: give a function or a dotted path")
    to = address_of(notification) if isinstance(notification, Notification) else notification.to
    return digest(to, at_path(notification.payload, key))


def _pair(given: Any) -> tuple[Token | Address, Any]:
    """Whom something is meant for, and its payload."""
    try:
        if isinstance(given, Notification):
            return address_of(given), given.payload_bytes
        if isinstance(given, Mapping):
            to, payload = _whom(given.get("channel"), given.get("token")), given["payload"]
        elif isinstance(given, tuple | list):
            to, payload = given
        else:
            channel = getattr(given, "channel", None)
            to, payload = _whom(channel, getattr(given, "token", None)), given.payload
    except UsageError:
        raise
    except (KeyError, ValueError, AttributeError):
        raise UsageError(
            f"{given!r} is no intended notification: give pairs of token and payload"
        ) from None
    return ("channel", channel_in(to)) if isinstance(to, Channel) else to, payload


def _whom(channel: str | Channel | None, token: Token | None) -> Token | Address:
    """The channel that is given, or the token. Raises `KeyError` if neither is."""
    if channel is not None:
        return "channel", channel_in(channel)
    if token is None:
        raise KeyError("token")
    return token
