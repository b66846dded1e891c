"""How much is read of a connection that is stalled, slow, or both."""

from __future__ import annotations

import math

from fakeapns.fronts.appetite import Appetite

from ..moments import at


def test_usually_all_is_read_and_nothing_is_due() -> None:
    appetite = Appetite()
    appetite.took(at(1))
    assert (appetite.bytes, appetite.due, appetite.stalled) == (None, math.inf, False)


def test_a_stall_ends_in_its_time_or_before() -> None:
    appetite = Appetite()
    appetite.stall(5)
    assert (appetite.bytes, appetite.due, appetite.stalled) == (0, 5, True)
    assert not appetite.wake(at(4.9), alone=True)
    assert appetite.wake(at(5), alone=True)
    assert not appetite.stalled
    appetite.stall(9)
    appetite.release()
    assert (appetite.bytes, appetite.stalled) == (None, False)


def test_a_slow_one_takes_sips_and_waits_before_each() -> None:
    appetite = Appetite()
    appetite.slow_down(1000, at(1))
    assert (appetite.bytes, appetite.due) == (0, 1.05)
    assert not appetite.wake(at(1.05), alone=True)
    assert (appetite.bytes, appetite.due) == (50, math.inf)
    appetite.took(at(2))
    assert (appetite.bytes, appetite.due) == (0, 2.05)


def test_a_slow_one_may_be_stalled_as_well() -> None:
    appetite = Appetite()
    appetite.slow_down(1000, at(0))
    appetite.stall(1)
    assert (appetite.bytes, appetite.due) == (0, 1)
    assert appetite.wake(at(1), alone=True)
    # A whole wait for the next sip comes behind the stall.
    assert (appetite.bytes, appetite.due) == (0, 1.05)


def test_who_is_disturbed_in_waiting_for_a_sip_waits_anew() -> None:
    appetite = Appetite()
    appetite.slow_down(1000, at(0))
    appetite.wake(at(0.04), alone=False)
    assert (appetite.bytes, appetite.due) == (0, 0.09)
    appetite.wake(at(0.09), alone=False)
    assert (appetite.bytes, appetite.due) == (0, 0.14)
    appetite.wake(at(0.14), alone=True)
    assert appetite.bytes == 50
    appetite.wake(at(0.2), alone=False)
    assert (appetite.bytes, appetite.due) == (0, 0.25)
