"""What a command is given to send in a story."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain, cycle, islice
from itertools import count as numbers
from typing import Any

import msgspec

from ..provider import SendItem
from ..push import moment_of
from ..scenario import DeviceEntry, PushEntry, Scenario, Settings, expiration_of, in_full


def work_for(
    scenario: Scenario, settings: Settings, topic: str, count: int, now: float
) -> list[SendItem]:
    """`count` notifications, or more where the story needs them.

    Each device of the story gets one on its topic, then come tokens that nobody knows, on `topic`.
    Where only registered tokens are good, devices take turns that have the app, or are said to have
    `registered`: of one that is gone their provider learns by an answer. Where the story says
    itself what is sent, it is that. The story begins `now`, in epoch seconds.
    """
    usual = _Usual(scenario.device, settings, topic, now)
    if not scenario.push:
        found = usual.take(max(count, len(scenario.device)))
    else:
        shares = _shares(scenario.push, count)
        found = [
            _as_said(each, push, now)
            for push, many in zip(scenario.push, shares, strict=True)
            for each in _receivers(push, many, scenario, usual)
        ]
    return [_numbered(each, number, now) for number, each in enumerate(found, start=1)]


class _Usual:
    """Who gets something unless the story says otherwise, in turn."""

    def __init__(
        self, devices: Sequence[DeviceEntry], settings: Settings, topic: str, now: float
    ) -> None:
        self.topic = topic
        known = [_receiver(device, now) for device in devices]
        there = [each for each, device in zip(known, devices, strict=True) if _is_listed(device)]
        #: By topic and token.
        self.known = {(each.topic, each.token): each for each in known}
        further = cycle(there) if there and settings.tokens == "registered" else _strangers(topic)
        self._turns = chain(known, further)

    def take(self, many: int) -> list[SendItem]:
        """The next so many."""
        return list(islice(self._turns, many))


def _is_listed(device: DeviceEntry) -> bool:
    return device.state == "active" or device.registered is not None


def _receiver(device: DeviceEntry, now: float) -> SendItem:
    """Whom something is for, and what is said beside that."""
    registered = device.registered
    return SendItem(
        token=device.full_token.hex(),
        payload={},
        topic=device.topic,
        registered=None if registered is None else int(moment_of(registered, now)),
        push_type=device.push_type,
        priority=device.priority,
        collapse_id=device.collapse_id,
        expiration=expiration_of(device.expires, now),
    )


def _shares(pushes: Sequence[PushEntry], count: int) -> Iterator[int]:
    """How many of each there are: those that do not say it share what is left."""
    left = count - sum(each.count or 0 for each in pushes)
    sharing = sum(each.count is None for each in pushes)
    for each in pushes:
        if each.count is not None:
            yield each.count
            continue
        share = max(1, -(-left // sharing))
        left, sharing = left - share, sharing - 1
        yield share


def _receivers(push: PushEntry, many: int, scenario: Scenario, usual: _Usual) -> list[SendItem]:
    if push.channel is not None:
        topic = next(each.topic for each in scenario.channel if each.id == push.channel)
        return [SendItem(channel=push.channel, payload={}, topic=topic)] * many
    if not push.to:
        return usual.take(many)
    tokens = [in_full(each) for each in push.to]
    return list(islice(cycle(_of_token(each, scenario, usual) for each in tokens), many))


def _of_token(token: bytes, scenario: Scenario, usual: _Usual) -> SendItem:
    for device in scenario.device:
        if token in map(in_full, device.live_tokens):
            return SendItem(
                token=token.hex(), payload={}, topic=device.live_topic, push_type="liveactivity"
            )
        if token == device.full_token:
            return usual.known[device.topic, token.hex()]
    return SendItem(token=token.hex(), payload={}, topic=usual.topic)


def _as_said(receiver: SendItem, push: PushEntry, now: float) -> SendItem:
    """The same with what the story says of these pushes."""
    said: dict[str, Any] = {
        "topic": push.topic,
        "push_type": push.push_type or ("liveactivity" if push.channel is not None else None),
        "priority": push.priority,
        "collapse_id": push.collapse_id,
        "expiration": expiration_of(push.expires, now),
    }
    said = {name: value for name, value in said.items() if value is not None}
    return msgspec.structs.replace(receiver, payload=push.payload, **said)


def _numbered(item: SendItem, number: int, now: float) -> SendItem:
    payload: dict[str, Any] = {"number": number, **item.payload}
    if not item.payload:
        payload = {"aps": {"alert": f"number {number}"}}
        if item.push_type == "background":
            payload = {"aps": {"content-available": 1}, "number": number}
    aps = payload.get("aps")
    if item.push_type == "liveactivity" and isinstance(aps, dict):
        payload["aps"] = {"timestamp": int(now), **aps}
    return msgspec.structs.replace(item, payload=payload, identifier=number)


def _strangers(topic: str) -> Iterator[SendItem]:
    for number in numbers(1):
        token = hashlib.sha256(b"%d" % number).hexdigest()
        yield SendItem(token=token, payload={}, topic=topic)
