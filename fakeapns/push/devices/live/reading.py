"""What a device makes of a payload for a Live Activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from ...documented import is_number
from ..aps import reader_of
from ..landing import Parcel, Shown

Event = Literal["start", "update", "end"]

#: Bytes that a phone takes of a push to a token; above them it drops it silently (dory, August
#: 2026). Of a broadcast Apple's page allows for more.
_MOST = 4096


class Said(NamedTuple):
    """`why` is why a device has nothing to do with it, in words. Moments are in epoch seconds;
    `attributes_type` and all behind it are for what starts one, `channel` is the id of one to
    follow.
    """

    event: Event = "update"
    timestamp: float = 0.0
    content_state: dict[str, Any] | None = None
    shown: Shown | None = None
    stale_date: float | None = None
    dismissal_date: float | None = None
    attributes_type: str = ""
    attributes: Mapping[str, Any] = MappingProxyType({})
    channel: str | None = None
    wants_token: bool = False
    why: str | None = None


class _Aps(msgspec.Struct, rename="kebab", gc=False):
    timestamp: Any = None
    event: Any = None
    content_state: Any = None
    stale_date: Any = None
    dismissal_date: Any = None
    attributes_type: Any = None
    attributes: Any = None
    alert: Any = None
    sound: Any = None
    input_push_channel: Any = None
    input_push_token: Any = None


_read = reader_of(_Aps)


def look(parcel: Parcel) -> Said:
    """What it says to a Live Activity, or to the system that is to start one."""
    if parcel.push_type != "liveactivity":
        type = "no type" if parcel.push_type is None else f"the type {parcel.push_type}"
        return Said(why=f"it has {type}, and for a Live Activity that is to be liveactivity")
    size = len(parcel.payload_bytes)
    if parcel.token_bytes and size > _MOST:
        return Said(why=f"it has {size:,} bytes, and a phone takes no more than {_MOST:,}")
    aps = _read(parcel.payload_bytes)
    if isinstance(aps, str):
        return Said(why=aps)
    why = next(_mistakes(aps), None)
    return Said(why=why) if why is not None else _said(aps)


def _said(aps: _Aps) -> Said:
    return Said(
        aps.event,
        aps.timestamp,
        aps.content_state,
        _shown(aps),
        aps.stale_date if is_number(aps.stale_date) else None,
        aps.dismissal_date if is_number(aps.dismissal_date) else None,
        aps.attributes_type,
        aps.attributes,
        aps.input_push_channel,
        is_number(aps.input_push_token) and aps.input_push_token == 1,
    )


def _mistakes(aps: _Aps) -> Iterator[str]:
    """What is missing, or wrong, that a device cannot do without."""
    # Of what starts one all was measured (dory); of content that does not fit the app's type
    # Apple's page says that the system cannot update, and what that type is nobody here knows.
    if not is_number(aps.timestamp):
        yield "aps.timestamp is missing, or is no number"
    if aps.event not in get_args(Event):
        yield f"aps.event is none of {', '.join(get_args(Event))}"
    # The final content may be left out (WWDC 2023, 10185).
    optional = aps.event == "end" and aps.content_state is None
    if not isinstance(aps.content_state, dict) and not optional:
        yield "aps.content-state is missing, or is no object"
    if aps.event != "start":
        return
    if not isinstance(aps.attributes_type, str) or not aps.attributes_type:
        yield "aps.attributes-type is missing, or is no text"
    if not isinstance(aps.attributes, dict):
        yield "aps.attributes is missing, or is no object"
    if not isinstance(aps.alert, str | dict) or not aps.alert:
        yield "aps.alert is missing, and without one none is started"
    if not isinstance(aps.input_push_channel, str | None):
        yield "aps.input-push-channel is no text"


def _shown(aps: _Aps) -> Shown | None:
    alert = aps.alert
    if not isinstance(alert, str | dict) or not alert:
        return None
    # Here the sound is part of the alert (ActivityKit's page on push notifications).
    sound = alert.get("sound", aps.sound) if isinstance(alert, dict) else aps.sound
    return Shown(alert, None, sound if isinstance(sound, str | dict) and sound else None)
