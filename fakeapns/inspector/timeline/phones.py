"""Devices on a timeline: a lane each, with what became of what it was sent."""

from __future__ import annotations

from ...ledger import Delivery
from ...protocol import PUSH_TYPES
from .shown import DeviceLane

#: Devices in one timeline.
MOST_DEVICES = 100


class Phones:
    """The lanes of devices that something was sent to."""

    def __init__(self) -> None:
        self._lanes: dict[int, DeviceLane] = {}
        self._left_out: set[int] = set()
        #: What waits, by device and notification.
        self._waiting: set[tuple[int, int]] = set()

    def take(self, entry: Delivery) -> bool:
        """Count it; whether its device has a lane."""
        lane = self._lanes.get(entry.device)
        if lane is None and len(self._lanes) == MOST_DEVICES:
            self._left_out.add(entry.device)
            return False
        if lane is None:
            topic = entry.topic.removesuffix(PUSH_TYPES["liveactivity"])
            lane = self._lanes[entry.device] = DeviceLane(entry.device, topic)
        if entry.token and entry.topic == lane.topic:
            # That of today is the last; Live Activities have their own, and a broadcast has none.
            lane.token = entry.token
        which = entry.device, entry.notification
        if which in self._waiting:
            self._waiting.remove(which)
            lane.waiting -= 1
        if entry.fate == "stored":
            self._waiting.add(which)
            lane.waiting += 1
        elif entry.fate == "delivered":
            lane.delivered += 1
        else:
            lane.nothing += 1
        lane.shown += entry.shown is not None
        lane.woken += entry.woke is not None
        return True

    @property
    def lanes(self) -> list[DeviceLane]:
        """In the order of their numbers."""
        return sorted(self._lanes.values(), key=lambda lane: lane.device)

    @property
    def left_out(self) -> int:
        """Devices that have no lane."""
        return len(self._left_out)
