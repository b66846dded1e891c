"""What each stage knows when it asks the triggers: connections, times, frames, chance."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.push.chance import fraction
from fakeapns.push.matching import Occasion
from fakeapns.push.triggers import Chosen, Triggers
from fakeapns.scenario.faults import (
    AcceptThenClose,
    Acknowledge,
    Alert,
    BadCertificate,
    Drop,
    Fault,
    FeedbackCut,
    FeedbackRepeat,
    ReconnectBlock,
    Refuse,
    Reject,
    Shutdown,
    SlowHandshake,
    Stage,
    Stall,
)
from fakeapns.scenario.steps import On, Step

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered
from .pushes import push

OTHER = "com.example.other"


def planned(*steps: Step, seed: int | None = None) -> Triggers:
    """Triggers with these steps."""
    triggers = Triggers(seed)
    for step in steps:
        triggers.add(step)
    return triggers


def position(chosen: Chosen | None) -> int | None:
    """The step that a fault came from."""
    return None if chosen is None else chosen.position


# ---- stages -----------------------------------------------------------------------------------


def test_a_step_is_asked_at_its_own_stage_only() -> None:
    faults: list[Fault] = [
        Refuse(),
        Alert(),
        AcceptThenClose(),
        Drop(after_bytes=1),
        Reject(),
        FeedbackCut(),
    ]
    triggers = planned(*map(Step, faults))
    stages: list[Stage] = ["accept", "handshake", "open", "frame", "notification", "feedback"]
    for number, stage in enumerate(stages, start=1):
        assert triggers.has(stage)
        assert triggers.choose(stage, Occasion(1)) == Chosen(faults[number - 1], number)
    assert not any(planned(Step(Refuse())).has(stage) for stage in stages[1:])


def test_the_first_that_matches_wins_at_each_stage() -> None:
    triggers = planned(
        Step(SlowHandshake(), On(connection=2)),
        Step(Refuse(), On(connection="2..")),
        Step(BadCertificate()),
        Step(Refuse("close")),
    )
    assert [position(triggers.choose("handshake", Occasion(number))) for number in (1, 2)] == [3, 1]
    assert [position(triggers.choose("accept", Occasion(number))) for number in (1, 2)] == [4, 2]


def test_how_often_a_step_may_act_counts_at_every_stage() -> None:
    triggers = planned(Step(Alert(), times=2))
    found = [triggers.choose("handshake", Occasion(number)) for number in (1, 2, 3)]
    assert [position(each) for each in found] == [1, 1, None]


@pytest.mark.parametrize(
    ("topics", "fits"), [((TOPIC,), False), ((TOPIC, OTHER), True), ((OTHER,), True), ((), False)]
)
def test_a_connection_stands_for_all_topics_of_its_certificate(
    topics: tuple[str, ...], fits: bool
) -> None:
    triggers = planned(Step(FeedbackRepeat(), On(topic="*.other")))
    assert (triggers.choose("feedback", Occasion(1, topics)) is not None) == fits


# ---- frames -----------------------------------------------------------------------------------


def test_inside_a_frame_the_number_is_that_of_the_notification_that_it_would_be() -> None:
    triggers = planned(Step(Drop(after_bytes=1), On(notification=3)))
    found = []
    for number in range(4):
        found.append(triggers.find("frame", Occasion(1, number=number)) is not None)
        triggers.count()
    assert found == [False, False, True, False]


def test_a_frame_may_be_counted_on_its_connection_alone() -> None:
    triggers = planned(Step(Drop(after_bytes=1), On(every=2), per="connection"))
    found = [triggers.find("frame", Occasion(1, number=number)) is not None for number in range(4)]
    assert found == [False, True, False, True]


def test_looking_for_a_step_does_not_use_it_up() -> None:
    triggers = planned(Step(Drop(after_bytes=1), times=1))
    found = triggers.find("frame", Occasion(1))
    assert found is not None
    assert triggers.find("frame", Occasion(1)) == found
    assert triggers.fire(found, 1) == Chosen(Drop(after_bytes=1), 1)
    assert triggers.find("frame", Occasion(1)) is None


# ---- time -------------------------------------------------------------------------------------


def test_timers_are_the_steps_that_act_by_time() -> None:
    steps = [
        Step(Shutdown(), On(after="2m")),
        Step(Drop(), On(idle="1s", topic="*.app")),
        Step(Stall(), On(after="1s")),
        Step(Drop(), On(after="1ms", connection=9)),
        Step(Reject(), On(after="1ms")),
        Step(AcceptThenClose("5s")),
    ]
    triggers = planned(*steps)
    assert [each.position for each in triggers.timers(Occasion(1, (TOPIC,)))] == [1, 2, 3, 6]
    assert [each.position for each in triggers.timers(Occasion(9, (OTHER,)))] == [1, 3, 4, 6]


@pytest.mark.parametrize(("elapsed", "acts"), [(0.0, False), (4.999, False), (5.0, True)])
def test_a_notification_may_have_to_come_after_a_while(elapsed: float, acts: bool) -> None:
    triggers = planned(Step(Reject(), On(after="5s")))
    assert (triggers.choose("notification", Occasion(1, elapsed=elapsed)) is not None) == acts


# ---- too many connections ---------------------------------------------------------------------


def refusals(triggers: Triggers, *times: float) -> list[bool]:
    """Which of the connections at these times are refused."""
    return [
        triggers.at_accept(Occasion(number), now) is not None
        for number, now in enumerate(times, start=1)
    ]


BLOCK = ReconnectBlock(connections=3, within="10s", for_="1m")


def test_so_many_connections_are_fine_and_one_more_is_refused() -> None:
    assert refusals(planned(Step(BLOCK)), 0, 1, 2, 3) == [False, False, False, True]


def test_connections_that_are_long_enough_ago_do_not_count() -> None:
    assert refusals(planned(Step(BLOCK)), 0, 4, 8, 10.1, 14.1, 18.1) == [False] * 6


def test_a_block_lasts_though_the_connections_are_long_ago() -> None:
    found = refusals(planned(Step(BLOCK)), 0, 0, 0, 0, 59.9)
    assert found == [False, False, False, True, True]


def test_each_further_attempt_starts_the_block_anew() -> None:
    found = refusals(planned(Step(BLOCK)), 0, 0, 0, 0, 50, 100, 160, 161)
    assert found == [False, False, False, True, True, True, False, False]


def test_a_block_may_be_for_some_connections_only_and_act_a_few_times_only() -> None:
    step = Step(ReconnectBlock(connections=1), On(connection="2.."), times=2)
    assert refusals(planned(step), 0, 0, 0, 0, 0) == [False, False, True, True, False]


def test_two_blocks_count_for_themselves() -> None:
    loose, strict = ReconnectBlock(connections=3), ReconnectBlock(connections=1)
    triggers = planned(Step(loose), Step(strict, times=1))
    found = [position(triggers.at_accept(Occasion(number), 0)) for number in range(1, 6)]
    assert found == [None, 2, None, 1, 1]


def test_what_is_let_through_by_a_block_may_be_refused_by_the_next_step() -> None:
    triggers = planned(Step(BLOCK), Step(Refuse("close"), On(connection=2)))
    found = [position(triggers.at_accept(Occasion(number), 0)) for number in range(1, 5)]
    assert found == [None, 2, None, 1]


# ---- chance -----------------------------------------------------------------------------------


def drawn(number: int, repetition: int = 0, **fields: Any) -> Occasion:
    """A notification by its number."""
    made = push(numbered(number), identifier=number)
    return Occasion(1, (TOPIC,), push=made, repetition=repetition, **fields)


def hits(triggers: Triggers, *occasions: Occasion) -> list[int]:
    """The positions in the list of those on which a step acts."""
    return [at for at, each in enumerate(occasions) if triggers.choose("notification", each)]


def test_chance_is_the_fraction_of_seed_step_and_notification() -> None:
    triggers = planned(Step(Reject(), On(chance=0.3)), seed=7)
    expected = [
        number
        for number in range(200)
        if fraction(7, 1, TOPIC, numbered(number), PAYLOAD, number, repetition=0) < 0.3
    ]
    assert hits(triggers, *map(drawn, range(200))) == expected
    assert 30 < len(expected) < 90


# Whoever changes one of these breaks seeds that people keep.
def test_known_choices_stay_what_they_are() -> None:
    occasions = [drawn(number) for number in range(30)]
    again = [drawn(1, repetition) for repetition in range(30)]
    first = planned(Step(Reject(), On(chance=0.2)), seed=7)
    second = planned(Step(Stall(), On(token="none")), Step(Reject(), On(chance=0.2)), seed=7)
    other = planned(Step(Reject(), On(chance=0.2)), seed=8)
    assert hits(first, *occasions) == [8, 16, 18, 27, 28, 29]
    assert hits(first, *again) == [6, 10, 19]
    assert hits(second, *occasions) == [0, 4, 5, 6, 22, 24, 27]
    assert hits(other, *occasions) == [1, 7, 8, 16, 19, 25, 26, 28]


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0), (1.0, 50)])
def test_never_and_always_are_chances_too(chance: float, share: int) -> None:
    triggers = planned(Step(Acknowledge(), On(chance=chance)), seed=0)
    assert len(hits(triggers, *map(drawn, range(50)))) == share


def test_a_chance_is_drawn_only_for_what_all_else_fits() -> None:
    triggers = planned(Step(Reject(), On(chance=1.0, token=f"{TOKEN.hex()[:4]}*")), seed=1)
    assert hits(triggers, drawn(5), drawn(6)) == []
    assert triggers.uses_chance
    assert not planned(Step(Reject())).uses_chance
