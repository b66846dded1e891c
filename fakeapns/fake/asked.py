"""Of whom something is asked, where it is asked of one device."""

from __future__ import annotations

from typing import NamedTuple

from ..ledger import Delivery
from ..push import Devices, Installation, short_token
from .judgements import Record


class Asked(NamedTuple):
    """The device, among all of its server, and the record of that."""

    record: Record
    devices: Devices
    held: Installation

    def deliveries(self, *, since: int = 0) -> list[Delivery]:
        """What it was sent, whatever became of it, oldest first."""
        found = self.record.ledger.of(Delivery, since=since)
        return [each for each in found if each.device == self.held.number]

    def __str__(self) -> str:
        return f"device {self.held.number} (token {short_token(self.held.token)})"
