"""Criteria as people write them: each is what it can be, or one sentence says that it is not.

A test with a criterion that nothing can have would find nothing, and pass where it expects none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TypeVar, get_args
from urllib.parse import unquote
from uuid import UUID

from ..errors import UsageError, unknown_name
from ..protocol import REASONS, Status, status_label
from ..push import Channel
from ..scenario.faults import Service
from ..text import shown
from .entries import Notification, Outcome

Text = TypeVar("Text", bound=str)
Where = Callable[[Notification], object]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
#: Services whose notifications there are; feedback has none.
SERVICES: tuple[Service, ...] = ("gateway", "api")
#: What a status may be called: the gateway's names, and Apple's reasons on the provider API.
STATUSES = (*(status.label for status in Status), *REASONS)
#: Numbers of statuses: codes of the gateway, and of HTTP.
_CODES, _OF_HTTP = range(256), range(400, 600)
#: What the gateway's codes are called, also those for which Apple has no name.
_LABELS = frozenset(map(status_label, _CODES))

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def text_in(what: str, given: Text | None) -> Text | None:
    """What was given, if that is none or text. Raises `UsageError`."""
    if given is not None and not isinstance(given, str):
        raise UsageError(f"{shown(given)} is no {what}: write one, as text")
    return given


def known_in(what: str, given: Text | None, known: Collection[str]) -> Text | None:
    """What was given, if that is none or known. Raises `UsageError` with the nearest name."""
    name = text_in(what, given)
    if name is not None and name not in known:
        raise UsageError(unknown_name(what, name, known))
    return name


def status_in(given: str | int | None) -> str | int | None:
    """The name of a status; of HTTP's the number, since each has many names."""
    if isinstance(given, int) and not isinstance(given, bool):
        if given in _OF_HTTP:
            return given
        if given not in _CODES:
            raise UsageError(
                f"{shown(given)} is no status: codes of the gateway are 0 to 255, those of the "
                "provider API 400 to 599"
            )
        return status_label(given)
    if given is not None and not isinstance(given, str):
        raise UsageError(
            f"{shown(given)} is no status: write one by its name or its number, as in status=410"
        )
    return given if given in _LABELS else known_in("status", given, STATUSES)


def id_in(given: str | UUID | None) -> str | None:
    """An `apns-id` as it is compared: hex digits of a UUID are the same large and small."""
    text = text_in("apns_id", str(given) if isinstance(given, UUID) else given)
    return text.lower() if text is not None and _UUID.fullmatch(text) else text


def channel_in(given: str | Channel) -> str:
    """The id of a channel. Any text may be one: a provider may have broadcast to what is none."""
    if isinstance(given, Channel):
        return given.id
    if not isinstance(given, str) or not given.strip():
        raise UsageError(
            f"{shown(given)} is no channel: give its id, which is text, or one of apns.channels"
        )
    return given


def channel_relation(found: str, wanted: str) -> str | None:
    """What one id has to do with another, in words; None if that is nothing."""
    if _plain(found) != _plain(wanted):
        return None
    if found.rstrip("=") == wanted.rstrip("="):
        return "the same but for the padding"
    if "%" in found:
        return "the same, percent-encoded"
    return "the same in another alphabet of base64"


def _plain(id: str) -> str:
    """An id in any of the alphabets that base64 has, without padding."""
    return unquote(id).translate(_STANDARD).rstrip("=")


_STANDARD = str.maketrans("-_", "+/")


def where_in(given: Where | None) -> Where | None:
    """What was given, if that is none or a function. Raises `UsageError`."""
    if given is not None and not callable(given):
        raise UsageError(
            f"{shown(given)} is no function: write one of a notification, as in "
            "where=lambda each: each.ordinal > 3"
        )
    return given
