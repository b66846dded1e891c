"""What a server decides about a notification, before it is said to anybody.

One judge serves all connections of a server, and every front: it knows meanings, devices
and steps, but no connection's state and no wire.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from ..fronts.gateway.shortcut import Plain
from ..protocol import NotificationReceived, Status
from ..scenario.faults import Delay, Drop, Fault, Reject, Stall
from ..scenario.settings import Settings
from ..scenario.units import parse_duration
from .chance import fraction
from .devices import Device, Devices
from .payload import content_warnings
from .rules import Rules
from .triggers import Chosen, Moment, Plan


class Verdict(msgspec.Struct, frozen=True):
    """What is to become of a notification.

    `status` is the code it is refused with, or None. `chosen` is the fault that acts on it;
    a `reject` has gone into `status` and `delay` already. `delay` is seconds or a number of
    notifications.
    """

    topic: str | None
    warnings: tuple[str, ...]
    status: int | None = None
    delay: Delay | float = 0.0
    chosen: Chosen | None = None


class Owed(msgspec.Struct, frozen=True):
    """An error that the next connection of a topic is to be greeted with."""

    command: int
    status: int
    identifier: int
    cause: int
    delay: Delay | float
    fault: Reject


class Judge:
    """The rules, the plan and the devices of one server."""

    def __init__(
        self, settings: Settings, devices: Devices, plan: Plan, seed: int | None = None
    ) -> None:
        self.settings = settings
        self.plan = plan
        self.plain = Plain(settings, devices, plan)
        self._devices = devices
        self._rules = Rules(settings, devices)
        self._seed = seed
        self._seen: Counter[bytes] = Counter()
        self._owed: defaultdict[str, deque[Owed]] = defaultdict(deque)
        delay = settings.error_delay_range
        self._delay = delay.low
        self._delay_range = delay if delay.low != delay.high else None

    def describe(
        self, received: NotificationReceived, topics: Sequence[str]
    ) -> tuple[str | None, tuple[str, ...]]:
        """Topic and content warnings of a notification that is not judged."""
        device = self._rules.device(topics, received.token)
        return _topic(device, topics), content_warnings(received.payload, received.priority)

    def judge(
        self,
        received: NotificationReceived,
        topics: Sequence[str],
        connection: int,
        number: int,
        elapsed: float,
    ) -> Verdict:
        """Judge one notification: the `number`th judged one of its connection, `elapsed`
        seconds after that opened.
        """
        self.plan.count()
        device = self._rules.device(topics, received.token)
        topic = _topic(device, topics)
        warnings = content_warnings(received.payload, received.priority)
        repetition = self._repetition(received, topic)
        chosen = self._scripted(received.token)
        if chosen is None or not isinstance(chosen.fault, Reject):
            status = self._rules.check(received, topics, device, warnings)
            self._report(device, status)
            if status is not None:
                delay = self._error_delay(received, topic, repetition)
                return Verdict(topic, warnings, status, delay)
        if chosen is None:
            chosen = self.plan.choose(
                "notification",
                Moment(connection, topics, number, elapsed, received, topic, repetition),
            )
        if chosen is None or not isinstance(chosen.fault, Reject):
            return Verdict(topic, warnings, chosen=chosen)
        fault = chosen.fault
        if fault.delay is not None:
            return Verdict(topic, warnings, fault.code, fault.delay, chosen)
        delay = self._error_delay(received, topic, repetition)
        return Verdict(topic, warnings, fault.code, delay, chosen)

    def owe(self, topic: str, owed: Owed) -> None:
        """Keep an error for the next connection of this topic."""
        self._owed[topic].append(owed)

    def owed(self, topics: Sequence[str]) -> Owed | None:
        """The error that a new connection is to be greeted with, if any."""
        for topic in topics:
            waiting = self._owed.get(topic)
            if waiting:
                return waiting.popleft()
        return None

    def _report(self, device: Device | None, status: Status | None) -> None:
        # A send to a removed app is what feedback is about, whether it was taken or not.
        known = device is not None and self._rules.is_of_this_environment(device)
        if device is not None and known and status in (None, Status.INVALID_TOKEN):
            self._devices.report(device)

    def error_delay(self, what: bytes = b"") -> float:
        """Seconds before the error for something that is no notification."""
        received = NotificationReceived(command=0, token=what, payload=b"")
        return self._error_delay(received, None, self._repetition(received, None))

    def _repetition(self, received: NotificationReceived, topic: str | None) -> int:
        """How often this same notification has been judged before, if it matters to anybody."""
        if self._delay_range is None and not self.plan.uses_chance:
            return 0
        key = blake2b(digest_size=16)
        for part in (received.token, received.payload, repr((topic, received.identifier)).encode()):
            key.update(len(part).to_bytes(4, "big") + part)
        repetition = self._seen[key.digest()]
        self._seen[key.digest()] += 1
        return repetition

    def _error_delay(
        self, received: NotificationReceived, topic: str | None, repetition: int
    ) -> float:
        if self._delay_range is None or self._seed is None:
            return self._delay
        drawn = fraction(
            self._seed,
            0,
            topic,
            received.token,
            received.payload,
            received.identifier,
            repetition,
        )
        return self._delay_range.at(drawn)

    def _scripted(self, token: bytes) -> Chosen | None:
        """The fault that a token asks for, in the manner of java-apns's failing simulator."""
        if not self.settings.scripted_tokens or len(token) < 3 or token[:2] != b"\xff\xff":
            return None
        argument = token[3] if len(token) > 3 else 0
        fault: Fault
        match token[2]:
            case 0:
                fault = Reject(argument)
            case 1:
                fault = Stall(f"{argument * 100}ms")
            case 2:
                fault = Drop()
            case _:
                return None
        return Chosen(fault, None)


def _topic(device: Device | None, topics: Sequence[str]) -> str | None:
    return device.topic if device else topics[0] if topics else None


def delay_parts(delay: Delay | float) -> tuple[float, int | None]:
    """A delay as seconds and, if it counts those instead, as a number of notifications."""
    if isinstance(delay, int | float):
        return float(delay), None
    if isinstance(delay, str):
        return parse_duration(delay), None
    return 0.0, delay.notifications
