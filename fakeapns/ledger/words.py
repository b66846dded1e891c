"""Ledger entries in words."""

from __future__ import annotations

from ..text import printable
from .entries import Entry, Notification


def describe(entry: Entry) -> str:
    """One line for people: when, what, and the facts that are there."""
    # Topics and names come from certificates, which may be anybody's.
    return f"{entry.t:9.3f}s {entry.__struct_config__.tag} {printable(_facts(entry))}"


def _facts(entry: Entry) -> str:
    if isinstance(entry, Notification):
        warned = f" ({'; '.join(entry.warnings)})" if entry.warnings else ""
        behind = f" behind #{entry.behind}" if entry.behind is not None else ""
        reason = f": {entry.reason}" if entry.reason is not None else ""
        return f"{entry}{behind}{reason}{warned}"
    return " ".join(
        f"{name}={value}"
        for name in entry.__struct_fields__
        if name not in ("seq", "t", "wall", "bytes_hex", "expect")
        and (value := getattr(entry, name)) is not None
    )
