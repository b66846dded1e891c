"""Apple's push types, in one table, and how the topics of each are told from a bundle id.

Source: "Sending notification requests to APNs", which prints `h.complication` for one of them,
where certificates have `.complication`.
"""

from __future__ import annotations

from collections.abc import Mapping

#: What the topic of each has behind the bundle id of the app; that of `mdm` is the UID of its
#: certificate. The list grows with every few versions of iOS.
PUSH_TYPES: Mapping[str, str] = {
    "alert": "",
    "background": "",
    "complication": ".complication",
    "controls": ".push-type.controls",
    "fileprovider": ".pushkit.fileprovider",
    "liveactivity": ".push-type.liveactivity",
    "location": ".location-query",
    "mdm": "",
    "pushtotalk": ".voip-ptt",
    "voip": ".voip",
    "widgets": ".push-type.widgets",
}


def app_of(topic: str) -> str:
    """The bundle id that a topic is of: without the suffix of a push type."""
    return topic.removesuffix(PUSH_TYPES[push_type_of(topic) or "alert"])


def push_type_of(topic: str) -> str | None:
    """The push type whose suffix a topic has; None where it may be a bundle id."""
    return next((name for name, end in PUSH_TYPES.items() if end and topic.endswith(end)), None)
