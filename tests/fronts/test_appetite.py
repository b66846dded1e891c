"""How much is read of a connection that is stalled, slow, or both."""

from __future__ import annotations

import math

from fakeapns.fronts.appetite import Appetite
from fakeapns.fronts.recorder import Recorder
from fakeapns.fronts.unseen import Unseen
from fakeapns.ledger.entries import FaultFired
from fakeapns.ledger.ledger import Ledger
from fakeapns.push.matching import Occasion
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.faults import Stall
from fakeapns.scenario.steps import On, Step

from ..moments import at


class Story:
    """A step that stalls once, and its record."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.triggers = Triggers()
        self.triggers.add(Step(Stall(), On(), times=1))

    def fault(self, detail: str = "for 1s") -> Unseen:
        """The step fires."""
        chosen = self.triggers.choose("notification", Occasion(1))
        assert chosen is not None
        return Unseen(chosen, detail, 1, Recorder(self.ledger, 1), self.triggers)

    @property
    def outcome(self) -> tuple[list[float], bool]:
        """When it was seen, and whether it may still fire."""
        may_fire = self.triggers.find("notification", Occasion(1)) is not None
        return [each.t for each in self.ledger.of(FaultFired)], may_fire


def test_usually_all_is_read_and_nothing_is_due() -> None:
    appetite = Appetite()
    appetite.took(at(1))
    assert (appetite.bytes, appetite.due, appetite.stalled) == (None, math.inf, False)
    assert appetite.held is None


def test_a_stall_ends_in_its_time_or_before() -> None:
    appetite = Appetite()
    appetite.stall(5, Story().fault(), at(0))
    assert (appetite.bytes, appetite.due, appetite.stalled) == (0, 5, True)
    assert not appetite.wake(at(4.9), alone=True)
    assert appetite.wake(at(5), alone=True)
    assert not appetite.stalled
    appetite.stall(9, Story().fault(), at(0))
    appetite.release()
    assert (appetite.bytes, appetite.stalled) == (None, False)


def test_a_short_stall_does_not_end_a_long_one() -> None:
    appetite = Appetite()
    appetite.stall(9, Story().fault(), at(0))
    appetite.stall(5, Story().fault(), at(4))
    assert not appetite.wake(at(5), alone=True)
    assert appetite.due == 9
    assert appetite.wake(at(9), alone=True)
    assert not appetite.stalled


def test_a_slow_one_takes_sips_and_waits_before_each() -> None:
    appetite = Appetite()
    appetite.slow_down(1000, Story().fault(), at(1))
    assert (appetite.bytes, appetite.due) == (0, 1.05)
    assert not appetite.wake(at(1.05), alone=True)
    assert (appetite.bytes, appetite.due) == (50, math.inf)
    appetite.took(at(2))
    assert (appetite.bytes, appetite.due) == (0, 2.05)


def test_a_slow_one_may_be_stalled_as_well() -> None:
    appetite = Appetite()
    appetite.slow_down(1000, Story().fault("1000 bytes a second"), at(0))
    appetite.stall(1, Story().fault("for 1s"), at(0))
    assert (appetite.bytes, appetite.due, appetite.held) == (0, 1, "stall for 1s")
    assert appetite.wake(at(1), alone=True)
    # A whole wait for the next sip comes behind the stall.
    assert (appetite.bytes, appetite.due, appetite.held) == (
        0,
        1.05,
        "stall 1000 bytes a second",
    )
    assert not appetite.wake(at(1.05), alone=True)
    # A sip is due, so nothing keeps it from reading.
    assert appetite.held is None


def test_who_is_disturbed_in_waiting_for_a_sip_waits_anew() -> None:
    appetite = Appetite()
    appetite.slow_down(1000, Story().fault(), at(0))
    appetite.wake(at(0.04), alone=False)
    assert (appetite.bytes, appetite.due) == (0, 0.09)
    appetite.wake(at(0.09), alone=False)
    assert (appetite.bytes, appetite.due) == (0, 0.14)
    appetite.wake(at(0.14), alone=True)
    assert appetite.bytes == 50
    appetite.wake(at(0.2), alone=False)
    assert (appetite.bytes, appetite.due) == (0, 0.25)


# ---- what can be seen of it -----------------------------------------------------------------


def test_a_stall_is_seen_once_something_waits_and_then_has_fired() -> None:
    story, appetite = Story(), Appetite()
    appetite.stall(5, story.fault(), at(0))
    assert story.outcome == ([], False)
    appetite.kept_waiting(at(2))
    appetite.kept_waiting(at(3))
    appetite.wake(at(5), alone=True)
    appetite.over()
    assert story.outcome == ([2], False)


def test_a_stall_that_kept_nobody_waiting_has_not_fired() -> None:
    story, appetite = Story(), Appetite()
    appetite.stall(5, story.fault(), at(0))
    appetite.wake(at(5), alone=True)
    assert story.outcome == ([], True)
    # What comes behind it does not bring it back.
    appetite.kept_waiting(at(6))
    appetite.over()
    assert story.outcome == ([], True)


def test_a_stall_that_the_connection_did_not_outlive_has_not_fired() -> None:
    story, appetite = Story(), Appetite()
    appetite.stall(5, story.fault(), at(0))
    appetite.over()
    assert story.outcome == ([], True)


def test_a_slow_one_may_be_seen_as_long_as_the_connection_lasts() -> None:
    for waits in (True, False):
        story, appetite = Story(), Appetite()
        appetite.slow_down(1000, story.fault(), at(0))
        appetite.wake(at(0.05), alone=True)
        if waits:
            appetite.kept_waiting(at(9))
        appetite.over()
        assert story.outcome == ([9.0] if waits else [], not waits)


def test_a_sip_is_never_more_than_is_read_at_once_and_the_rate_is_kept() -> None:
    appetite = Appetite()
    appetite.slow_down(2**20 * 2**41, Story().fault(), at(0))
    appetite.wake(at(1), alone=True)
    assert appetite.bytes == 65_536
    slower = Appetite()
    slower.slow_down(65_536 * 100, Story().fault(), at(1))
    assert slower.due == 1.01
