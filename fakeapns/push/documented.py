"""The keys that Apple documents for a payload, and the types of their values.

Source: "Generating a remote notification" and the legacy "Payload Key Reference".
"""

from __future__ import annotations

from typing import Any, TypeGuard

#: Keys, and what Python makes of values that are right.
Types = dict[str, type | tuple[type, ...]]

NUMBER = (int, float)
TEXT_OR_OBJECT = (str, dict)

APS: Types = {
    "alert": TEXT_OR_OBJECT,
    "badge": NUMBER,
    "sound": TEXT_OR_OBJECT,
    "thread-id": str,
    "category": str,
    "content-available": NUMBER,
    "mutable-content": NUMBER,
    "target-content-id": str,
    "interruption-level": str,
    "relevance-score": NUMBER,
    "filter-criteria": str,
    "url-args": list,
    "timestamp": NUMBER,
    "event": str,
    "content-state": dict,
    "stale-date": NUMBER,
    "dismissal-date": NUMBER,
    "attributes-type": str,
    "attributes": dict,
    "input-push-channel": str,
    "input-push-token": NUMBER,
}

ALERT: Types = {
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

#: What a device can show; without any of them a notification is silent.
VISIBLE = ("alert", "badge", "sound")


def is_number(value: Any) -> TypeGuard[float]:
    """Whether it is one in JSON, where true and false are none."""
    return isinstance(value, NUMBER) and not isinstance(value, bool)
