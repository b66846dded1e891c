"""All trials: in their order, so many at a time, and what is there when somebody stops it."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from fakeapns.chaos import Campaign, Setup, Trial, TrialResult
from fakeapns.chaos import campaign as campaign_module

from .results import SETUP, result, trial

TRIALS = [trial(name) for name in "abcd"]


class Stage:
    """Stands for playing a story: it takes as long as the test wants."""

    def __init__(self) -> None:
        self.ends = {each.given: trio.Event() for each in TRIALS}
        self.told: list[str] = []

    async def play(self, trial: Trial, setup: Setup) -> TrialResult:
        """Play until the test ends it."""
        assert setup is SETUP
        await self.ends[trial.given].wait()
        return result(name=trial.given)

    def started(self, trial: Trial) -> None:
        """Note that."""
        self.told.append(f"+{trial.given}")

    def finished(self, result: TrialResult) -> None:
        """Note that."""
        self.told.append(f"-{result.trial.given}")

    async def end(self, name: str) -> None:
        """End a story, and let everybody do what comes of it."""
        self.ends[name].set()
        await trio.testing.wait_all_tasks_blocked()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """What plays the stories."""
    stage = Stage()
    monkeypatch.setattr(campaign_module, "play", stage.play)
    return stage


def names(campaign: Campaign) -> str:
    """The stories that have results."""
    return "".join(each.trial.given for each in campaign.result.results)


async def test_one_behind_the_other(stage: Stage) -> None:
    campaign = Campaign(TRIALS, SETUP, jobs=1, audience=stage)
    for event in stage.ends.values():
        event.set()
    await campaign.play_all()
    assert stage.told == ["+a", "-a", "+b", "-b", "+c", "-c", "+d", "-d"]
    assert names(campaign) == "abcd"
    assert not campaign.result.interrupted


async def test_side_by_side_the_results_keep_their_order(stage: Stage) -> None:
    campaign = Campaign(TRIALS, SETUP, jobs=2, audience=stage)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(campaign.play_all)
        await trio.testing.wait_all_tasks_blocked()
        assert stage.told == ["+a", "+b"] or stage.told == ["+b", "+a"]
        await stage.end("b")
        assert stage.told[2:] == ["-b", "+c"]
        await stage.end("c")
        await stage.end("d")
        assert names(campaign) == "bcd"
        await stage.end("a")
    assert names(campaign) == "abcd"


async def test_more_jobs_than_stories_are_as_many_as_there_are(stage: Stage) -> None:
    campaign = Campaign(TRIALS[:2], SETUP, jobs=1_000_000, audience=stage)
    for event in stage.ends.values():
        event.set()
    await campaign.play_all()
    assert names(campaign) == "ab"


def test_one_that_never_began_was_interrupted(stage: Stage) -> None:
    assert Campaign(TRIALS, SETUP, jobs=1, audience=stage).result.interrupted


async def test_who_cancels_it_has_what_there_is(stage: Stage) -> None:
    campaign = Campaign(TRIALS, SETUP, jobs=1, audience=stage)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(campaign.play_all)
        await trio.testing.wait_all_tasks_blocked()
        await stage.end("a")
        nursery.cancel_scope.cancel()
    assert campaign.result.interrupted
    assert names(campaign) == "a"
    assert stage.told == ["+a", "-a", "+b"]
