"""Entries that say the same but for what is each one's own: many of them in one line."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from ..text import printable
from .entries import Entry, Notification, Outcome
from .json_lines import encode_fields
from .words import facts, remarks

#: What is each one's own, by field.
_OWN = frozenset({"seq", "t", "wall", "ordinal", "identifier", "bytes_hex", "bytes_at"})
_OWN_OF_NOTIFICATIONS = frozenset({"token_bytes", "payload_bytes", "expiration", "priority"})


class Sort(msgspec.Struct, frozen=True):
    """What entries of a run have in common: two that are equal are told in one line."""

    kind: type[Entry]
    connection: int | None
    said: Hashable


def sort_of(entry: Entry) -> Sort:
    """The sort of an entry."""
    connection = getattr(entry, "connection", None)
    if isinstance(entry, Notification):
        rest = entry.status, entry.behind, entry.warnings, entry.reason
        return Sort(Notification, connection, (entry.topic, entry.outcome, *rest))
    return Sort(type(entry), connection, facts(entry, without=_OWN))


def sort_of_accepted(connection: int, topic: str | None) -> Sort:
    """The sort of notifications that were accepted, with nothing to say about them."""
    outcome: Outcome = "accepted"
    return Sort(Notification, connection, (topic, outcome, None, None, (), None))


def describe_run(last: Entry, count: int, unseen: int = 0) -> str:
    """One line for people about so many entries, of which this was the last.

    Into some of them, `unseen`, nobody has looked.
    """
    if isinstance(last, Notification):
        status = f" {last.status}" if last.status else ""
        said = f"{count:,} {last.outcome}{status} on connection {last.connection}{remarks(last)}"
    else:
        said = f"{count:,} times {facts(last, without=_OWN)}"
    looked = f" ({count - unseen:,} looked into)" if unseen else ""
    return f"{last.t:9.3f}s {last.__struct_config__.tag} {printable(said)}{looked}"


def encode_run(last: Entry, count: int, unseen: int = 0) -> bytes:
    """The same as JSON: what they have in common, `count`, and `seq` and moment of the last; and
    `looked_into`, if that was not done with all.
    """
    own = _OWN - {"seq", "t", "wall"}
    looked_into = {"looked_into": count - unseen} if unseen else {}
    return encode_fields(last, without=own | _OWN_OF_NOTIFICATIONS, count=count, **looked_into)
