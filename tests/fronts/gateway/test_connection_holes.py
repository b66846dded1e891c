"""A blackhole and what comes when it opens: judged is what came before, however long that takes."""

from __future__ import annotations

from fakeapns.scenario.faults import Blackhole, Stall
from fakeapns.scenario.steps import On, Step

from ...frames import framed
from ...moments import at
from .conversation import Conversation

MANY = 100


def flood(talk: Conversation, *, now: float, later: float) -> None:
    """More comes at once than is judged in a turn, and the next turn is later."""
    # In this order no two of them are judged together.
    talk.connection.receive(framed(order=(3, 2, 1)) * MANY, at(now))
    talk.connection.wake(at(now))
    assert len(talk.notifications) < MANY
    while talk.connection.busy:
        talk.connection.wake(at(later))


def test_what_came_before_it_opens_is_judged_though_its_turn_is_later() -> None:
    talk = Conversation(Step(Blackhole("5s"), On(identifier=1)))
    talk.write(framed(1))
    flood(talk, now=4, later=6)
    assert talk.outcomes == ["accepted"] * (1 + MANY)
    assert talk.faults == []
    talk.write(framed(2), now=6)
    assert talk.outcomes[-1] == "discarded"


def test_what_came_together_is_swallowed_from_the_same_frame_on_whatever_turn_it_has() -> None:
    talk = Conversation(Step(Blackhole(), On(notification=90)))
    flood(talk, now=4, later=6)
    assert talk.outcomes == ["accepted"] * 90 + ["discarded"] * (MANY - 90)


def test_what_came_together_and_came_in_time_is_judged_to_its_end() -> None:
    talk = Conversation(Step(Blackhole("1s"), On(notification=1)))
    flood(talk, now=4, later=6)
    assert talk.outcomes == ["accepted"] * MANY
    talk.write(framed(), now=6)
    assert talk.outcomes[-1] == "discarded"


def test_what_a_stall_kept_back_until_it_is_open_vanishes() -> None:
    talk = Conversation(
        Step(Stall("5s"), On(identifier=2)), Step(Blackhole("1s"), On(identifier=1))
    )
    talk.write(framed(1), framed(2), framed(3))
    talk.wake(5)
    assert talk.outcomes == ["accepted", "accepted", "discarded"]


def test_what_a_stall_kept_back_vanishes_when_the_server_stops_as_well() -> None:
    talk = Conversation(
        Step(Stall("5s"), On(identifier=2)), Step(Blackhole("1s"), On(identifier=1))
    )
    talk.write(framed(1), framed(2), framed(3))
    talk.stop(2)
    assert talk.outcomes == ["accepted", "accepted", "discarded"]
