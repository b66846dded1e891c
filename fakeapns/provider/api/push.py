"""One push as the provider API carries it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ...protocol.http2 import Headers

#: What a value of a header may be: printable ASCII without a space at either end.
_VALUE = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?)?")
#: What in `aps` is for the eyes and ears of a person.
_VISIBLE = ("alert", "badge", "sound")


class ApiPush(msgspec.Struct, frozen=True):
    """A push to be sent. `token` is hex, `expiration` epoch seconds, `priority` 10, 5 or 1.

    `apns_id` is a UUID, which stays the same however often the push is sent. One to a `channel` is
    a broadcast: it has no token, and the `topic` of its app. `registered` is when the app last
    registered the token, in epoch seconds. Raises ValueError where something cannot stand in a
    header.
    """

    token: str
    payload: bytes
    apns_id: str
    topic: str | None = None
    push_type: str | None = None
    priority: int | None = None
    expiration: int | None = None
    collapse_id: str | None = None
    channel: str | None = None
    registered: float | None = None

    def __post_init__(self) -> None:
        for name in ("token", "apns_id", "topic", "push_type", "collapse_id", "channel"):
            value = getattr(self, name)
            if value is not None and not _VALUE.fullmatch(value):
                raise ValueError(
                    f"{name} {value!a} cannot stand in a header: use printable ASCII, without "
                    "a space at either end"
                )

    @property
    def receiver(self) -> str:
        """Whom it is for: a token in hex, or a channel, which is none."""
        return self.token if self.channel is None else f"channel {self.channel}"

    def headers(self, scheme: str, authority: str, jwt: str | None) -> Headers:
        """The request's headers; without a `jwt` the certificate says who sends."""
        path, named = f"/3/device/{self.token}", {"apns-id": self.apns_id, "apns-topic": self.topic}
        if self.channel is not None:
            path = f"/4/broadcasts/apps/{self.topic}"
            named = {"apns-request-id": self.apns_id, "apns-channel-id": self.channel}
        own = {
            "authorization": None if jwt is None else f"bearer {jwt}",
            **named,
            "apns-push-type": self.push_type,
            "apns-priority": self.priority,
            "apns-expiration": self.expiration,
            "apns-collapse-id": self.collapse_id,
        }
        all_of_them = {
            ":method": "POST",
            ":scheme": scheme,
            ":path": path,
            ":authority": authority,
            **{name: value for name, value in own.items() if value is not None},
        }
        return tuple((name.encode(), str(value).encode()) for name, value in all_of_them.items())


def usual_type(payload: Any) -> str:
    """The push type that suits a payload: nothing to see or hear is for the background."""
    aps = payload.get("aps") if isinstance(payload, dict) else None
    if not isinstance(aps, dict) or any(name in aps for name in _VISIBLE):
        return "alert"
    return "background" if "content-available" in aps else "alert"


def usual_priority(push_type: str) -> int | None:
    """Apple's own is 10 where none is said, and an error for the background."""
    return 5 if push_type == "background" else None
