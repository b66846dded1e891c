"""A story of the demo, and how it is played to one provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
import trio

from ..chaos import FAILED, PASSED, Setup, Trial, TrialResult, findings_of, work_for
from ..fake import FakeAPNs
from ..provider import Report, WorkItem

#: Sends everything to a server, tells of it now and then, and says how many it has sent again.
Provider = Callable[[FakeAPNs, Sequence[WorkItem], Callable[[Report], None]], Awaitable[int]]


class Story(msgspec.Struct, frozen=True):
    """Something goes wrong, and two providers take it each in its way.

    `speaks` is the first line, which says what is spoken. `tell` has a sentence for each thing
    that happened, from how many were lost, and how many sent again by the correct one. `again` is a
    command line that plays it.
    """

    speaks: str
    trial: Trial
    again: str
    careless: Provider
    correct: Provider
    tell: Callable[[int, int], list[str]]


async def play(
    label: str, story: Story, setup: Setup, progress: Callable[[Report], None]
) -> tuple[TrialResult, int]:
    """Play it to the provider of this name, on free ports; what came of it, and how many were
    sent again.
    """
    provider: Provider = getattr(story, label)
    apns = FakeAPNs(scenario=story.trial.scenario, seed=story.trial.seed)
    items = work_for(apns.scenario, apns.settings, apns.topics[0], setup.count, apns.devices.now())
    began = trio.current_time()
    async with apns:
        resent = await provider(apns, items, progress)
        await apns.wait_until_quiet(0.1)
    findings = findings_of(apns, items)
    result = TrialResult(
        trial=msgspec.structs.replace(story.trial, label=label),
        verdict=FAILED if findings.shortfalls else PASSED,
        summary="; ".join(findings.shortfalls),
        seconds=trio.current_time() - began,
        rerun=story.again,
        findings=findings,
        entries=tuple(apns.ledger) if setup.keep_entries else (),
    )
    return result, resent
