"""A goodbye is no bytes that wait: a stall that holds nothing else up has not fired."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from fakeapns import Stall, Throttle
from fakeapns.ledger.entries import ConnectionClosed, FaultFired
from fakeapns.scenario.faults import Fault

from ..frames import framed
from .played import HOUR, playing, recorded, step


@pytest.mark.parametrize("fault", [Stall("1h"), Throttle(1)])
async def test_who_says_goodbye_in_a_stall_has_not_met_it(
    autojump_clock: MockClock, fault: Fault
) -> None:
    async with playing(step(fault, times=1)) as apns:
        for told in (False, True):
            provider = await apns.connect()
            transport = provider.transport_stream
            await provider.send_all(framed(1))
            await trio.sleep(1)
            if told:
                await provider.send_all(framed(2))
                await trio.sleep(1)
            with trio.move_on_after(2 * HOUR):
                await provider.unwrap()
            await trio.aclose_forcefully(transport)
            await recorded(apns, ConnectionClosed, 1 + told)
            assert len(apns.ledger.of(FaultFired)) == told
