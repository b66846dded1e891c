"""Most notifications are plain: what has nothing to say about them must not hold them up."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.protocol import Frames
from fakeapns.scenario.faults import Acknowledge, Drop, Fault, Reject, Shutdown, Stall
from fakeapns.scenario.steps import On, Step

from ...frames import PAYLOAD, TOPIC, framed, numbered
from .worlds import World, rows


def ordinary(count: int, payload: bytes = PAYLOAD) -> Frames:
    """Notifications to ten devices in turn, in one row."""
    [row] = rows(b"".join(framed(each, numbered(each % 10), payload) for each in range(count)))
    assert isinstance(row, Frames)
    return row


def judged_one_by_one(world: World, frames: Frames) -> list[int]:
    """The positions, from 1, of those for which the judge is asked."""
    asked, at = [], 0
    while at < len(frames):
        taken = world.take(frames, at, (TOPIC,), 1, at)
        at += taken
        # Behind one for a device it begins again, since what became of that comes between.
        if at < len(frames) and not (taken and world.judge.devices.find(frames[at - 1].token)):
            at += 1
            asked.append(at)
            world.ask(frames[at - 1], (TOPIC,), 1, at, 0.0)
    return asked


def reject(fault: Fault | None = None, *, times: int | None = None, **on: Any) -> Step:
    """A step whose trigger is written as keywords."""
    return Step(fault or Reject(), On(**on), times)


TWENTY = [
    *(reject(token=f"{number:02x}" * 32) for number in range(0xA0, 0xA6)),
    *(reject(Drop(), notification=number) for number in range(401, 405)),
    *(reject(Shutdown(), every=number) for number in range(401, 403)),
    reject(notification="401..", every=2),
    reject(notification="500..", payload={"aps.alert": "Hi"}),
    reject(connection=2),
    reject(connection="3..", payload={"aps.alert": "Hi"}),
    reject(topic="org.*"),
    reject(topic="*.other", identifier="0.."),
    reject(Drop(), notification=0),
    reject(Stall("1s"), after="1h"),
]


def test_twenty_steps_that_do_not_apply_hold_nothing_up() -> None:
    assert len(TWENTY) == 20
    assert judged_one_by_one(World({}, [], TWENTY), ordinary(400)) == []


def test_a_plan_that_is_spent_holds_nothing_up() -> None:
    by_connection = Step(Reject(), On(notification="6.."), times=1, per="connection")
    world = World({}, [], [reject(times=3), reject(notification="1..5"), by_connection])
    assert judged_one_by_one(world, ordinary(400)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("on", "asked"),
    [
        ({"notification": 100}, [100]),
        ({"notification": "398.."}, [398, 399, 400]),
        ({"every": 150}, [150, 300]),
        ({"token": numbered(7).hex()}, list(range(8, 401, 10))),
        ({"token": "*07", "notification": "..300"[2:]}, [300]),
    ],
)
def test_only_those_are_judged_one_by_one_on_which_a_step_may_act(
    on: dict[str, Any], asked: list[int]
) -> None:
    assert judged_one_by_one(World({}, [], [reject(Acknowledge(), **on)]), ordinary(400)) == (asked)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"tokens": "registered"},
        {"token_sizes": 32},
        {"payload_limit": len(PAYLOAD)},
        {"strict_payload": True},
        {"error_delay": "1s"},
        {"environment": "sandbox"},
        {"uninstalled": "reject"},
    ],
    ids=lambda given: "-".join(given) or "usual",
)
def test_ordinary_settings_and_devices_hold_nothing_up(given: dict[str, Any]) -> None:
    known = [(number, TOPIC, "active", None) for number in range(10)]
    assert judged_one_by_one(World(given, known, []), ordinary(400)) == []


@pytest.mark.parametrize(
    "payload",
    [
        b'{"aps":{"alert":{"title":"Tea","body":"is ready"},"badge":1,"sound":"default"}}',
        b'{ "aps" : { "badge" : 0 } , "custom" : [1, 2, {"a": null}] }',
        b'{"aps":{"alert":"Hi","content-available":1}}',
        '{"aps":{"alert":"Grüße 🍵"}}'.encode(),
        b'{"aps":{"alert":"' + b"x" * 1000 + b'"}}',
        b'{"mdm":"4f2a","x":1}',
    ],
)
def test_ordinary_payloads_hold_nothing_up(payload: bytes) -> None:
    assert judged_one_by_one(World({}, [], []), ordinary(400, payload)) == []
