"""What one reader is handed out, as the list has it and as a fault has it."""

from __future__ import annotations

from collections.abc import Sequence

from ...ledger import Moment
from ...push import Devices, Removal
from ...scenario.faults import Listing

#: Topic and removal.
Listed = list[tuple[str, Removal]]


class Handout(Listing):
    """For a fault: it says here what is to be different.

    `delay` is in seconds, 0 without a fault that waits. `cut_after` are tuples and bytes.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        self.cut_after: tuple[int, int] | None = None
        self.never_closes = False
        self._age: float | None = None
        self._times = 1

    # ---- for a fault ------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Say nothing for so long."""
        self.delay = seconds

    def cut(self, after_tuples: int, after_bytes: int) -> None:
        """End behind so many tuples and so many bytes of the next one."""
        self.cut_after = after_tuples, after_bytes

    def repeat(self) -> None:
        """Hand the whole list out twice."""
        self._times = 2

    def list_present(self, age: float) -> None:
        """List the devices that are there as well, as gone for so many seconds."""
        self._age = age

    def stay_open(self) -> None:
        """Never close."""
        self.never_closes = True

    # ---- for the connection -----------------------------------------------------------------

    @property
    def makes_up(self) -> bool:
        """Whether it hands out what is on no list, or is no more."""
        return self._times > 1 or self._age is not None

    def listed(self, devices: Devices, topics: Sequence[str], now: Moment) -> Listed:
        """All that is to be handed out, but for a cut."""
        present: Listed = []
        if self._age is not None:
            gone = max(0, int(now.wall - self._age))
            present = [
                (each.topic, Removal(gone, each.token_bytes))
                for each in devices
                if each.since is None and each.topic in topics
            ]
        return (present + devices.feedback(topics)) * self._times

    def in_words(self, listed: Listed) -> str:
        """What the fault came to."""
        words = f"{len(listed)} entries"
        return words if self.cut_after is None else f"{words}, cut behind {self.cut_after[0]}"
