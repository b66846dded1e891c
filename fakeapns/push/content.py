"""What is wrong with a payload's content. The gateway carries it all the same.

APNs checks envelope, size and identity; the device judges the content, silently. So every
mistake here is a warning on the recorded notification. Source: "Generating a remote
notification" and the legacy "Payload Key Reference" for keys and types. That Apple carries wrong
content is known of payloads without aps (node-apn #344); of text that is no JSON there is no
report either way, and here it is carried, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from ..protocol import push_type_of
from .documented import ALERT, APS, NUMBER, VISIBLE, Types
from .glance import looks_fine
from .payload import parse_payload
from .repeated import has_repeated_keys, repeated_keys

_NAMES = {str: "a string", dict: "an object", list: "an array", int: "a number"}

#: Whose payloads need no aps: Wallet sends {} or {"aps": {}}, device management {"mdm": …}, as
#: grocer has them, and what PushKit hands to the app is the app's own, whatever it is.
_WITHOUT_APS_PREFIXES = ("pass.", "com.apple.mgmt.")
_WITHOUT_APS = frozenset(("voip", "pushtotalk", "complication", "fileprovider", "location"))

#: Keys of one object that are held against those that are known, and how alike they have to be:
#: 0.8 takes "tilte" for title, and leaves "content" and "relevance" alone.
_LOOKED_AT, _LONGEST, _ALIKE = 8, 40, 0.8


def content_warnings(
    payload: bytes, priority: int | None, topic: str | None = None, push_type: str | None = None
) -> tuple[str, ...]:
    """Every content mistake in words, empty if there is none.

    `priority` is None where the frame has none, which means 10. Some topics need no aps. Of a
    background push it is the type that forbids 10, and who reads that says so.
    """
    if not payload:
        return ()
    try:
        content = parse_payload(payload)
    except ValueError as wrong:
        return (f"payload {wrong}",)
    # Most are fine, and that is quick to see.
    urgent = priority in (None, 10) and push_type != "background"
    found = () if looks_fine(payload, priority) else _warnings(content, urgent, topic)
    if has_repeated_keys(payload, content):
        found += tuple(
            f"payload has the key {path} more than once: which one counts is left to its reader"
            for path in repeated_keys(payload)
        )
    return found


def _warnings(content: Any, urgent: bool, topic: str | None) -> tuple[str, ...]:
    """The mistakes of a payload that has been parsed: all but keys that its text repeats."""
    if not isinstance(content, dict):
        return ("payload is not an object: nothing is shown",)
    if "aps" not in content:
        # Device management is tried with an app's topic, too.
        needless = "mdm" in content or needs_no_aps(topic)
        return () if needless else (f"payload has no aps: nothing is shown{_stray(content)}",)
    aps = content["aps"]
    if not isinstance(aps, dict):
        return ("aps is not an object: nothing is shown",)
    found = _aps_warnings(aps, urgent)
    if not aps and not needs_no_aps(topic) and (stray := _stray(content)):
        found.append(f"aps is empty: nothing is shown{stray}")
    return tuple(found)


def needs_no_aps(topic: str | None) -> bool:
    """Whether what is sent to a topic is right without aps: Wallet, device management, PushKit."""
    return topic is not None and (
        topic.startswith(_WITHOUT_APS_PREFIXES) or push_type_of(topic) in _WITHOUT_APS
    )


def _stray(content: dict[str, Any]) -> str:
    """What stands beside aps, or in its place, and was probably meant to be in it."""
    for key in content:
        if _plain(key) in ("aps", "asp", "apns") and key != "aps":
            return f"; is {key} meant to be it?"
    shown = [key for key in VISIBLE if key in content]
    return f"; {' and '.join(shown)} should be inside it" if shown else ""


def _aps_warnings(aps: dict[str, Any], urgent: bool) -> list[str]:
    found = [*_type_warnings("aps", aps, APS)]
    found += _strangers("aps", aps, APS, "aps.alert", ALERT)
    alert = aps.get("alert")
    if isinstance(alert, dict):
        found += _type_warnings("aps.alert", alert, ALERT)
        found += _strangers("aps.alert", alert, ALERT, "aps", APS)
    # 0 is right: it removes the badge. For less there is go-libapns's word only.
    badge = aps.get("badge")
    if isinstance(badge, NUMBER) and badge < 0:
        found.append("aps.badge is negative: devices clear the badge")
    # Repeated in many clients' notes; Apple never wrote it. To leave it out is right either way.
    if aps.get("content-available") == 0:
        found.append("aps.content-available is 0: old systems read it as 1, leave it out")
    # "An error" (Binary Provider API), but what the gateway does about it is written nowhere.
    if urgent and "content-available" in aps and not any(key in aps for key in VISIBLE):
        found.append("priority is 10 for a silent payload: Apple calls it an error, use 5")
    return found


def _type_warnings(path: str, given: dict[str, Any], types: Types) -> list[str]:
    return [
        f"{path}.{key} is not {_describe(types[key])}"
        for key, value in given.items()
        # To Python true is a number, to JSON it is none.
        if key in types and (not isinstance(value, types[key]) or isinstance(value, bool))
    ]


def _describe(types: type | tuple[type, ...]) -> str:
    several = types if isinstance(types, tuple) else (types,)
    return " or ".join(_NAMES[each] for each in several if each in _NAMES)


# ---- keys that Apple does not know --------------------------------------------------------------


def _strangers(
    path: str, given: dict[str, Any], types: Types, elsewhere: str, others: Types
) -> Iterator[str]:
    """Keys that are ignored where they are, and were probably meant otherwise.

    One that is like no other is the app's own, and nobody's mistake.
    """
    strangers = [key for key in given if key not in types]
    for key in strangers[:_LOOKED_AT]:
        if key in others:
            yield f"{path}.{key} is ignored: {key} is a key of {elsewhere}"
        elif (meant := _meant(key, tuple(types))) is not None:
            yield f"{path}.{key} is ignored: is {meant} meant?"


@lru_cache(maxsize=1024)
def _meant(key: str, known: tuple[str, ...]) -> str | None:
    """The known key that this one is like: another case, another hyphen, or a slip."""
    if len(key) > _LONGEST:
        return None
    plain = _plain(key)
    # Most keys are the app's own and like none, which is quick to see: 8 µs, and 45 to compare.
    names = {each: name for each, name in _plain_names(known) if _may_be_alike(each, plain)}
    near = get_close_matches(plain, names, n=1, cutoff=_ALIKE)
    return names[near[0]] if near else None


@lru_cache(maxsize=8)
def _plain_names(known: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((_plain(name), name) for name in known)


def _may_be_alike(one: str, other: str) -> bool:
    """Whether they may have as many letters in common as it takes, whatever their order."""
    least = _ALIKE * (len(one) + len(other)) / 2
    return (
        min(len(one), len(other)) >= least
        and sum(map(other.__contains__, one)) >= least
        and sum(map(one.__contains__, other)) >= least
    )


def _plain(key: str) -> str:
    return "".join(letter for letter in key.lower() if letter.isalnum())
