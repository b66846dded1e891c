"""No scenario, and no mistake of ours, makes one connection keep the loop from all others."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from fakeapns import (
    Acknowledge,
    AfterNotifications,
    Blackhole,
    Drop,
    Garbage,
    Reject,
    Shutdown,
    Stall,
    Step,
    Throttle,
)
from fakeapns.fronts.gateway.connection import GatewayConnection
from fakeapns.ledger import Moment
from fakeapns.scenario.faults import Fault

from ..frames import framed
from .played import playing, silence, step
from .twice import BREAK, LEAVE, Deeds

#: Rounds of the loop in which any of these stories is over. Most take fewer than a tenth.
ROUNDS = 10_000

by_time = st.sampled_from(
    [
        Blackhole(),
        Blackhole("100ms"),
        Drop(),
        Drop("reset"),
        Shutdown("100ms"),
        Stall("1ms"),
        Stall("400ms"),
        Throttle(20),
    ]
)
by_number = by_time | st.sampled_from(
    [
        Reject("invalid-token", delay="100ms"),
        Reject(delay=AfterNotifications(3)),
        Acknowledge(),
        Garbage("00ff"),
        Throttle(1),
        Throttle(5000),
        Drop("half"),
    ]
)
after, idle = st.sampled_from(["0ms", "100ms", "500ms"]), st.sampled_from(["50ms", "400ms"])


def steps_of(
    faults: st.SearchStrategy[Fault], **on: st.SearchStrategy[Any]
) -> st.SearchStrategy[Step]:
    """Steps that let one of these act, on some of that."""
    times = st.none() | st.integers(1, 3)
    triggers = st.fixed_dictionaries({}, optional=on).filter(bool)
    return st.builds(
        lambda fault, on, times: step(fault, times=times, **on), faults, triggers, times
    )


timed = steps_of(by_time, after=after, idle=idle)
counted = steps_of(by_number, notification=st.integers(1, 5), every=st.integers(2, 4))
#: Most mistakes are made by time.
steps = st.lists(timed, min_size=1, max_size=3) | st.lists(timed | counted, max_size=4)
frame = framed(payload=b'{"aps":{}}')
deeds = st.lists(
    st.builds(lambda count, cut: frame * count + frame[:cut], st.integers(0, 5), st.integers(1, 40))
    | st.sampled_from([0.05, 0.1, 0.3, 0.6]),
    max_size=8,
)


class Restless(trio.abc.Instrument):
    """Ends a scope in which the loop never comes to rest."""

    def __init__(self, scope: trio.CancelScope) -> None:
        self.scope = scope
        self.rounds = 0

    def before_io_wait(self, timeout: float) -> None:
        self.rounds += 1
        if self.rounds > ROUNDS:
            self.scope.cancel()


async def play(steps: list[Step], deeds: Deeds, end: str | None) -> bool:
    """Whether this story comes to its end."""
    with trio.CancelScope() as scope:
        restless = Restless(scope)
        trio.lowlevel.add_instrument(restless)
        async with playing(*steps, seed=1) as apns:
            provider = await apns.connect()
            with trio.move_on_after(20):
                try:
                    for deed in deeds:
                        if isinstance(deed, bytes):
                            await provider.send_all(deed)
                        elif isinstance(deed, float):
                            await trio.sleep(deed)
                    if end == LEAVE:
                        await provider.aclose()
                    elif end == BREAK:
                        await trio.aclose_forcefully(provider.transport_stream)
                    else:
                        await silence(provider, 10)
                except (trio.BrokenResourceError, trio.ClosedResourceError):
                    pass
            await trio.sleep(10)
        trio.lowlevel.remove_instrument(restless)
    return not scope.cancelled_caught


# To make an example smaller that never ends would take for ever.
@settings(deadline=None, max_examples=150, phases=[Phase.explicit, Phase.generate])
@example([step(Blackhole(), after="100ms"), step(Drop(), after="500ms")], [], None)
@given(steps, deeds, st.sampled_from([LEAVE, BREAK, None]))
def test_whatever_a_scenario_says_the_loop_comes_to_rest(
    steps: list[Step], deeds: list[bytes | float], end: str | None
) -> None:
    assert trio.run(play, steps, deeds, end, clock=MockClock(autojump_threshold=0))


async def test_a_connection_that_is_due_for_ever_keeps_nobody_else_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def do_nothing(connection: GatewayConnection, now: Moment) -> None:
        woken.append(now.t)
        if len(woken) > ROUNDS:
            raise RuntimeError("nobody else had a turn")

    woken: list[float] = []
    async with playing(step(Drop(), after="0ms", connection=2)) as apns:
        good = await apns.connect()
        with monkeypatch.context() as patch:
            patch.setattr(GatewayConnection, "_ring", do_nothing)
            await apns.connect()
            await good.send_all(frame)
            await apns.wait_for(1)
    assert woken
