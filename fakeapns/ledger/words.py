"""Ledger entries in words."""

from __future__ import annotations

from collections.abc import Container

from ..text import printable
from .entries import Entry, Notification

_NOT_SHOWN = ("seq", "t", "wall", "bytes_hex", "expect")


def describe(entry: Entry) -> str:
    """One line for people: when, what, and the facts that are there."""
    # Topics and names come from certificates, which may be anybody's.
    said = f"{entry}{remarks(entry)}" if isinstance(entry, Notification) else facts(entry)
    return f"{entry.t:9.3f}s {entry.__struct_config__.tag} {printable(said)}"


def remarks(entry: Notification) -> str:
    """What there is to say about a notification, to be put behind it; empty if nothing."""
    warned = f" ({'; '.join(entry.warnings)})" if entry.warnings else ""
    behind = f" behind #{entry.behind}" if entry.behind is not None else ""
    reason = f": {entry.reason}" if entry.reason is not None else ""
    return f"{behind}{reason}{warned}"


def facts(entry: Entry, *, without: Container[str] = ()) -> str:
    """The fields that are there, each with its name, but for some."""
    return " ".join(
        f"{name}={value}"
        for name in entry.__struct_fields__
        if name not in _NOT_SHOWN
        and name not in without
        and (value := getattr(entry, name)) is not None
    )
