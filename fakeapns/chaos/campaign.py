"""All trials, one behind the other or side by side, until they are done or somebody stops us."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

import msgspec
import trio

from .play import play
from .result import CampaignResult, TrialResult
from .setup import Setup
from .trials import Trial

#: Green results whose record is kept: one of a catalogue that is repeated often enough would
#: fill the memory, and nobody looks at so many timelines of what went well.
GREEN_RECORDS = 100


class Audience(Protocol):
    """Who is told how it goes."""

    def started(self, trial: Trial) -> None:
        """A trial has begun."""

    def finished(self, result: TrialResult) -> None:
        """A trial is over."""


class Campaign:
    """Trials to be played, `jobs` at a time. `result` is there from the start, and grows."""

    def __init__(
        self, trials: Sequence[Trial], setup: Setup, *, jobs: int, audience: Audience
    ) -> None:
        self._todo = iter(enumerate(trials))
        self._done: dict[int, TrialResult] = {}
        self._jobs = min(jobs, len(trials))
        self._audience = audience
        self.result = CampaignResult(
            setup=setup,
            started=time.time(),
            planned=len(trials),
            results=[],
            # Until all is done, whether it has begun or not.
            interrupted=True,
        )

    async def play_all(self) -> None:
        """Play all. If that is cancelled it was interrupted, and commands that run are killed."""
        began = trio.current_time()
        try:
            async with trio.open_nursery() as workers:
                for _ in range(self._jobs):
                    workers.start_soon(self._work)
            self.result.interrupted = False
        finally:
            self.result.seconds = trio.current_time() - began

    async def _work(self) -> None:
        for position, trial in self._todo:
            self._audience.started(trial)
            result = await play(trial, self.result.setup)
            if result.ok and len(self._done) >= GREEN_RECORDS:
                result = msgspec.structs.replace(result, entries=())
            self._done[position] = result
            self.result.results = [self._done[each] for each in sorted(self._done)]
            self._audience.finished(result)
