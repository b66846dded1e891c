"""The steps of one server while it runs: counting, and choosing which fault acts."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from .notification import Notification, contains, parse_payload
from .protocol import NotificationReceived
from .scenario import On, Step
from .units import CountRange


class Moment(msgspec.Struct, frozen=True):
    """A judged notification as steps see it.

    `ordinal` is its number among the judged ones of its connection, from 1.
    """

    received: NotificationReceived
    topic: str | None
    connection: int
    ordinal: int


class Plan:
    """Steps with their counters. The first that matches and may still act wins."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._judged = 0
        self._fired: Counter[tuple[int, int | None]] = Counter()

    def add(self, step: Step) -> None:
        """Append a step behind those that are there."""
        self._steps.append(step)

    def clear(self) -> None:
        """Forget all steps."""
        self._steps = []
        self._fired.clear()

    def count(self) -> None:
        """One more notification has been judged, whatever came of it."""
        self._judged += 1

    def choose(self, moment: Moment) -> tuple[int, Step] | None:
        """The step that acts on the notification just counted, with its position from 1."""
        for position, step in enumerate(self._steps, start=1):
            connection = moment.connection if step.per == "connection" else None
            number = moment.ordinal if step.per == "connection" else self._judged
            spent = step.times is not None and self._fired[position, connection] >= step.times
            if not spent and _applies(step.on, moment, number):
                self._fired[position, connection] += 1
                return position, step
        return None


def _applies(on: On, moment: Moment, number: int) -> bool:
    received = moment.received
    return (
        _within(on.connection, moment.connection)
        and _within(on.notification, number)
        and (on.every is None or number % on.every == 0)
        and _within(on.identifier, received.identifier)
        and (on.command is None or on.command == received.command)
        # Without a priority item Apple assumes 10.
        and (on.priority is None or on.priority == (received.priority or 10))
        and (on.token is None or fnmatchcase(received.token.hex(), on.token.lower()))
        and (on.topic is None or fnmatchcase(moment.topic or "", on.topic))
        and (on.payload is None or _has(received.payload, on.payload))
        and (on.where is None or bool(on.where(_preview(moment))))
    )


def _within(allowed: int | str | None, number: int | None) -> bool:
    return allowed is None or (number is not None and number in CountRange.parse(allowed))


def _has(payload: bytes, wanted: dict[str, Any]) -> bool:
    try:
        content = parse_payload(payload)
    except ValueError:
        return False
    return all(_at(content, path, value) for path, value in wanted.items())


def _at(content: Any, path: str, value: Any) -> bool:
    for key in path.split("."):
        if not isinstance(content, dict) or key not in content:
            return False
        content = content[key]
    return contains(content, value)


def _preview(moment: Moment) -> Notification:
    """The notification for a `where`, before anything has been decided about it."""
    received = moment.received
    return Notification(
        seq=0,
        t=0.0,
        wall=0.0,
        connection=moment.connection,
        ordinal=moment.ordinal,
        command=received.command,
        identifier=received.identifier,
        token_bytes=received.token,
        topic=moment.topic,
        payload_bytes=received.payload,
        expiration=received.expiration,
        priority=received.priority,
        outcome="accepted",
    )
