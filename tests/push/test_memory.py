"""What is remembered has an end, however many notifications and connections there are."""

from __future__ import annotations

import pytest

from fakeapns.fronts.gateway.shared import MOST_OWED, Gateway, Owed
from fakeapns.ledger.ledger import Ledger
from fakeapns.push.chance import REMEMBERED, Repetitions
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.matching import Occasion
from fakeapns.push.mishaps import Mishaps
from fakeapns.push.rules import Rules
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.faults import Reject
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import On, Step

from ..frames import PAYLOAD, TOPIC, numbered
from .pushes import push


def count(repetitions: Repetitions, number: int) -> int:
    return repetitions.count(TOPIC, numbered(number), PAYLOAD, number)


def test_the_latest_notifications_are_remembered_and_no_more_than_twice_as_many() -> None:
    repetitions = Repetitions(100)
    for number in range(1000):
        assert count(repetitions, number) == 0
        assert len(repetitions) <= 200
    assert [count(repetitions, number) for number in range(900, 1000)] == [1] * 100
    assert [count(repetitions, number) for number in range(900, 1000)] == [2] * 100
    assert len(repetitions) <= 200


def test_one_that_comes_again_and_again_is_not_forgotten() -> None:
    repetitions = Repetitions(10)
    for number in range(1000):
        assert count(repetitions, 5000) == number
        count(repetitions, number)


def test_one_that_was_forgotten_counts_as_new() -> None:
    repetitions = Repetitions(10)
    count(repetitions, 0)
    for number in range(1, 30):
        count(repetitions, number)
    assert count(repetitions, 0) == 0


@pytest.mark.parametrize(
    ("settings", "step"),
    [({"error_delay": "1ms..2ms"}, None), ({}, Step(Reject(), On(chance=0.5)))],
    ids=["error-delay", "chance"],
)
def test_a_judge_remembers_what_chance_has_to_know(
    settings: dict[str, str], step: Step | None
) -> None:
    triggers = Triggers(7)
    if step is not None:
        triggers.add(step)
    given = Settings.of(settings)
    judge = Judge(given, Devices(lambda: 1000.0), triggers, 7)
    rules = Rules.of("gateway", given)
    for number in (1, 2, 3, 1, 2, 3):
        judge.judge(push(numbered(number)), rules, number, 0.0)
    assert len(judge.repetitions) == 3
    # What the documents say.
    assert REMEMBERED == 250_000


def test_a_connection_that_is_over_has_left_no_counter_behind() -> None:
    triggers = Triggers()
    triggers.add(Step(Reject(), On(), 1, "connection"))

    def fires(connection: int) -> bool:
        there = Occasion(connection, number=1, push=push(connection=connection))
        return triggers.choose("notification", there) is not None

    for connection in (1, 2):
        triggers.arrive(connection, "gateway")
        assert fires(connection)
        assert not fires(connection)
    triggers.leave(1)
    # No number comes twice: that it would fire again shows that nothing is known of it.
    assert fires(1)
    assert not fires(2)


def test_errors_that_nobody_connects_for_do_not_pile_up() -> None:
    judge = Judge(Settings(), Devices(lambda: 1000.0), Triggers())
    gateway = Gateway(judge, Ledger())
    for number in range(2 * MOST_OWED):
        gateway.owe(TOPIC, Owed(1, number, number, 0.0, "graceful", False))
    for number in range(MOST_OWED):
        owed = gateway.owed([TOPIC])
        assert owed is not None
        assert owed.identifier == number
    assert gateway.owed([TOPIC]) is None


def test_functions_that_fail_in_ever_new_words_are_told_of_up_to_a_point() -> None:
    mishaps = Mishaps()

    def fail(number: int) -> None:
        raise ValueError(f"number {number}")

    for number in range(1000):
        mishaps.call(fail, number, otherwise=None)
    found = mishaps.take()
    assert found is not None
    assert str(found) == "number 0"
    assert len(found.__notes__) == 101
    assert found.__notes__[-1].endswith("something else, 899 times")
