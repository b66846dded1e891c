"""What a device makes of a payload: what to show, and whether to wake the app."""

from __future__ import annotations

from typing import Any

import msgspec

from ..documented import is_number
from .aps import reader_of
from .landing import Shown

#: Types whose pushes are for the system or for the app itself, and show nothing (Sending
#: notification requests to APNs).
_WAKING = ("voip", "pushtotalk")
_UNSEEN = (*_WAKING, "complication", "fileprovider", "mdm", "location", "widgets", "controls")


class Seen(msgspec.Struct, frozen=True, gc=False):
    """`shown` is None where there is nothing to show. One that is `silent` has the app woken, and
    `wakes` even where the user has ended the app; `badge` is what the icon is to say, and `why` is
    why a device has nothing to do with it.
    """

    shown: Shown | None
    silent: bool = False
    wakes: bool = False
    badge: int | float | None = None
    why: str | None = None


class _Aps(msgspec.Struct, rename="kebab", gc=False):
    alert: Any = None
    badge: Any = None
    sound: Any = None
    content_available: Any = None


_read = reader_of(_Aps)
#: What an alert or a sound may be. A union in its place would be made anew for each.
_TEXT = (str, dict)


def look(payload: bytes, push_type: str | None) -> Seen:
    """What a device makes of a payload of this type."""
    # The device judges the content, and takes what APNs has let pass (Generating a remote
    # notification); what has the wrong type is ignored.
    if push_type in _UNSEEN:
        return Seen(None, wakes=push_type in _WAKING)
    aps = _read(payload)
    if isinstance(aps, str):
        return Seen(None, why=aps)
    alert = aps.alert if isinstance(aps.alert, _TEXT) and aps.alert else None
    badge = aps.badge if aps.badge is not None and is_number(aps.badge) else None
    sound = aps.sound if isinstance(aps.sound, _TEXT) and aps.sound else None
    silent = aps.content_available == 1 and is_number(aps.content_available)
    if alert is None and badge is None and sound is None:
        if not silent:
            return Seen(None, why="there is nothing in it to show, nor to wake the app for")
        if push_type == "alert":
            # malliina/mobile-push #19.
            return Seen(None, why="it is of type alert, and there is nothing in it to show")
        return Seen(None, silent=True)
    return Seen(Shown(alert, badge, sound), silent, badge=badge)


def said_by(payload: bytes, push_type: str | None) -> Shown:
    """What a push would have a screen show; nothing where it says nothing that a device can use."""
    return look(payload, push_type).shown or Shown()
