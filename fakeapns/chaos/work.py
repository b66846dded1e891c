"""What a command is given to send in a story."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import count as numbers
from itertools import cycle, islice

from ..provider import WorkItem
from ..push import Devices
from ..scenario import Settings


def work_for(devices: Devices, settings: Settings, topic: str, count: int) -> list[WorkItem]:
    """`count` notifications, or one for each device if those are more.

    Each device of the story gets one on its topic, then come tokens that nobody knows, on
    `topic`. Where only registered tokens are good, devices that have the app take turns.
    """
    known = [(device.token, device.topic) for device in devices]
    there = [(device.token, device.topic) for device in devices if device.state == "active"]
    further = cycle(there) if there and settings.tokens == "registered" else _strangers(topic)
    receivers = known + list(islice(further, max(0, count - len(known))))
    return [
        WorkItem(
            token=token,
            payload={"aps": {"alert": f"number {number}"}},
            identifier=number,
            topic=its_topic,
        )
        for number, (token, its_topic) in enumerate(receivers, start=1)
    ]


def _strangers(topic: str) -> Iterator[tuple[str, str]]:
    for number in numbers(1):
        yield hashlib.sha256(b"%d" % number).hexdigest(), topic
