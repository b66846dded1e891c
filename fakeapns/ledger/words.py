"""Ledger entries in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..protocol.http2 import Setting, code_name
from ..push import short_token
from ..text import printable, within
from .api_entries import ApiRequest, ApiResponse, GoAwaySeen, ResetSeen, SettingsSeen
from .deliveries import Delivery
from .entries import Entry, Notification

#: Characters of one value in a line.
_LONGEST = 500
_NOT_SHOWN = ("seq", "t", "wall", "bytes_hex", "expect", "headers", "body_base64")


def describe(entry: Entry) -> str:
    """One line for people: when, what, and the facts that are there."""
    # Topics and names come from certificates, paths and headers, which may be anybody's.
    return f"{entry.t:9.3f}s {entry.__struct_config__.tag} {printable(_said(entry))}"


def _said(entry: Entry) -> str:
    match entry:
        case Notification():
            about = remarks(entry.warnings, entry.behind, entry.why, entry.violations or ())
            left = unanswered(entry)
            return f"{entry}{about}{f' ({left})' if left else ''}"
        case ApiRequest():
            return _in_short(f"connection {entry.connection} {request_in_words(entry)}")
        case ApiResponse():
            return f"connection {entry.connection} {_response(entry)}"
        case GoAwaySeen():
            return _in_short(f"connection {entry.connection} {goaway_in_words(entry)}")
        case ResetSeen():
            return _in_short(f"connection {entry.connection} {reset_in_words(entry)}")
        case Delivery():
            return _in_short(delivery_in_words(entry))
        case SettingsSeen():
            return f"connection {entry.connection} the {entry.by} says {_settings(entry.values)}"
    return facts_in_words({name: getattr(entry, name) for name in entry.__struct_fields__})


def remarks(
    warnings: Sequence[str], behind: int | None, why: str | None, violations: Sequence[str] = ()
) -> str:
    """What there is to say about a notification, to be put behind it; empty if nothing.

    Of its `violations` those are told that it was not answered with.
    """
    warned = f" ({'; '.join(warnings)})" if warnings else ""
    because = f": {why}" if why is not None else ""
    also = f"; also {', '.join(violations[1:])}" if len(violations) > 1 else ""
    return f"{_behind(behind)}{because}{also}{warned}"


def _behind(ordinal: int | None) -> str:
    if ordinal is None:
        return ""
    # Frames and requests count from 1.
    return f" behind #{ordinal}" if ordinal else " behind the beginning"


def facts_in_words(facts: Mapping[str, Any]) -> str:
    """Those that are there, each with its name."""
    return " ".join(
        f"{name}={_in_short(str(value))}"
        for name, value in facts.items()
        if name not in _NOT_SHOWN and value is not None
    )


def delivery_in_words(entry: Delivery) -> str:
    """Which notification met with what on which device, and why."""
    by = f"token {short_token(entry.token)}" if entry.token else "by its channel"
    return (
        f"number {entry.notification} {entry.fate} on device {entry.device} ({by}, topic "
        f"{entry.topic}): {entry.detail}{_woken(entry.woke)}"
    )


def deliveries_in_words(count: int, facts: Mapping[str, Any]) -> str:
    """The same of so many that have these facts in common."""
    return (
        f"{count:,} {facts['fate']} on devices (topic {facts['topic']}): {facts['detail']}"
        f"{_woken(facts['woke'])}"
    )


def _woken(seconds: float | None) -> str:
    return "" if seconds is None else f"; the app was woken for {seconds:g} s"


# ---- of the provider API ------------------------------------------------------------------------


def unanswered(notification: Notification) -> str:
    """That no answer to it has left; empty where one has, and of the gateway, which gives none."""
    if notification.service != "api" or notification.answered:
        return ""
    return "never answered" if notification.answered is False else "no answer has left"


def answer_in_words(notification: Notification) -> str:
    """What a push over the provider API was answered with, and whether that has left."""
    told = (notification.http_status, notification.status)
    code = " ".join(str(each) for each in told if each is not None) or "none"
    left = unanswered(notification)
    return f"{code}, {left}" if left else code


def apns_headers(notification: Notification) -> Iterator[tuple[str, str]]:
    """Those headers of a push that mean something to Apple, and their values."""
    own_id = "apns-request-id" if notification.is_broadcast else "apns-id"
    named = {
        "apns-push-type": notification.push_type,
        "apns-topic": notification.topic,
        "apns-expiration": notification.expiration,
        "apns-priority": notification.priority,
        "apns-collapse-id": notification.collapse_id,
        "apns-channel-id": notification.channel,
        own_id: notification.apns_id,
    }
    yield from ((name, str(value)) for name, value in named.items() if value is not None)
    # What was no good as it came is among the others.
    for name, value in (notification.headers or {}).items():
        if name.startswith("apns-") and named.get(name) is None:
            yield name, value if isinstance(value, str) else " and ".join(value)


def request_in_words(entry: ApiRequest) -> str:
    """A request that is no push: what it asked for, what it was told, and why it is none."""
    number = f"#{entry.ordinal} " if entry.ordinal else ""
    # HTTP/1.1 has no streams.
    stream = f"stream {entry.stream} " if entry.stream else ""
    asked = " ".join(filter(None, (entry.method, entry.path))) or "a request without a path"
    code = " ".join(str(each) for each in (entry.http_status, entry.reason) if each is not None)
    told = (
        f"answered {code}" if entry.http_status is not None else f"not answered{code and ' '}{code}"
    )
    why = "; ".join(filter(None, (done_in_words(entry), entry.detail)))
    return f"{number}{stream}{asked} {told}{why and ': '}{why}"


def done_in_words(entry: ApiRequest) -> str | None:
    """What a request about channels has done; None of one that did not get what it asked for."""
    if not entry.fulfilled:
        return None
    # As it stands behind /1/apps/, before the word for channels.
    app = (entry.path or "").removeprefix("/1/apps/").rpartition("/")[0]
    if entry.channel is None:
        return f"the channels of {app} were listed"
    return f"channel {entry.channel} of {app} was {_DONE.get(entry.method or '', 'asked for')}"


_DONE = {"POST": "made", "GET": "shown", "DELETE": "deleted"}


def goaway_in_words(entry: GoAwaySeen) -> str:
    """Who wants no further streams, from which on, and what that costs."""
    debug = f", {entry.debug}" if entry.debug else ""
    lost = f"; not processed above it: {entry.unprocessed:,}" if entry.unprocessed else ""
    return (
        f"GOAWAY by the {entry.by}, last stream {entry.last_stream}, {code_name(entry.code)}"
        f"{debug}{lost}"
    )


def reset_in_words(entry: ResetSeen) -> str:
    """Which stream was ended by whom, and why."""
    name = code_name(entry.code)
    why = "" if entry.detail in (None, name) else f": {entry.detail}"
    return f"stream {entry.stream} reset by the {entry.by}, {name}{why}"


def _response(entry: ApiResponse) -> str:
    reason = "" if entry.reason is None else f" {entry.reason}"
    delay = f" after {entry.delayed_ms} ms ({entry.delayed_by})" if entry.delayed_ms else ""
    why = "" if entry.detail is None else f": {entry.detail}"
    return f"stream {entry.stream} answered {entry.http_status}{reason}{delay}{why}"


def _settings(values: Mapping[int, int]) -> str:
    said = (f"{_setting(number)} {value:,}" for number, value in values.items())
    return ", ".join(said) or "nothing, so all are as HTTP/2 has them"


def _setting(number: int) -> str:
    known = set(Setting)
    return Setting(number).name if number in known else f"setting {number}"


def _in_short(value: str) -> str:
    """A value as far as anybody reads it in a line: a certificate's subject may have 16 KiB."""
    return within(value, _LONGEST)
