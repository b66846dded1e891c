"""Entries that say the same but for what is each one's own: many of them in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from ..scenario.faults import Service
from ..text import printable
from .api_entries import ApiNotification
from .deliveries import Delivery
from .entries import Entry, Notification, Outcome
from .json_lines import encode_facts
from .words import deliveries_in_words, facts_in_words, remarks

#: What is each one's own, by field.
_OWN = frozenset(
    {
        *("seq", "t", "wall", "ordinal", "identifier", "bytes_hex", "bytes_at", "stream", "path"),
        *("headers", "body_base64", "last_stream", "values", "channel"),
        *("notification", "device", "shown", "token"),
    }
)
#: What a notification has in common with others, beside its connection; the last says why in words.
_COMMON = ("service", "topic", "outcome", "status", "behind", "warnings", "reason")
_COMMON_TO_API = (*_COMMON, "http_status", "violations", "detail")

#: What differs from one text about something to another about the same: what is quoted, and numbers
#: with what they are written of, dates and digits of hex too.
_VALUE = re.compile(r"""(?<=[\s(])(?:'[^']*'|"[^"]*")|\b\d[\w.:-]*""")
_VALUES = re.compile(r"…(?:[ ,]+…)+")


class Sort(msgspec.Struct, frozen=True):
    """What entries of a run have in common, by name. `kind` is that of the ledger's lines."""

    kind: str
    connection: int | None
    facts: tuple[tuple[str, Any], ...]

    @property
    def bare(self) -> Sort:
        """The same for those of which nothing is said, as nobody has looked into them."""
        nothing: dict[str, Any] = {"warnings": (), self.facts[-1][0]: None}
        facts = tuple((name, nothing.get(name, value)) for name, value in self.facts)
        return Sort(self.kind, self.connection, facts)

    @property
    def is_odd(self) -> bool:
        """Whether there is something to say beside what became of them."""
        return self != self.bare


@lru_cache(maxsize=256)
def blurred(sort: Sort) -> Sort:
    """The sort of all that are told in one line: with `…` for what differs in a text."""
    return Sort(sort.kind, sort.connection, tuple(map(_blurred, sort.facts)))


def sort_of(entry: Entry) -> Sort:
    """The sort of an entry."""
    names: Iterable[str] = _COMMON
    if isinstance(entry, ApiNotification):
        names = _COMMON_TO_API
    elif not isinstance(entry, Notification):
        names = (name for name in entry.__struct_fields__ if name not in _OWN | {"connection"})
    facts = tuple((name, getattr(entry, name)) for name in names)
    return Sort(str(entry.__struct_config__.tag), getattr(entry, "connection", None), facts)


@lru_cache(maxsize=256)
def sort_of_accepted(
    connection: int,
    topic: str | None,
    service: Service = "gateway",
    warnings: tuple[str, ...] = (),
) -> Sort:
    """The sort of notifications that were accepted, with no more than this to say about them."""
    outcome: Outcome = "accepted"
    common = (("service", service), ("topic", topic), ("outcome", outcome), ("status", None))
    said = (("behind", None), ("warnings", warnings), ("reason", None))
    answered = (("http_status", 200), ("violations", ()), ("detail", None))
    facts = (*common, *said, *(answered if service == "api" else ()))
    return Sort("notification", connection, facts)


def _blurred(fact: tuple[str, Any]) -> tuple[str, Any]:
    name, value = fact
    if name == "topic":
        return fact
    if isinstance(value, tuple):
        return name, tuple(map(_without_values, value))
    return name, _without_values(value) if isinstance(value, str) else value


def _without_values(text: str) -> str:
    return _VALUES.sub("…", _VALUE.sub("…", text))


def describe_run(sort: Sort, last: Entry, count: int, unseen: int = 0) -> str:
    """One line for people about so many entries of a sort, of which this was the last.

    Into some of them, `unseen`, nobody has looked.
    """
    facts = dict(sort.facts)
    if sort.kind == "notification":
        about = remarks(
            facts["warnings"], facts["behind"], sort.facts[-1][1], facts.get("violations", ())
        )
        assert isinstance(last, Notification)
        said = f"{count:,} {last.verdict} on connection {sort.connection}{about}"
    elif isinstance(last, Delivery):
        said = deliveries_in_words(count, facts)
    else:
        said = f"{count:,} times {facts_in_words({'connection': sort.connection, **facts})}"
    looked = f" ({count - unseen:,} looked into)" if unseen else ""
    return f"{last.t:9.3f}s {sort.kind} {printable(said)}{looked}"


def encode_run(sort: Sort, last: Entry, count: int, unseen: int = 0) -> bytes:
    """The same as JSON: what they have in common, `count`, and `seq` and moment of the last; and
    `looked_into`, if that was not done with all.
    """
    looked_into = {"looked_into": count - unseen} if unseen else {}
    common = {} if sort.connection is None else {"connection": sort.connection}
    return encode_facts(last, **common, **dict(sort.facts), count=count, **looked_into)
