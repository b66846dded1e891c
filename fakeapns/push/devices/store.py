"""What is kept for a device that cannot take it now."""

from __future__ import annotations

import math
from collections.abc import Callable

from .landing import Landing, Parcel
from .surroundings import Surroundings

#: Seconds that anything is kept at most (Viewing the status of push notifications).
_KEPT = 30 * 86_400.0
_OVER = "its time was over"


class Store:
    """Keeps one notification, the newest, for the device with this number, for so many seconds at
    most.
    """

    # One is kept for each app and device, the newest (Sending notification requests to APNs says
    # usually; text of the binary era says always), and one of each channel.

    __slots__ = ("_device", "_longest", "_surroundings", "parcel", "until")

    def __init__(self, device: int, surroundings: Surroundings, longest: float = _KEPT) -> None:
        self._device = device
        self._surroundings = surroundings
        self._longest = longest
        #: What is kept, or None.
        self.parcel: Parcel | None = None
        #: Until when, in epoch seconds; for ever where nothing is.
        self.until = math.inf

    def keep(self, parcel: Parcel, waits_for: str, now: float) -> list[Landing]:
        """Keep this one in place of what is kept, as far as it may be kept at all."""
        if parcel.expiration == 0:
            why = f"{waits_for}, and its expiration is 0"
            return [parcel.lands(self._device, "not-stored", why)]
        if parcel.expiration is None and not self._surroundings.store_absent_expiration:
            why = f"{waits_for}, and it has no expiration"
            return [parcel.lands(self._device, "not-stored", why)]
        # Whichever is first (Viewing the status of push notifications).
        until = min(parcel.expiration or now + self._longest, now + self._longest)
        if until <= now:
            return [parcel.lands(self._device, "expired", f"{waits_for}, and {_OVER}")]
        replaced = self._replace(parcel)
        self.parcel, self.until = parcel, until
        return [*replaced, parcel.lands(self._device, "stored", waits_for)]

    def overtaken_by(self, newer: Parcel) -> list[Landing]:
        """This one had not to wait: what is kept goes, if that has its collapse id."""
        # Else it would take the place of a newer one once it is delivered.
        if newer.collapse_id is None or self.parcel is None:
            return []
        if self.parcel.collapse_id != newer.collapse_id:
            return []
        replaced = self._replace(newer)
        self._clear()
        return replaced

    def look_again(
        self,
        why_not: Callable[[Parcel], str | None],
        deliver: Callable[[Parcel], Landing],
        now: float,
    ) -> list[Landing]:
        """Hand over what is kept, unless there is a reason why not yet, or it is too old."""
        parcel = self.parcel
        if parcel is None:
            return []
        if self.until <= now:
            over = self.until == parcel.expiration
            why = _OVER if over else f"{_in_words(self._longest)} were over"
            self._clear()
            return [parcel.lands(self._device, "expired", why)]
        if why_not(parcel) is not None:
            return []
        self._clear()
        return [deliver(parcel)]

    def give_up(self, why: str) -> list[Landing]:
        """Keep nothing any more."""
        if self.parcel is None:
            return []
        parcel = self.parcel
        self._clear()
        return [parcel.lands(self._device, "dropped", why)]

    def _clear(self) -> None:
        self.parcel, self.until = None, math.inf

    def _replace(self, newer: Parcel) -> list[Landing]:
        if self.parcel is None:
            return []
        return [self.parcel.lands(self._device, "replaced", f"replaced by number {newer.seq}")]


def _in_words(seconds: float) -> str:
    return f"{seconds / 86_400:.0f} days" if seconds >= 86_400 else f"{seconds / 3600:.0f} hours"
