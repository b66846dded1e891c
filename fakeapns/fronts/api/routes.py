"""Where requests go: the paths that Apple has, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from ...protocol import PUSH_TYPES, push_type_of
from ...protocol.http2 import Request, shown
from ...push import MAX_TOPIC, Flaw, Refusal
from .headers import NAME

#: Where pushes to devices go, with the token behind it.
DEVICE = b"/3/device/"
#: Where broadcasts go, with the bundle id of the app behind it.
BROADCAST = b"/4/broadcasts/apps/"
_APPS = b"/1/apps/"
#: What begins so is about channels, also where nothing is there.
_ABOUT_CHANNELS = (b"/1/", b"/4/")

Place = Literal["device", "broadcast", "channels", "all-channels"]
_METHODS: Mapping[Place, tuple[bytes, ...]] = {
    "device": (b"POST",),
    "broadcast": (b"POST",),
    "channels": (b"POST", b"GET", b"DELETE"),
    "all-channels": (b"GET",),
}
_OF_APPS: Mapping[bytes, Place] = {b"channels": "channels", b"all-channels": "all-channels"}
_WHAT: Mapping[Place, str] = {
    "device": "a push is a POST",
    "broadcast": "a broadcast is a POST",
    "channels": "a channel is made by POST, shown by GET and deleted by DELETE",
    "all-channels": "all channels of an app are listed by GET",
}


class Route(msgspec.Struct, frozen=True, gc=False):
    """A place that Apple has, and the token or the bundle id that stands in the path, as it came.
    `flaws` are those of a bundle id: a token's are for others to find.
    """

    place: Place
    whose: bytes
    flaws: tuple[Flaw, ...] = ()

    @property
    def app(self) -> str:
        """The bundle id, as far as it can be one."""
        return self.whose.decode("utf-8", "replace")[:MAX_TOPIC]

    def is_push(self, method: bytes) -> bool:
        """Whether a request that comes so is one, whatever it is answered."""
        return method == b"POST" and self.place in ("device", "broadcast") and bool(self.whose)

    def wrong_method(self, method: bytes) -> str | None:
        """That this one is not for this place, in words; None if it is.

        Of channels Apple's page has `BadPath` for "either the method or the path", and
        `MethodNotAllowed` beside it: what is there and asked otherwise is called by the name of its
        own, as at /3/device/.
        """
        if method in _METHODS[self.place]:
            return None
        return f"the method is {shown(method)}, and {_WHAT[self.place]}"


def route_of(path: bytes) -> Route | None:
    """The place that this path leads to; None if nothing is there."""
    if path.startswith(DEVICE):
        return Route("device", path[len(DEVICE) :])
    if path.startswith(BROADCAST):
        whose = path[len(BROADCAST) :]
        return Route("broadcast", whose, _flaws(whose)) if whose else None
    if path.startswith(_APPS):
        whose, _, what = path[len(_APPS) :].rpartition(b"/")
        place = _OF_APPS.get(what)
        return Route(place, whose, _flaws(whose)) if place and _is_app(whose) else None
    return None


def method_of(request: Request) -> bytes:
    """By which method it came; nothing if by none."""
    for name, value in request.shape.headers:
        if name == b":method":
            return value
    return b""


def _is_app(name: bytes) -> bool:
    """Whether these bytes can be a bundle id. None needs percent-encoding, so that is not undone:
    whether Apple does is not known.
    """
    return len(name) <= MAX_TOPIC and NAME.fullmatch(name) is not None


def _flaws(app: bytes) -> tuple[Flaw, ...]:
    """What is wrong with these bytes where the bundle id of an app belongs."""
    if not _is_app(app):
        why = f"{shown(app)} in the path is no bundle id: put that there, and nothing behind it"
        return (Flaw(Refusal.NO_APP, why),)
    name = app.decode()
    kind = push_type_of(name)
    if kind is None:
        return ()
    why = f"the path names {name}: leave {PUSH_TYPES[kind]} out, it has the bundle id alone"
    return (Flaw(Refusal.TOPIC_WITH_SUFFIX, why),)


def is_about_channels(path: bytes | None) -> bool:
    """Whether answers to a request with this path are told from others by `apns-request-id`."""
    return path is not None and path.startswith(_ABOUT_CHANNELS)


def nowhere(path: bytes) -> str:
    """What to do about a path that leads nowhere."""
    if is_about_channels(path):
        return (
            f"nothing is at {shown(path)}: channels are managed at /1/apps/<bundle id>/channels "
            "and /1/apps/<bundle id>/all-channels, and broadcasts go to "
            "/4/broadcasts/apps/<bundle id>, with nothing behind it"
        )
    if path.rstrip(b"/") in (b"/3/device", b""):
        return f"nothing is at {shown(path)}: send to /3/device/ and the token behind it"
    return f"nothing is at {shown(path)}: pushes go to /3/device/ and the token behind it"
