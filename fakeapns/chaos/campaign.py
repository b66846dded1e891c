"""All trials, one behind the other or side by side, until they are done or somebody stops us."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec
import trio

from ..scenario import Sender
from .play import play
from .result import CampaignResult, TrialResult
from .setup import Setup
from .trials import Trial, for_senders

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
        self._trials = trials
        self._done: dict[int, TrialResult] = {}
        self._jobs = jobs
        self._audience = audience
        self.result = CampaignResult(
            setup=setup,
            started=time.time(),
            planned=len(trials),
            results=[],
            # Until all is done, whether it has begun or not.
            interrupted=True,
        )

    def narrow(self, service: Sender) -> None:
        """The command sends to this service: play what is for such senders, and leave out the rest.
        Raises `UsageError` if that is all.
        """
        played = for_senders(self._trials, service)
        self.result.left_out += len(self._trials) - len(played)
        self.result.planned = len(played)
        self.result.setup = msgspec.structs.replace(self.result.setup, service=service)
        self._trials = played

    async def play_all(self) -> None:
        """Play all. If that is cancelled it was interrupted, and commands that run are killed."""
        began = trio.current_time()
        todo = iter(enumerate(self._trials))
        try:
            async with trio.open_nursery() as workers:
                for _ in range(min(self._jobs, len(self._trials))):
                    workers.start_soon(self._work, todo)
            self.result.interrupted = False
        finally:
            self.result.seconds = trio.current_time() - began

    async def _work(self, todo: Iterator[tuple[int, Trial]]) -> None:
        for position, trial in todo:
            self._audience.started(trial)
            result = await play(trial, self.result.setup)
            if result.ok and len(self._done) >= GREEN_RECORDS:
                result = msgspec.structs.replace(result, entries=())
            self._done[position] = result
            self.result.results = [self._done[each] for each in sorted(self._done)]
            self._audience.finished(result)
