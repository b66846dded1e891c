"""A phone: what its apps have in common."""

from __future__ import annotations

#: Priorities that may wait until the phone is awake (Sending notification requests to APNs).
_CONSIDERATE = (5, 1)


class Phone:
    """Whether it is there and awake, and the `numbers` of the devices that it is, one for each app.

    It is `online` and neither `asleep` nor in `low_power` mode, and was `unlocked` since it was
    started.
    """

    __slots__ = ("asleep", "low_power", "numbers", "online", "unlocked")

    def __init__(self) -> None:
        self.online = True
        self.asleep = False
        self.low_power = False
        self.unlocked = True
        self.numbers: list[int] = []

    def holds_back(self, priority: int | None) -> str | None:
        """What a notification of this priority has to wait for, in words; None for nothing."""
        if not self.online:
            return "the phone is offline"
        if self.asleep and priority in _CONSIDERATE:
            return f"the phone is asleep, and priority {priority} waits until it is not"
        return None
