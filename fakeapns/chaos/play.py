"""One story, played once: a server of its own, the command against it, the audit behind it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from typing import Any

import trio

from ..certificates import temporary_folder
from ..errors import FakeAPNsError
from ..fake import FakeAPNs, TrioNews, news_within, quiet_async
from ..ledger import ConnectionClosed, ConnectionOpened, Ledger, fired
from ..provider import WorkItem, write_work_list
from ..text import encodable
from .cause import of_last_words
from .command import Ended, run_command
from .conclusion import conclude
from .findings import findings_of
from .notes import notes, refused
from .result import TrialResult
from .setup import Setup
from .trials import Trial
from .unplayed import unacted
from .verdict import CANNOT_START, NOT_PLAYED, PASSED
from .work import work_for

#: Entries kept of one trial, or so many for each notification: a command that never stops
#: sending must not fill the memory.
MAX_ENTRIES, TIMES = 1_000_000, 20
#: Seconds of silence after which what a command had sent is in, and seconds without news
#: after which a connection that is still open will stay so.
QUIET, STUCK = 0.05, 5.0
OURS = "FAKEAPNS_"
#: The variable that names the work list. No two trials share its value.
WORK = "APNS_WORK"
#: The one that names the service to which it is taken to send, for who can send to both.
SERVICE = "APNS_SERVICE"


async def play(trial: Trial, setup: Setup) -> TrialResult:
    """Play a story with the command. What goes wrong is in the result, never raised."""
    began = trio.current_time()
    try:
        apns, items, ended = await perform(trial, setup)
    except (FakeAPNsError, OSError) as wrong:
        return TrialResult(
            trial=trial,
            verdict=CANNOT_START,
            summary=encodable(str(wrong)),
            cause=of_last_words(CANNOT_START, encodable(str(wrong))),
            seconds=trio.current_time() - began,
            rerun=setup.rerun(trial),
        )
    findings = findings_of(apns, items)
    verdict, summary, cause = conclude(setup, apns, ended, findings)
    return TrialResult(
        trial=trial,
        verdict=verdict,
        summary=summary,
        cause=cause,
        seconds=trio.current_time() - began,
        rerun=setup.rerun(trial),
        exit_code=ended.exit_code,
        output=ended.output,
        notes=(
            *notes(apns, setup.service),
            *(trial.scenario.notes(unsure=False) if verdict == NOT_PLAYED else ()),
            *(unacted(apns) if verdict == PASSED else ()),
        ),
        refused=tuple(refused(apns.ledger)),
        faults_fired=dict(Counter(entry.fault for entry in fired(apns.ledger))),
        findings=findings,
        entries=tuple(apns.ledger) if setup.keep_entries else (),
    )


async def perform(trial: Trial, setup: Setup) -> tuple[FakeAPNs, Sequence[WorkItem], Ended]:
    """Run the command against a server with this story: the server, which has ended, what was to be
    sent, and how the command ended. Raises `FakeAPNsError` and `OSError`.
    """
    settings: dict[str, Any] = {}
    if "max_entries" not in trial.scenario.gateway:
        settings["max_entries"] = max(MAX_ENTRIES, TIMES * setup.count)
    apns = FakeAPNs(scenario=trial.scenario, seed=trial.seed, proxy_port=0, **settings)
    items = work_for(apns.scenario, apns.settings, apns.topics[0], setup.count, apns.devices.now())
    folder = temporary_folder()
    try:
        work = folder / "work.jsonl"
        write_work_list(work, items)
        async with apns:
            environment = {
                # Those are about servers of the caller's own, and would win over ours.
                **{name: os.environ[name] for name in os.environ if not name.startswith(OURS)},
                **apns.environment(),
                WORK: str(work),
                "APNS_SCENARIO": trial.scenario.name or "",
                **({} if setup.service is None else {SERVICE: setup.service}),
            }
            ended = await run_command(setup.command, environment, WORK, setup.seconds)
            # A story may let the server read slowly, but not for longer than the command had.
            with trio.move_on_after(max(STUCK, setup.seconds)):
                await _until_closed(apns.ledger)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return apns, items, ended


async def _until_closed(ledger: Ledger) -> None:
    """Let the server read what the command had written before it ended."""
    await quiet_async(ledger, TrioNews(), QUIET, STUCK)
    while _still_open(ledger) and await news_within(ledger, STUCK):
        pass


def _still_open(ledger: Ledger) -> bool:
    return len(ledger.of(ConnectionOpened)) > len(ledger.of(ConnectionClosed))
