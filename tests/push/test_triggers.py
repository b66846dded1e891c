"""Which step acts on which notification."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.push.matching import Occasion
from fakeapns.push.push import Push
from fakeapns.push.triggers import Chosen, Triggers
from fakeapns.scenario.faults import Drop, FeedbackRepeat, Refuse, Reject, Service, Shutdown
from fakeapns.scenario.steps import On, Step

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered
from .pushes import push


def occasion(connection: int = 1, number: int = 1, **fields: Any) -> Occasion:
    """A push that is judged; `fields` change it."""
    made = push(connection=connection, ordinal=number, **fields)
    return Occasion(connection, number=number, push=made)


def played(steps: list[Step], occasions: list[Occasion]) -> list[int | None]:
    """The position of the step that acts on each occasion, in order."""
    triggers = Triggers()
    for step in steps:
        triggers.add(step)
    positions = []
    for each in occasions:
        triggers.count()
        chosen = triggers.choose("notification", each)
        positions.append(chosen.position if chosen else None)
    return positions


def fires(on: On, *occasions: Occasion) -> list[int]:
    """The numbers, from 1, of the occasions at which a step acts."""
    found = played([Step(Reject(), on)], list(occasions))
    return [number for number, position in enumerate(found, start=1) if position]


def test_an_absent_trigger_always_holds() -> None:
    assert fires(On(), occasion(), occasion()) == [1, 2]


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
    assert fires(on, *[occasion()] * 5) == expected


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
    assert fires(on, occasion(**right), occasion(**wrong)) == [1]


def test_all_triggers_have_to_hold() -> None:
    on = On(command=2, priority=5, token="00*")
    assert fires(on, occasion(), occasion(priority=5), occasion(priority=5, token=b"\x01")) == [2]


def test_a_predicate_sees_the_push_before_anything_is_decided() -> None:
    seen: list[Push] = []
    on = On(where=seen.append)
    assert fires(on, occasion(connection=3, number=9, expiration=5, priority=10)) == []
    [each] = seen
    assert (each.connection, each.ordinal, each.topic) == (3, 9, TOPIC)
    assert (each.token_bytes, each.payload_bytes) == (TOKEN, PAYLOAD)
    assert (each.identifier, each.expiration, each.priority) == (42, 5, 10)
    assert (each.command, each.token, each.payload) == (2, TOKEN.hex(), {"aps": {"alert": "Hi"}})
    assert each.matches(TOKEN, TOPIC, {"aps": {}})
    # What only a record has.
    assert not {"outcome", "status", "seq", "t", "wall", "at"} & set(dir(each))


def test_a_predicate_is_asked_only_when_all_else_holds() -> None:
    seen: list[Push] = []
    fires(On(notification=2, where=seen.append), *[occasion()] * 3)
    assert len(seen) == 1


def test_the_first_step_that_matches_wins() -> None:
    steps = [
        Step(Reject(), On(notification=2)),
        Step(Drop(), On(notification="2..3")),
        Step(Shutdown()),
    ]
    assert played(steps, [occasion()] * 4) == [3, 1, 2, 3]


def test_a_step_that_has_acted_often_enough_makes_way_for_the_next() -> None:
    steps = [Step(Reject(), times=2), Step(Drop(), times=1)]
    assert played(steps, [occasion()] * 4) == [1, 1, 2, None]


def test_counts_run_over_all_connections_of_the_server() -> None:
    on = On(notification=3)
    occasions = [occasion(connection=1), occasion(connection=2), occasion(connection=1, number=2)]
    assert fires(on, *occasions) == [3]


def test_counts_may_start_anew_on_each_connection() -> None:
    step = Step(Reject(), On(notification="2.."), times=1, per="connection")
    occasions = [occasion(connection, number) for number in (1, 2, 3) for connection in (1, 2)]
    assert played([step], occasions) == [None, None, 1, 1, None, None]


def test_what_is_judged_without_asking_the_steps_counts_too() -> None:
    triggers = Triggers()
    triggers.add(Step(Reject(), On(notification=2)))
    triggers.count()
    triggers.count()
    assert triggers.choose("notification", occasion()) is not None


def test_steps_that_were_removed_act_no_more_and_the_others_stay_where_they_were() -> None:
    triggers = Triggers()
    first, second, third = (Step(fault, times=1) for fault in (Reject(), Drop(), Shutdown()))
    for step in (first, second):
        triggers.add(step)
    triggers.remove([first])
    triggers.add(third)
    chosen = [triggers.choose("notification", occasion()) for _ in range(3)]
    assert chosen == [Chosen(Drop(), 2), Chosen(Shutdown(), 3), None]


def test_a_step_that_is_added_again_starts_anew() -> None:
    triggers = Triggers()
    step = Step(Reject(), times=1)
    for position in (1, 2):
        triggers.add(step)
        placed = triggers.find("notification", occasion())
        assert placed is not None
        assert triggers.still_has(placed)
        assert triggers.choose("notification", occasion()) == Chosen(Reject(), position)
        assert triggers.choose("notification", occasion()) is None
        triggers.remove([step])
        assert not triggers.still_has(placed)
    assert not triggers.has("notification")


def test_only_the_very_step_is_removed_and_not_its_like() -> None:
    triggers = Triggers()
    mine, theirs = Step(Reject()), Step(Reject())
    triggers.add(mine)
    triggers.add(theirs)
    triggers.remove([theirs])
    assert triggers.choose("notification", occasion()) == Chosen(Reject(), 1)


def test_a_fault_acts_only_on_services_that_it_can_disturb() -> None:
    triggers = Triggers()
    triggers.add(Step(FeedbackRepeat()))
    assert triggers.find("feedback", Occasion(1, service="gateway")) is None
    assert triggers.find("feedback", Occasion(1, service="feedback")) is not None
    assert triggers.find("feedback", Occasion(1)) is not None


# ---- services -------------------------------------------------------------------------------


def arrived(*services: Service) -> Triggers:
    """Connections to these services, numbered from 1."""
    triggers = Triggers()
    for number, service in enumerate(services, start=1):
        triggers.arrive(number, service)
    return triggers


def refused(triggers: Triggers, *services: Service) -> list[int]:
    """The numbers of the connections that a step acts on as they are accepted."""
    return [
        number
        for number, service in enumerate(services, start=1)
        if triggers.at_accept(Occasion(number, service=service), 0)
    ]


MIXED: list[Service] = ["feedback", "gateway", "gateway", "feedback", "gateway"]


@pytest.mark.parametrize(
    ("on", "numbers"),
    [
        (On(), [1, 2, 3, 4, 5]),
        (On(connection=2), [2]),
        (On(service="gateway"), [2, 3, 5]),
        (On(service="feedback"), [1, 4]),
        (On(service="gateway", connection=2), [3]),
        (On(service="feedback", connection="2.."), [4]),
        (On(service="feedback", connection=3), []),
    ],
)
def test_with_a_service_its_own_connections_are_counted(on: On, numbers: list[int]) -> None:
    triggers = arrived(*MIXED)
    triggers.add(Step(Refuse(), on))
    assert refused(triggers, *MIXED) == numbers


def test_a_notification_is_found_by_the_number_of_its_connection_on_its_service() -> None:
    triggers = arrived("feedback", "gateway", "gateway")
    triggers.add(Step(Reject(), On(service="gateway", connection=2)))
    found = [triggers.choose("notification", occasion(number)) is not None for number in (2, 3)]
    assert found == [False, True]
    quiet = [triggers.quiet_for(10, number, 0, TOPIC)[0] for number in (2, 3)]
    assert quiet == [10, 0]


def test_a_connection_that_has_left_is_not_kept_in_mind_and_still_counts() -> None:
    triggers = arrived("gateway")
    triggers.leave(1)
    triggers.arrive(2, "gateway")
    triggers.add(Step(Refuse(), On(service="gateway", connection=2)))
    assert triggers.at_accept(Occasion(1, service="gateway"), 0) is None
    assert triggers.at_accept(Occasion(2, service="gateway"), 0) is not None


# ---- taken back -----------------------------------------------------------------------------


@pytest.mark.parametrize("per", ["server", "connection"])
def test_what_nobody_could_see_has_not_fired(per: Any) -> None:
    triggers = Triggers()
    triggers.add(Step(Drop(), times=1, per=per))
    chosen = triggers.choose("notification", occasion())
    assert chosen is not None
    assert triggers.choose("notification", occasion()) is None
    triggers.take_back(chosen, 1)
    assert triggers.choose("notification", occasion()) == chosen
    assert triggers.choose("notification", occasion()) is None


def test_a_step_that_was_removed_meanwhile_is_not_missed() -> None:
    triggers, step = Triggers(), Step(Drop(), times=1)
    triggers.add(step)
    chosen = triggers.choose("notification", occasion())
    assert chosen is not None
    triggers.remove([step])
    triggers.take_back(chosen, 1)
    assert triggers.choose("notification", occasion()) is None
