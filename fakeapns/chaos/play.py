"""One story, played once: a server of its own, the command against it, the audit behind it."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import trio

from ..errors import FakeAPNsError
from ..fake.in_trio import FakeAPNs
from ..fake.search import news_within, quiet_async
from ..fake.wakeups import TrioNews
from ..ledger.entries import ConnectionClosed, ConnectionOpened, FaultFired
from ..ledger.ledger import Ledger
from ..provider.work_list import WorkItem, write_work_list
from .command import Ended, run_command
from .result import CANNOT_START, Result, Setup
from .trials import Trial, writable
from .verdict import judge, notes, refused, verdict
from .work import work_for

#: Entries kept of one trial, or so many for each notification: a command that never stops
#: sending must not fill the memory.
MAX_ENTRIES, TIMES = 1_000_000, 20
#: Seconds of silence after which what a command had sent is in, and seconds without news
#: after which a connection that is still open will stay so.
QUIET, PATIENCE = 0.05, 5.0
OURS = "FAKEAPNS_"
#: The variable that names the work list. No two trials share its value.
WORK = "APNS_WORK"


async def play(trial: Trial, setup: Setup) -> Result:
    """Play a story with the command. What goes wrong is in the result, never raised."""
    began = trio.current_time()
    try:
        apns, items, ended = await _run(trial, setup)
    except (FakeAPNsError, OSError) as wrong:
        return Result(
            trial=trial,
            verdict=CANNOT_START,
            summary=writable(str(wrong)),
            seconds=trio.current_time() - began,
            rerun=setup.rerun(trial),
        )
    judged = judge(apns, items)
    name, summary = verdict(setup, apns, ended, judged)
    return Result(
        trial=trial,
        verdict=name,
        summary=summary,
        seconds=trio.current_time() - began,
        rerun=setup.rerun(trial),
        exit_code=ended.exit_code,
        output=ended.output,
        notes=tuple(notes(apns)),
        refused=tuple(refused(apns.ledger)),
        faults_fired=dict(Counter(entry.fault for entry in apns.ledger.of(FaultFired))),
        judged=judged,
        entries=tuple(apns.ledger) if setup.keep_entries else (),
    )


async def _run(trial: Trial, setup: Setup) -> tuple[FakeAPNs, list[WorkItem], Ended]:
    settings: dict[str, Any] = {}
    if "max_entries" not in trial.scenario.gateway:
        settings["max_entries"] = max(MAX_ENTRIES, TIMES * setup.count)
    apns = FakeAPNs(scenario=trial.scenario, seed=trial.seed, **settings)
    items = work_for(apns.devices, apns.settings, apns.topics[0], setup.count)
    with tempfile.TemporaryDirectory(prefix="fakeapns-", ignore_cleanup_errors=True) as folder:
        work = Path(folder) / "work.jsonl"
        write_work_list(work, items)
        async with apns:
            environment = {
                # Those are about servers of the caller's own, and would win over ours.
                **{name: os.environ[name] for name in os.environ if not name.startswith(OURS)},
                **apns.environment(),
                WORK: str(work),
                "APNS_SCENARIO": trial.scenario.name or "",
            }
            ended = await run_command(setup.command, environment, WORK, setup.seconds)
            # A story may let the server read slowly, but not for longer than the command had.
            with trio.move_on_after(max(PATIENCE, setup.seconds)):
                await _until_closed(apns.ledger)
    return apns, items, ended


async def _until_closed(ledger: Ledger) -> None:
    """Let the server read what the command had written before it ended."""
    await quiet_async(ledger, TrioNews(), QUIET, PATIENCE)
    while _still_open(ledger) and await news_within(ledger, PATIENCE):
        pass


def _still_open(ledger: Ledger) -> bool:
    return len(ledger.of(ConnectionOpened)) > len(ledger.of(ConnectionClosed))
