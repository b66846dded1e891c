"""What a command is given to send in a story."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import count as numbers
from itertools import cycle, islice
from typing import Any, NamedTuple

from ..provider import SendItem
from ..push import Device, Devices
from ..scenario import Settings


def work_for(devices: Devices, settings: Settings, topic: str, count: int) -> list[SendItem]:
    """`count` notifications, or one for each device if those are more.

    Each device of the story gets one on its topic, then come tokens that nobody knows, on
    `topic`. Where only registered tokens are good, devices take turns that have the app, or are
    said to have `registered`: of one that is gone their provider learns by an answer.
    """
    known = [_Receiver.of(device) for device in devices]
    there = [each for each, device in zip(known, devices, strict=True) if _is_listed(device)]
    further = cycle(there) if there and settings.tokens == "registered" else _strangers(topic)
    receivers = known + list(islice(further, max(0, count - len(known))))
    return [each.item(number) for number, each in enumerate(receivers, start=1)]


def _is_listed(device: Device) -> bool:
    return device.state == "active" or device.registered is not None


class _Receiver(NamedTuple):
    """Whom something is for, and what is said beside that."""

    token: str
    topic: str
    registered: int | None = None
    push_type: str | None = None

    @classmethod
    def of(cls, device: Device) -> _Receiver:
        registered = None if device.registered is None else int(device.registered)
        return cls(device.token, device.topic, registered, device.push_type)

    def item(self, number: int) -> SendItem:
        payload: dict[str, Any] = {"aps": {"alert": f"number {number}"}}
        if self.push_type == "background":
            payload = {"aps": {"content-available": 1}, "number": number}
        return SendItem(
            token=self.token,
            payload=payload,
            identifier=number,
            topic=self.topic,
            registered=self.registered,
            push_type=self.push_type,
        )


def _strangers(topic: str) -> Iterator[_Receiver]:
    for number in numbers(1):
        yield _Receiver(hashlib.sha256(b"%d" % number).hexdigest(), topic)
