"""Judges with what they know, and rows of frames for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from fakeapns.fronts.gateway.frames import FrameBundle, FrameRow
from fakeapns.fronts.gateway.shared import Gateway
from fakeapns.fronts.gateway.standing import Standing
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import NEED_DATA, FrameMalformed, Frames, GatewayParser, NotificationReceived
from fakeapns.push.devices import Devices
from fakeapns.push.envelope import envelope_warnings
from fakeapns.push.judge import Judge, Verdict
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import Step

from ...frames import TOPIC, numbered
from ...moments import WALL, at

OTHER = "com.example.other"
#: A device: its token's number, its topic, state and environment.
Known = tuple[int, str, Any, Any]
#: Connection, what is written on it in one go, seconds since it opened.
Written = tuple[int, bytes, float]


class World:
    """A gateway with what its judge knows."""

    def __init__(
        self, given: dict[str, Any], known: Sequence[Known], steps: Sequence[Step]
    ) -> None:
        """A fresh one, equal to any other that is made of the same."""
        devices = Devices(lambda: WALL)
        for number, topic, state, environment in known:
            devices.add(topic, numbered(number), state, environment=environment)
        triggers = Triggers(7)
        for step in steps:
            triggers.add(step)
        self.judge = Judge(Settings.of(given), devices, triggers, 7)
        self.gateway = Gateway(self.judge, Ledger())

    def take(
        self, frames: Frames, first: int, topics: Sequence[str], connection: int, number: int
    ) -> int:
        """How many frames from the first on need no judge; they count as judged."""
        topic, shortcut = self.gateway.bundled(topics), self.gateway.shortcut
        if topic is None or shortcut is None:
            return 0
        count = shortcut.count(frames, first, topic, connection, number)
        self.judge.triggers.count(count)
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
        push = Standing(connection, tuple(topics), self.gateway, at(0)).push(received)
        asked_for = self.gateway.asked_for(received.token)
        return self.judge.judge(push, self.gateway.rules, number, elapsed, asked_for)


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


def recorded(
    frames: Sequence[NotificationReceived], topics: Sequence[str]
) -> list[tuple[str, ...]]:
    """What is said of their contents in the record of a row."""
    if not isinstance(frames, Frames) or not frames:
        return []
    bundle = FrameBundle(1, FrameRow(1, 1, topics[0], frames), at(0))
    entries = [bundle.entry(index) for index in range(len(bundle))]
    shown = [envelope_warnings(each.token_bytes, each.expiration, None) for each in entries]
    return [
        entry.warnings[: len(entry.warnings) - len(envelope)]
        for entry, envelope in zip(entries, shown, strict=True)
    ]


def check(
    written: Sequence[Written],
    given: dict[str, Any] | None = None,
    known: Sequence[Known] = (),
    steps: Sequence[Step] = (),
    topics: Sequence[str] = (TOPIC,),
) -> None:
    """Have one judge take short ways and an equal one none, and hold them against each other."""
    given = given or {}
    quick, careful = World(given, known, steps), World(given, known, steps)
    judged: Counter[int] = Counter()
    for connection, wire, elapsed in written:
        for row in rows(wire):
            many = row if isinstance(row, Frames) else [row]
            here = plain = 0
            while here < len(many):
                if isinstance(row, Frames):
                    plain = quick.take(row, here, topics, connection, judged[connection])
                quiet = recorded(many[here : here + plain], topics)
                for each, said in zip(many[here : here + plain], quiet, strict=True):
                    judged[connection] += 1
                    number = judged[connection]
                    verdict = careful.ask(each, topics, connection, number, elapsed)
                    assert verdict == Verdict(said)
                    # A gateway has its own idea of these.
                    assert not given.get("signed_expiry") or (each.expiration or 0) < 2**31
                here += plain
                if here < len(many):
                    judged[connection] += 1
                    facts = (many[here], topics, connection, judged[connection], elapsed)
                    assert quick.ask(*facts) == careful.ask(*facts)
                    here += 1
    both = (TOPIC, OTHER)
    assert quick.judge.devices.feedback(both) == careful.judge.devices.feedback(both)
