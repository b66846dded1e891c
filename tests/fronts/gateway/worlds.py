"""Judges with what they know, and rows of frames for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from fakeapns.protocol import NEED_DATA, FrameMalformed, Frames, GatewayParser, NotificationReceived
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge, Verdict
from fakeapns.push.triggers import Plan
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import Step

from ...frames import TOPIC, numbered

OTHER = "com.example.other"
WALL = 1_600_000_000.0
#: A device: its token's number, its topic, state and environment.
Known = tuple[int, str, Any, Any]
#: Connection, what is written on it in one go, seconds since it opened.
Written = tuple[int, bytes, float]


class World(NamedTuple):
    """A judge with what it knows."""

    judge: Judge
    devices: Devices

    @classmethod
    def of(cls, given: dict[str, Any], known: Sequence[Known], steps: Sequence[Step]) -> World:
        """A fresh one, equal to any other that is made of the same."""
        devices = Devices(lambda: WALL)
        for number, topic, state, environment in known:
            devices.add(topic, numbered(number), state, environment=environment)
        plan = Plan(7)
        for step in steps:
            plan.add(step)
        return cls(Judge(Settings.of(given), devices, plan, 7), devices)


def rows(wire: bytes) -> list[Frames | NotificationReceived]:
    """What the parser makes of the bytes."""
    parser = GatewayParser()
    parser.receive_data(wire)
    found: list[Frames | NotificationReceived] = []
    while True:
        frames = parser.next_frames()
        if frames is not None:
            found.append(frames)
            continue
        event = parser.next_event()
        if event is NEED_DATA:
            return found
        assert not isinstance(event, FrameMalformed)
        found.append(event)


def check(
    written: Sequence[Written],
    given: dict[str, Any] | None = None,
    known: Sequence[Known] = (),
    steps: Sequence[Step] = (),
    topics: Sequence[str] = (TOPIC,),
) -> None:
    """Have one judge take short ways and an equal one none, and hold them against each other."""
    given = given or {}
    quick, careful = World.of(given, known, steps), World.of(given, known, steps)
    judged: Counter[int] = Counter()
    for connection, wire, elapsed in written:
        for row in rows(wire):
            many = row if isinstance(row, Frames) else [row]
            at = plain = 0
            while at < len(many):
                if isinstance(row, Frames):
                    number = judged[connection]
                    plain = quick.judge.plain.count(row[at:], topics, connection, number)
                    quick.judge.plan.count_many(plain)
                for each in many[at : at + plain]:
                    judged[connection] += 1
                    assert careful.judge.judge(
                        each, topics, connection, judged[connection], elapsed
                    ) == Verdict(topics[0], ())
                    # The recorder has its own idea of these.
                    assert not given.get("signed_expiry") or (each.expiration or 0) < 2**31
                at += plain
                if at < len(many):
                    judged[connection] += 1
                    facts = (many[at], topics, connection, judged[connection], elapsed)
                    assert quick.judge.judge(*facts) == careful.judge.judge(*facts)
                    at += 1
    both = (TOPIC, OTHER)
    assert quick.devices.feedback(both) == careful.devices.feedback(both)
