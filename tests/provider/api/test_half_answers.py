"""The provider of the API: answers that begin and have no end. Time is virtual."""

from __future__ import annotations

from functools import partial

import pytest
from trio.testing import MockClock

from fakeapns import Drop, FakeAPNs, On, PartialAnswer, ResetStream, Scenario, Step
from fakeapns.protocol.http2 import choose_engine
from fakeapns.provider import Report
from fakeapns.provider.api import Target, Tokens, send_api

from .apple import push


async def sent(*steps: Step) -> tuple[Report, list[str]]:
    """What becomes of two pushes, and their outcomes as the server has them."""
    async with FakeAPNs(scenario=Scenario(about="Half answers.", step=steps)) as apns:
        connect = partial(apns.connect, service="api", certificate=False)
        tokens = Tokens(apns.provider_key().token)
        target = Target("localhost", choose_engine("").make_client, tokens)
        report = await send_api(connect, [push(0), push(1)], target)
        return report, [each.outcome for each in apns.notifications]


@pytest.mark.parametrize("fault", [PartialAnswer(), ResetStream(code=8, when="headers")])
async def test_the_status_of_200_is_enough(
    fault: PartialAnswer | ResetStream, autojump_clock: MockClock
) -> None:
    report, outcomes = await sent(Step(fault, On(notification=1)))
    assert (report.accepted, report.resent, outcomes) == (2, 0, ["accepted"] * 2)


async def test_also_where_the_connection_ends(autojump_clock: MockClock) -> None:
    steps = Step(PartialAnswer(), On(notification=1)), Step(Drop(), On(notification=2))
    report, outcomes = await sent(*steps)
    # The other one had no answer at all.
    assert (report.accepted, report.resent, outcomes) == (2, 1, ["accepted"] * 3)


async def test_half_of_a_refusal_is_no_answer(autojump_clock: MockClock) -> None:
    report, outcomes = await sent(Step(PartialAnswer("half-body"), On(notification=1), times=1))
    assert (report.accepted, report.resent) == (2, 1)
    assert sorted(outcomes) == ["accepted", "accepted", "rejected"]
