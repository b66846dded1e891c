"""What a server decides about a notification, before it is said to anybody.

One judge serves all connections of a server, and every front: it knows meanings, devices
and steps, but no connection's state and no wire.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from .chance import fraction
from .content import content_warnings
from .devices import Device, Devices
from .errors import UsageError
from .faults import AnyFault, Delay, Drop, Reject, Stall
from .plan import Moment, Plan
from .protocol import NotificationReceived, Status
from .settings import Settings
from .units import parse_duration
from .validation import Rules


class Verdict(msgspec.Struct, frozen=True):
    """What is to become of a notification.

    `status` is the code it is refused with, or None. `fault` is what acts on it, with the
    position of its step; a `reject` has gone into `status` and `delay` already. `delay` is
    seconds or a number of notifications.
    """

    topic: str | None
    warnings: tuple[str, ...]
    status: int | None = None
    delay: Delay | float = 0.0
    fault: AnyFault | None = None
    step: int | None = None


class Judge:
    """The rules, the plan and the devices of one server."""

    def __init__(
        self, settings: Settings, devices: Devices, plan: Plan, seed: int | None = None
    ) -> None:
        self.settings = settings
        self._devices = devices
        self._rules = Rules(settings, devices)
        self._plan = plan
        self._seed = seed
        self._seen: Counter[bytes] = Counter()
        delay = settings.error_delay_range
        if delay.low != delay.high and seed is None:
            raise UsageError(
                f"setting error_delay is the range {settings.error_delay}: give a seed"
            )

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
        ordinal: int,
    ) -> Verdict:
        """Judge one notification, the `ordinal`th judged one of its connection."""
        self._plan.count()
        device = self._rules.device(topics, received.token)
        topic = _topic(device, topics)
        warnings = content_warnings(received.payload, received.priority)
        position: int | None = None
        fault = self._scripted(received.token)
        if fault is None:
            status = self._rules.check(received, topics, device, warnings)
            self._report(device, status)
            if status is not None:
                return Verdict(topic, warnings, status, self._error_delay(received, topic))
            moment = Moment(received, topic, connection, ordinal)
            chosen = self._plan.choose(moment)
            if chosen is None:
                return Verdict(topic, warnings)
            position, fault = chosen[0], chosen[1].fault
        if not isinstance(fault, Reject):
            return Verdict(topic, warnings, fault=fault, step=position)
        delay = fault.delay if fault.delay is not None else self._error_delay(received, topic)
        return Verdict(topic, warnings, fault.code, delay, fault, position)

    def _report(self, device: Device | None, status: Status | None) -> None:
        # A send to a removed app is what feedback is about, whether it was taken or not.
        if device is not None and status in (None, Status.INVALID_TOKEN):
            self._devices.report(device)

    def error_delay(self, what: bytes) -> float:
        """Seconds before the error for something that is no notification."""
        return self._error_delay(NotificationReceived(command=0, token=what, payload=b""), None)

    def _error_delay(self, received: NotificationReceived, topic: str | None) -> float:
        delay = self.settings.error_delay_range
        if self._seed is None or delay.low == delay.high:
            return delay.low
        key = blake2b(digest_size=16)
        for part in (received.token, received.payload, repr((topic, received.identifier)).encode()):
            key.update(len(part).to_bytes(4, "big") + part)
        repetition = self._seen[key.digest()]
        self._seen[key.digest()] += 1
        return delay.at(
            fraction(
                self._seed,
                0,
                topic,
                received.token,
                received.payload,
                received.identifier,
                repetition,
            )
        )

    def _scripted(self, token: bytes) -> AnyFault | None:
        """The fault that a token asks for, in the manner of java-apns's failing simulator."""
        if not self.settings.scripted_tokens or len(token) < 4 or token[:2] != b"\xff\xff":
            return None
        match token[2]:
            case 0:
                return Reject(token[3])
            case 1:
                return Stall(f"{token[3] * 100}ms")
            case 2:
                return Drop()
            case _:
                return None


def _topic(device: Device | None, topics: Sequence[str]) -> str | None:
    return device.topic if device else topics[0] if topics else None


def delay_parts(delay: Delay | float) -> tuple[float, int | None]:
    """A delay as seconds and, if it counts those instead, as a number of notifications."""
    if isinstance(delay, int | float):
        return float(delay), None
    if isinstance(delay, str):
        return parse_duration(delay), None
    return 0.0, delay.notifications
