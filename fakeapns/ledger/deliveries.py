"""What became of notifications on devices, on record."""

from __future__ import annotations

from ..push import Fate, Shown
from .entries import Entry


class Delivery(Entry, frozen=True, gc=False, kw_only=True, tag="delivery"):
    """What an accepted notification led to on a device, or that it waits.

    `notification` is the `seq` of its entry, `device` the device's number, `token` is hex, and
    `detail` says why in words. `shown` is what the screen has of it, None for nothing, and `woke`
    for how many seconds the app was woken, None for not at all. One that is `stored` gets another
    entry once it is known what becomes of it.
    """

    notification: int
    device: int
    topic: str
    token: str
    fate: Fate
    detail: str
    shown: Shown | None = None
    woke: float | None = None
