"""Ledger entries in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..text import printable
from .entries import Entry, Notification

#: Characters of one value in a line.
_LONGEST = 500
_NOT_SHOWN = ("seq", "t", "wall", "bytes_hex", "expect")


def describe(entry: Entry) -> str:
    """One line for people: when, what, and the facts that are there."""
    if isinstance(entry, Notification):
        said = f"{entry}{remarks(entry.warnings, entry.behind, entry.reason)}"
    else:
        names = entry.__struct_fields__
        said = facts_in_words({name: getattr(entry, name) for name in names})
    # Topics and names come from certificates, which may be anybody's.
    return f"{entry.t:9.3f}s {entry.__struct_config__.tag} {printable(said)}"


def remarks(warnings: Sequence[str], behind: int | None, reason: str | None) -> str:
    """What there is to say about a notification, to be put behind it; empty if nothing."""
    warned = f" ({'; '.join(warnings)})" if warnings else ""
    because = f": {reason}" if reason is not None else ""
    return f"{f' behind #{behind}' if behind is not None else ''}{because}{warned}"


def facts_in_words(facts: Mapping[str, Any]) -> str:
    """Those that are there, each with its name."""
    return " ".join(
        f"{name}={_in_short(str(value))}"
        for name, value in facts.items()
        if name not in _NOT_SHOWN and value is not None
    )


def _in_short(value: str) -> str:
    """A value as far as anybody reads it in a line: a certificate's subject may have 16 KiB."""
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
