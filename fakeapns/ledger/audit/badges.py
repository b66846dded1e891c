"""The numbers on the icons of devices, held against those that were meant for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...push import short_token
from ..deliveries import Delivery
from .intention import Intention


class Badges:
    """Notes what each icon shows, where that is `wanted`: all that was meant is looked into."""

    def __init__(self, intention: Intention, *, wanted: bool) -> None:
        self._intention = intention
        self._wanted = wanted
        # By token: what is shown, None where nobody has set it, and the one that waits.
        self._icons: dict[str, int | float | None] = {}
        self._waiting: dict[str, int] = {}

    def take(self, entry: Delivery) -> None:
        """Note what became of one on its device."""
        if not self._wanted or not entry.token:
            return
        self._icons.setdefault(entry.token, None)
        if entry.fate == "stored":
            self._waiting[entry.token] = entry.notification
        elif self._waiting.get(entry.token) == entry.notification:
            del self._waiting[entry.token]
        if entry.fate == "delivered" and entry.shown and entry.shown.badge is not None:
            self._icons[entry.token] = max(0, entry.shown.badge)

    @property
    def stale(self) -> list[tuple[int, str]]:
        """Of each device whose icon shows another number than the last that was meant for it: the
        position of that, and a clause. One for which something waits may still come to it.
        """
        if not self._wanted:
            return []
        found = []
        for token, (position, meant) in self._last():
            shown = self._icons.get(token, meant)
            if token not in self._waiting and (shown or 0) != max(0, meant):
                what = "no number" if not shown else f"{shown}"
                last = f"and was to show {meant or 'none'}, as number {position + 1} has it"
                found.append((position, f"token {short_token(token)} shows {what}, {last}"))
        return found

    def _last(self) -> Iterator[tuple[str, tuple[int, int]]]:
        last: dict[str, tuple[int, int]] = {}
        for position in range(len(self._intention)):
            meant = self._intention.meant(position)
            badge = _badge_of(meant.payload)
            if badge is not None and meant.channel is None:
                last[meant.token] = position, badge
        yield from last.items()


def _badge_of(payload: Any) -> int | None:
    aps = payload.get("aps") if isinstance(payload, dict) else None
    badge = aps.get("badge") if isinstance(aps, dict) else None
    return badge if isinstance(badge, int) and not isinstance(badge, bool) else None
