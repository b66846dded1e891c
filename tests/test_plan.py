"""Which step acts on which notification."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.faults import Drop, Reject, Shutdown
from fakeapns.notification import Notification
from fakeapns.plan import Moment, Plan
from fakeapns.protocol import NotificationReceived
from fakeapns.scenario import On, Step

from .frames import PAYLOAD, TOKEN, TOPIC, numbered


def moment(
    connection: int = 1, ordinal: int = 1, topic: str | None = TOPIC, **fields: Any
) -> Moment:
    """A judged notification; `fields` change what was received."""
    usual: dict[str, Any] = {"command": 2, "token": TOKEN, "payload": PAYLOAD, "identifier": 42}
    return Moment(NotificationReceived(**(usual | fields)), topic, connection, ordinal)


def played(steps: list[Step], moments: list[Moment]) -> list[int | None]:
    """The position of the step that acts on each moment, in order."""
    plan = Plan()
    for step in steps:
        plan.add(step)
    positions = []
    for each in moments:
        plan.count()
        chosen = plan.choose(each)
        positions.append(chosen[0] if chosen else None)
    return positions


def fires(on: On, *moments: Moment) -> list[int]:
    """The numbers, from 1, of the moments at which a step acts."""
    found = played([Step(Reject(), on)], list(moments))
    return [number for number, position in enumerate(found, start=1) if position]


def test_an_absent_trigger_always_holds() -> None:
    assert fires(On(), moment(), moment()) == [1, 2]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (On(notification=3), [3]),
        (On(notification="2..3"), [2, 3]),
        (On(notification="4.."), [4, 5]),
        (On(every=2), [2, 4]),
        (On(every=2, notification="3.."), [4]),
    ],
)
def test_notifications_are_counted(on: On, expected: list[int]) -> None:
    assert fires(on, *[moment()] * 5) == expected


@pytest.mark.parametrize(
    ("on", "right", "wrong"),
    [
        (On(connection="2.."), {"connection": 2}, {"connection": 1}),
        (On(identifier=42), {}, {"identifier": 41}),
        (On(identifier="0.."), {}, {"identifier": None}),
        (On(token="000102*"), {}, {"token": numbered(1)}),
        (On(token="AB?D"), {"token": b"\xab\xcd"}, {"token": b"\xab\xce"}),
        (On(topic="com.example.*"), {}, {"topic": "org.example.app"}),
        (On(topic="*.app"), {}, {"topic": None}),
        (On(command=0), {"command": 0}, {"command": 1}),
        (On(priority=5), {"priority": 5}, {"priority": 10}),
        (On(priority=10), {"priority": None}, {"priority": 5}),
        (On(payload={"aps.alert": "Hi"}), {}, {"payload": b'{"aps":{"alert":"Ho"}}'}),
        (On(payload={"aps": {}}), {}, {"payload": b'{"mdm":"x"}'}),
        (On(payload={"aps.badge": 1}), {"payload": b'{"aps":{"badge":1}}'}, {}),
        (On(payload={"aps.badge": 1}), {"payload": b'{"aps":{"badge":1}}'}, {"payload": b"no"}),
        (On(payload={"a.b.c": 1}), {"payload": b'{"a":{"b":{"c":1}}}'}, {"payload": b'{"a":1}'}),
        (
            On(payload={"a": 1, "b": 2}),
            {"payload": b'{"a":1,"b":2}'},
            {"payload": b'{"a":1}'},
        ),
        (On(where=lambda each: each.identifier == 42), {}, {"identifier": 1}),
    ],
)
def test_each_trigger_looks_at_its_own(
    on: On, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    assert fires(on, moment(**right), moment(**wrong)) == [1]


def test_all_triggers_have_to_hold() -> None:
    on = On(command=2, priority=5, token="00*")
    assert fires(on, moment(), moment(priority=5), moment(priority=5, token=b"\x01")) == [2]


def test_a_predicate_sees_the_notification_as_it_will_be_recorded() -> None:
    seen: list[Notification] = []
    on = On(where=seen.append)
    assert fires(on, moment(connection=3, ordinal=9, expiration=5, priority=10)) == []
    [each] = seen
    assert (each.connection, each.ordinal, each.topic) == (3, 9, TOPIC)
    assert (each.token_bytes, each.payload_bytes) == (TOKEN, PAYLOAD)
    assert (each.identifier, each.expiration, each.priority) == (42, 5, 10)


def test_a_predicate_is_asked_only_when_all_else_holds() -> None:
    seen: list[Notification] = []
    fires(On(notification=2, where=seen.append), *[moment()] * 3)
    assert len(seen) == 1


def test_the_first_step_that_matches_wins() -> None:
    steps = [
        Step(Reject(), On(notification=2)),
        Step(Drop(), On(notification="2..3")),
        Step(Shutdown()),
    ]
    assert played(steps, [moment()] * 4) == [3, 1, 2, 3]


def test_a_step_that_has_acted_often_enough_makes_way_for_the_next() -> None:
    steps = [Step(Reject(), times=2), Step(Drop(), times=1)]
    assert played(steps, [moment()] * 4) == [1, 1, 2, None]


def test_counts_run_over_all_connections_of_the_server() -> None:
    on = On(notification=3)
    moments = [moment(connection=1), moment(connection=2), moment(connection=1, ordinal=2)]
    assert fires(on, *moments) == [3]


def test_counts_may_start_anew_on_each_connection() -> None:
    step = Step(Reject(), On(notification="2.."), times=1, per="connection")
    moments = [moment(connection, ordinal) for ordinal in (1, 2, 3) for connection in (1, 2)]
    assert played([step], moments) == [None, None, 1, 1, None, None]


def test_what_is_judged_without_asking_the_steps_counts_too() -> None:
    plan = Plan()
    plan.add(Step(Reject(), On(notification=2)))
    plan.count()
    plan.count()
    assert plan.choose(moment()) is not None


def test_a_plan_that_was_cleared_has_no_steps_and_forgets_what_they_did() -> None:
    plan = Plan()
    step = Step(Reject(), times=1)
    plan.add(step)
    plan.count()
    assert plan.choose(moment()) == (1, step)
    plan.clear()
    assert plan.choose(moment()) is None
    plan.add(step)
    assert plan.choose(moment()) == (1, step)
