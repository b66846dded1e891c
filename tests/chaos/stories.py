"""Stories to be played by real processes, and what comes of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fakeapns.chaos import Setup, TrialResult, choose_trials
from fakeapns.chaos.play import play

#: What has to be in PYTHONPATH, since our providers are modules of the tests.
ROOT = str(Path(__file__).parent.parent.parent)
BURST = "bad-token-in-a-burst"
QUIET = 'about = "Nothing goes wrong."\n'


def provider(name: str) -> tuple[str, ...]:
    """The command that is one of our providers."""
    return sys.executable, "-m", f"tests.chaos.providers.{name}"


async def played(
    *command: str, story: str | Path = BURST, count: int = 200, **more: Any
) -> TrialResult:
    """What comes of a story with this command."""
    [trial] = choose_trials([str(story)], None, 1)
    return await play(trial, Setup(command, count, more.pop("timeout", "60s"), **more))


async def played_with(program: str, **more: Any) -> TrialResult:
    """What comes of a story with a connection on which this is done."""
    words = (
        f"from tests.chaos.providers import client\nwith client.connected() as stream: {program}"
    )
    return await played(sys.executable, "-c", words, **more)
