"""Devices with a clock that a test moves, and notifications for them."""

from __future__ import annotations

import json
from typing import Any

from fakeapns.push import Devices, Fate, Installation, Landing, Parcel
from fakeapns.scenario import Settings

from ...frames import TOPIC

START = 1_600_000_000.0
HELLO = {"alert": "Hello"}
SILENT = {"content-available": 1}


class World:
    """All devices of one server. `now` is the moment, in epoch seconds."""

    def __init__(self, **settings: Any) -> None:
        self.now = START
        self.devices = Devices(lambda: self.now, Settings.of(settings))
        self._seq = 0

    def phone(self, topic: str = TOPIC) -> Installation:
        """One more."""
        return self.devices.add(topic)

    def send(
        self, to: Installation | bytes, aps: dict[str, Any] | None = None, **what: Any
    ) -> list[Landing]:
        """What comes of one more notification to a device, or to a token."""
        self._seq += 1
        token = to if isinstance(to, bytes) else to.token_bytes
        payload = json.dumps({"aps": HELLO if aps is None else aps}).encode()
        parcel = Parcel(self._seq, what.pop("topic", TOPIC), token, payload, **what)
        return self.devices.deliver(parcel, self.now)


def fates(landings: list[Landing]) -> list[tuple[int, Fate]]:
    """Which notification met with what."""
    return [(each.seq, each.fate) for each in landings]
