"""The reference provider passes the whole catalogue, over real sockets and in real time.

Once here. Twenty times in a row, which takes some minutes:
`FAKEAPNS_TEST_RUNS=20 python -m pytest tests/end_to_end/test_reference.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from fakeapns.scenario import Sender
from fakeapns.scenario.toml import load_scenario, scenario_names

from ..processes import PROGRAM, environment

RUNS = int(os.environ.get("FAKEAPNS_TEST_RUNS", "1"))
#: Seconds that only a broken run takes.
PATIENCE = 180 * RUNS
#: The one story that is about senders of the oldest command.
OLDEST = "silent-close-on-command-0"
#: Those that a sender does not meet which uses a later one and is through in a second.
NOT_MET = {OLDEST, "idle-line-dropped"}
#: The one for a sender that asks for Apple's own name.
NOT_MET_OVER_THE_API = {"tunnel-to-one-host-is-dead"}


def chaos(
    folder: Path,
    *options: str,
    service: Sender = "gateway",
    sender: tuple[str, ...] = ("--confirm", "--feedback"),
) -> list[dict[str, Any]]:
    """What became of each trial of the reference provider."""
    report = folder / "chaos.json"
    command = [*PROGRAM, "chaos", "--service", service, "--repeat", str(RUNS)]
    command += ["--json", str(report), *options, "--"]
    command += [*PROGRAM, "send", "--service", service, "--tries", "20", *sender]
    done = subprocess.run(
        command, env=environment(), capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    trials: list[dict[str, Any]] = json.loads(report.read_text())["trials"]
    return trials


def all_but(not_met: set[str], service: Sender, trials: list[dict[str, Any]]) -> None:
    """Assert that all stories for senders to this service are passed, but those not met."""
    ours = [each for each in scenario_names() if service in load_scenario(each).services]
    assert [trial["scenario"] for trial in trials[::RUNS]] == ours
    verdicts = {(trial["verdict"], trial["scenario"] in not_met) for trial in trials}
    assert verdicts == {("passed", False), ("not played", True)}


def test_the_reference_provider_passes_every_story(tmp_path: Path) -> None:
    all_but(NOT_MET, "gateway", chaos(tmp_path, "--jobs", "4"))


def test_the_reference_provider_passes_every_story_over_the_api(tmp_path: Path) -> None:
    # Most of them wait: for an answer that does not come, for twenty seconds.
    trials = chaos(tmp_path, "--jobs", "8", service="api", sender=())
    all_but(NOT_MET_OVER_THE_API, "api", trials)


def test_the_story_of_the_oldest_command_is_passed_with_that_command(tmp_path: Path) -> None:
    sender = ("--confirm", "--feedback", "--command", "0")
    for trial in chaos(tmp_path, "--scenario", OLDEST, sender=sender):
        assert (trial["verdict"], trial["faults_fired"]) == ("passed", {"reject": 1})
