"""What became of a notification on a device."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

#: How it ended, or that it waits (`stored`).
Fate = Literal["delivered", "stored", "replaced", "expired", "not-stored", "dropped", "throttled"]


class Parcel(msgspec.Struct, frozen=True, gc=False):
    """A notification that was accepted, as a device is handed it.

    `seq` is that of its entry, and the token of a broadcast is empty. `priority` is None where
    nobody has said one, which means 10, `expiration` epoch seconds, 0 for now or never, or None.
    """

    seq: int
    topic: str
    token_bytes: bytes
    payload_bytes: bytes
    priority: int | None = None
    expiration: int | None = None
    push_type: str | None = None
    collapse_id: str | None = None

    def lands(
        self,
        device: int,
        fate: Fate,
        detail: str,
        shown: Shown | None = None,
        woke: float | None = None,
    ) -> Landing:
        """This is what becomes of it on the device with this number: see `Landing`."""
        return Landing(self.seq, device, self.topic, self.token_bytes, fate, detail, shown, woke)


class Shown(msgspec.Struct, frozen=True, gc=False):
    """What a screen has of a notification: the alert as it came, a text or a dictionary, the
    number that the badge was set to, and the sound; None for each that it did not have.
    """

    alert: str | dict[str, Any] | None = None
    badge: int | float | None = None
    sound: str | dict[str, Any] | None = None


class Landing(msgspec.Struct, frozen=True, gc=False):
    """What became of a notification on a device, or that it waits.

    `seq` is that of the notification, `device` the device's number, `detail` says why in words, and
    a broadcast comes by no token.
    `shown` is what the screen has of it, and `woke` for how many seconds the app was woken; None
    for nothing and for not at all.
    """

    seq: int
    device: int
    topic: str
    token_bytes: bytes
    fate: Fate
    detail: str
    shown: Shown | None = None
    woke: float | None = None
