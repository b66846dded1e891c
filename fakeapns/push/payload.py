"""What is wrong with a payload's content. The gateway carries it all the same.

APNs checks envelope, size and identity; the device judges the content, silently. So every
mistake here is a warning on the recorded notification. Source: "Generating a remote
notification" and the legacy "Payload Key Reference" for keys and types. That Apple carries wrong
content is known of payloads without aps (node-apn #344); of text that is no JSON there is no
report either way, and here it is carried, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

#: The depth at which Apple's own JSON reader gives up ("Too many nested arrays or dictionaries",
#: NSJSONSerialization), so deeper is as good as no JSON to every device.
MAX_DEPTH = 512


# Possessive and content without a closing quote, so that it is linear on hostile bytes.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)


def parse_payload(payload: bytes) -> Any:
    """The payload's JSON, as objects, lists and numbers of Python.

    Raises `ValueError` in words where there is none that can be read.
    """
    if _depth(payload) > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    try:
        return msgspec.json.decode(payload.decode())
    except UnicodeDecodeError as wrong:
        raise ValueError(f"not UTF-8 at byte {wrong.start}") from None
    except RecursionError:
        # Within the limit, but the caller's own stack has left too little of Python's.
        raise ValueError("nested too deeply to be read from here") from None
    except msgspec.MsgspecError as wrong:
        raise ValueError(str(wrong).removeprefix("JSON is malformed: ")) from None


def _depth(payload: bytes) -> int:
    if payload.count(b"[") + payload.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for byte in _STRINGS.sub(b"", payload):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def contains(whole: Any, part: Any) -> bool:
    """Whether every nested key of `part` is in `whole` with an equal value.

    Lists are equal as a whole, or not at all.
    """
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            key in whole and contains(whole[key], value) for key, value in part.items()
        )
    # Python holds True equal to 1; a test that means one of them does not.
    return bool(whole == part) and isinstance(whole, bool) == isinstance(part, bool)


_NUMBER = (int, float)


_TEXT_OR_DICT = (str, dict)


_APS_TYPES: dict[str, type | tuple[type, ...]] = {
    "alert": _TEXT_OR_DICT,
    "badge": _NUMBER,
    "sound": _TEXT_OR_DICT,
    "thread-id": str,
    "category": str,
    "content-available": _NUMBER,
    "mutable-content": _NUMBER,
    "target-content-id": str,
    "interruption-level": str,
    "relevance-score": _NUMBER,
    "filter-criteria": str,
    "url-args": list,
    "timestamp": _NUMBER,
    "event": str,
    "content-state": dict,
    "stale-date": _NUMBER,
    "dismissal-date": _NUMBER,
    "attributes-type": str,
    "attributes": dict,
    "input-push-channel": str,
    "input-push-token": _NUMBER,
}


_ALERT_TYPES: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "subtitle": str,
    "body": str,
    "launch-image": str,
    "title-loc-key": str,
    "title-loc-args": list,
    "subtitle-loc-key": str,
    "subtitle-loc-args": list,
    "loc-key": str,
    "loc-args": list,
    # null hides the action button; both are of the legacy reference.
    "action-loc-key": (str, type(None)),
    "action": str,
}


_NAMES = {str: "a string", dict: "an object", list: "an array", int: "a number"}


#: What a device can show; without any of them a notification is silent.
_VISIBLE = ("alert", "badge", "sound")


def content_warnings(payload: bytes, priority: int | None) -> tuple[str, ...]:
    """Every content mistake in words, empty if there is none.

    `priority` is None where the frame has none, which means 10.
    """
    if not payload:
        return ()
    try:
        content = parse_payload(payload)
    except ValueError as wrong:
        return (f"payload is not JSON: {wrong}",)
    return parsed_warnings(content, priority)


def parsed_warnings(content: Any, priority: int | None) -> tuple[str, ...]:
    """The content mistakes, in words, of a payload that has been parsed: see `content_warnings`."""
    if not isinstance(content, dict):
        return ("payload is not an object: nothing is shown",)
    if "aps" not in content:
        # Device management sends {"mdm": …} without aps by design, as grocer does. Wallet's
        # {"aps": {}} has nothing wrong either.
        return () if "mdm" in content else ("payload has no aps: nothing is shown",)
    aps = content["aps"]
    if not isinstance(aps, dict):
        return ("aps is not an object: nothing is shown",)
    return tuple(_aps_warnings(aps, priority))


def _aps_warnings(aps: dict[str, Any], priority: int | None) -> list[str]:
    found = _type_warnings("aps", aps, _APS_TYPES)
    alert = aps.get("alert")
    if isinstance(alert, dict):
        found += _type_warnings("aps.alert", alert, _ALERT_TYPES)
    # 0 is right: it removes the badge. For less there is go-libapns's word only.
    badge = aps.get("badge")
    if isinstance(badge, _NUMBER) and badge < 0:
        found.append("aps.badge is negative: devices clear the badge")
    # Repeated in many clients' notes; Apple never wrote it. To leave it out is right either way.
    if aps.get("content-available") == 0:
        found.append("aps.content-available is 0: old systems read it as 1, leave it out")
    # "An error" (Binary Provider API), but what the gateway does about it is written nowhere.
    if (
        priority in (None, 10)
        and "content-available" in aps
        and not any(k in aps for k in _VISIBLE)
    ):
        found.append("priority is 10 for a silent payload: Apple calls it an error, use 5")
    return found


def _type_warnings(
    path: str, given: dict[str, Any], types: dict[str, type | tuple[type, ...]]
) -> list[str]:
    return [
        f"{path}.{key} is not {_describe(types[key])}"
        for key, value in given.items()
        # To Python true is a number, to JSON it is none.
        if key in types and (not isinstance(value, types[key]) or isinstance(value, bool))
    ]


def _describe(types: type | tuple[type, ...]) -> str:
    several = types if isinstance(types, tuple) else (types,)
    return " or ".join(_NAMES[each] for each in several if each in _NAMES)
