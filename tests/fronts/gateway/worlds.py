"""Judges with what they know, and rows of frames for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from fakeapns.fronts.gateway.shortcut import Shortcut
from fakeapns.protocol import NEED_DATA, FrameMalformed, Frames, GatewayParser, NotificationReceived
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge, Verdict
from fakeapns.push.push import Push
from fakeapns.push.triggers import Triggers
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
    shortcut: Shortcut

    @classmethod
    def of(cls, given: dict[str, Any], known: Sequence[Known], steps: Sequence[Step]) -> World:
        """A fresh one, equal to any other that is made of the same."""
        devices = Devices(lambda: WALL)
        for number, topic, state, environment in known:
            devices.add(topic, numbered(number), state, environment=environment)
        triggers = Triggers(7)
        for step in steps:
            triggers.add(step)
        judge = Judge(Settings.of(given), devices, triggers, 7)
        return cls(judge, Shortcut(judge))

    def take(self, frames: Frames, topics: Sequence[str], connection: int, number: int) -> int:
        """How many of the first frames need no judge; they count as judged."""
        count = self.shortcut.count(frames, topics, connection, number)
        self.judge.triggers.count_many(count)
        return count

    def ask(
        self,
        received: NotificationReceived,
        topics: Sequence[str],
        connection: int,
        number: int,
        elapsed: float,
    ) -> Verdict:
        """What the judge says, without any shortcut."""
        push = Push(
            token_bytes=received.token,
            payload_bytes=received.payload,
            topic=self.judge.devices.topic(received.token, topics),
            connection=connection,
            ordinal=number,
            command=received.command,
            identifier=received.identifier,
            expiration=received.expiration,
            priority=received.priority,
        )
        return self.judge.judge(push, topics, number, elapsed)


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
                    plain = quick.take(row[at:], topics, connection, judged[connection])
                for each in many[at : at + plain]:
                    judged[connection] += 1
                    number = judged[connection]
                    assert careful.ask(each, topics, connection, number, elapsed) == Verdict(())
                    assert careful.judge.devices.topic(each.token, topics) == topics[0]
                    # A gateway has its own idea of these.
                    assert not given.get("signed_expiry") or (each.expiration or 0) < 2**31
                at += plain
                if at < len(many):
                    judged[connection] += 1
                    facts = (many[at], topics, connection, judged[connection], elapsed)
                    assert quick.ask(*facts) == careful.ask(*facts)
                    at += 1
    both = (TOPIC, OTHER)
    assert quick.judge.devices.feedback(both) == careful.judge.devices.feedback(both)
