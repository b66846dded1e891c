"""Which step acts on which notification."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.ledger.entries import Notification
from fakeapns.protocol import NotificationReceived
from fakeapns.push.triggers import Chosen, Moment, Plan
from fakeapns.scenario.faults import Drop, Reject, Shutdown
from fakeapns.scenario.steps import On, Step

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered


def moment(
    connection: int = 1, number: int = 1, topic: str | None = TOPIC, **fields: Any
) -> Moment:
    """A judged notification; `fields` change what was received."""
    usual: dict[str, Any] = {"command": 2, "token": TOKEN, "payload": PAYLOAD, "identifier": 42}
    received = NotificationReceived(**(usual | fields))
    return Moment(connection, number=number, received=received, topic=topic)


def played(steps: list[Step], moments: list[Moment]) -> list[int | None]:
    """The position of the step that acts on each moment, in order."""
    plan = Plan()
    for step in steps:
        plan.add(step)
    positions = []
    for each in moments:
        plan.count()
        chosen = plan.choose("notification", each)
        positions.append(chosen.position if chosen else None)
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
    assert fires(on, moment(connection=3, number=9, expiration=5, priority=10)) == []
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
    moments = [moment(connection=1), moment(connection=2), moment(connection=1, number=2)]
    assert fires(on, *moments) == [3]


def test_counts_may_start_anew_on_each_connection() -> None:
    step = Step(Reject(), On(notification="2.."), times=1, per="connection")
    moments = [moment(connection, number) for number in (1, 2, 3) for connection in (1, 2)]
    assert played([step], moments) == [None, None, 1, 1, None, None]


def test_what_is_judged_without_asking_the_steps_counts_too() -> None:
    plan = Plan()
    plan.add(Step(Reject(), On(notification=2)))
    plan.count()
    plan.count()
    assert plan.choose("notification", moment()) is not None


def test_steps_that_were_removed_act_no_more_and_the_others_stay_where_they_were() -> None:
    plan = Plan()
    first, second, third = (Step(fault, times=1) for fault in (Reject(), Drop(), Shutdown()))
    for step in (first, second):
        plan.add(step)
    plan.remove([first])
    plan.add(third)
    chosen = [plan.choose("notification", moment()) for _ in range(3)]
    assert chosen == [Chosen(Drop(), 2), Chosen(Shutdown(), 3), None]


def test_a_step_that_is_added_again_starts_anew() -> None:
    plan = Plan()
    step = Step(Reject(), times=1)
    for position in (1, 2):
        plan.add(step)
        assert plan.holds(position, step)
        assert plan.choose("notification", moment()) == Chosen(Reject(), position)
        assert plan.choose("notification", moment()) is None
        plan.remove([step])
        assert not plan.holds(position, step)
    assert not plan.has("notification")


def test_only_the_very_step_is_removed_and_not_its_like() -> None:
    plan = Plan()
    mine, theirs = Step(Reject()), Step(Reject())
    plan.add(mine)
    plan.add(theirs)
    plan.remove([theirs])
    assert plan.choose("notification", moment()) == Chosen(Reject(), 1)
