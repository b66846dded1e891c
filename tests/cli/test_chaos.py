"""`fakeapns chaos` as people run it: their sender, the catalogue, exit codes and reports."""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from fakeapns.cli import main
from fakeapns.cli.stopping import Stop
from tests.chaos.stories import BURST, QUIET, ROOT, provider
from tests.processes import PATIENCE, PROGRAM, environment, run

#: Our providers are modules of the tests.
FOUND = {"PYTHONPATH": ROOT}


def chaos(
    folder: Path, *options: str | Path, command: Sequence[str], env: Mapping[str, str] = FOUND
) -> subprocess.CompletedProcess[str]:
    """What comes of a command that is known to send to the gateway."""
    return run("chaos", "--service", "gateway", *options, "--", *command, cwd=folder, env=env)


def trials(path: Path) -> list[dict[str, Any]]:
    """What a JSON report says of each trial."""
    found: list[dict[str, Any]] = json.loads(path.read_text())["trials"]
    return found


# ---- verdicts and exit codes ------------------------------------------------------------


def test_a_sender_that_is_right_is_green(tmp_path: Path) -> None:
    done = chaos(
        tmp_path,
        *("--scenario", BURST, "--scenario", "shutdown-in-full-flow", "--jobs", "2"),
        command=provider("replays"),
    )
    assert done.returncode == 0, done.stderr
    assert [line.split()[:8] for line in done.stdout.splitlines()[1:3]] == [
        [BURST, "499", "0", "0", "0", "0", "2", "passed"],
        ["shutdown-in-full-flow", "500", "0", "0", "0", "0", "2", "passed"],
    ]
    assert done.stdout.splitlines()[-1] == "2 of 2 passed"
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["[1/2]", "[2/2]"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("loses", ["99", "100", "0", "0", "0", "2", "failed"]),
        ("duplicates", ["298", "0", "99", "0", "0", "2", "failed"]),
        ("resends", ["200", "0", "0", "1", "0", "2", "failed"]),
    ],
)
def test_a_sender_that_is_wrong_is_found_out(tmp_path: Path, name: str, cells: list[str]) -> None:
    command = provider(name)
    done = chaos(tmp_path, "--scenario", BURST, "--count", "200", command=command)
    assert done.returncode == 4, done.stderr
    assert done.stdout.splitlines()[1].split()[1:8] == cells
    assert f"[1/1] {BURST} ... failed (" in done.stderr
    [again] = [line for line in done.stdout.splitlines() if line.startswith("  again: ")]
    assert again == (
        f"  again: fakeapns chaos --scenario {BURST} --service gateway --seed 1 --count 200 "
        f"--timeout 60s -- {shlex.join(command)}"
    )


def test_the_line_that_does_it_again_does_it_again(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    options = ("--scenario", BURST, "--count", "200", "--seed", "5", "--json", report)
    first = chaos(tmp_path, *options, command=provider("loses"))
    [told] = trials(report)
    again = shlex.split(told["rerun"])
    assert again[0] == "fakeapns"
    second = run(*again[1:], cwd=tmp_path, env=FOUND)
    assert second.returncode == first.returncode == 4
    without_seconds = [
        [line.rpartition(" ")[0] if "failed" in line else line for line in done.stdout.splitlines()]
        for done in (first, second)
    ]
    assert without_seconds[0] == without_seconds[1]


def test_every_way_to_end_badly_is_told_and_the_next_story_is_played(tmp_path: Path) -> None:
    for name in ("crash", "exit", "hang", "idle", "right"):
        (tmp_path / f"{name}.toml").write_text(QUIET)
    sender = tmp_path / "sender"
    sender.write_text(
        "#!/bin/sh\n"
        "echo this is $APNS_SCENARIO\n"
        "case $APNS_SCENARIO in\n"
        "crash) kill -SEGV $$ ;;\n"
        "exit) exit 3 ;;\n"
        "hang) sleep 3600 ;;\n"
        f"right) exec {shlex.join(provider('replays'))} ;;\n"
        "esac\n"
    )
    sender.chmod(0o755)
    report, junit = tmp_path / "report.json", tmp_path / "junit.xml"
    done = chaos(
        tmp_path,
        *("--scenario", "*.toml", "--count", "20", "--timeout", "5s", "--jobs", "4"),
        *("--json", report, "--junit", junit),
        command=["./sender"],
    )
    assert done.returncode == 4, done.stderr
    assert done.stdout.splitlines()[-1] == "1 of 5 passed"
    told = {each["scenario"].removesuffix(".toml"): each for each in trials(report)}
    assert {name: each["verdict"] for name, each in told.items()} == {
        "crash": "crashed",
        "exit": "exit 3",
        "hang": "timeout",
        "idle": "nothing sent",
        "right": "passed",
    }
    assert {name: each["output"] for name, each in told.items()} == {
        name: f"this is {name}\n" for name in told
    }
    [suite] = ElementTree.parse(junit).getroot()
    assert [(case.get("name"), case[0].tag) for case in suite] == [
        ("crash.toml", "error"),
        ("exit.toml", "error"),
        ("hang.toml", "error"),
        ("idle.toml", "error"),
        ("right.toml", "system-out"),
    ]


def test_repeated_stories_use_the_seeds_that_follow(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = chaos(
        tmp_path,
        *("--scenario", BURST, "--count", "120", "--repeat", "3", "--seed", "8", "--json", report),
        command=provider("replays"),
    )
    assert done.returncode == 0, done.stderr
    assert [(each["seed"], each["attempt"]) for each in trials(report)] == [(8, 1), (9, 2), (10, 3)]
    labels = [f"{BURST} [seed {seed}]" for seed in (8, 9, 10)]
    assert [line.partition("]")[0] + "]" for line in done.stdout.splitlines()[1:4]] == labels


def test_stories_that_prove_nothing_are_no_success(tmp_path: Path) -> None:
    junit = tmp_path / "report.xml"
    done = chaos(
        tmp_path,
        *("--scenario", BURST, "--count", "20", "--junit", junit),
        command=provider("replays"),
    )
    assert done.returncode == 4
    assert done.stdout.splitlines()[-1] == "0 of 1 passed, 1 not played"
    suite = ElementTree.parse(junit).getroot()[0]
    assert (suite.get("skipped"), suite.get("errors"), suite.get("failures")) == ("1", "0", "0")
    [skipped] = suite.iter("skipped")
    assert str(skipped.get("message")).startswith("no fault of this scenario fired")


def test_one_that_proves_nothing_does_not_spoil_the_rest(tmp_path: Path) -> None:
    options = ("--scenario", BURST, "--scenario", "silent-close-on-command-0", "--count", "120")
    done = chaos(tmp_path, *options, command=provider("replays"))
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "1 of 2 passed, 1 not played"


def test_stories_can_be_left_out(tmp_path: Path) -> None:
    options = ("--scenario", "*token*", "--without", "[ms]*", "--without", "e*", "--count", "120")
    report = tmp_path / "report.json"
    done = chaos(tmp_path, *options, "--json", report, command=provider("replays"))
    assert done.returncode == 0
    assert [each["scenario"] for each in trials(report)] == [BURST]
    done = chaos(tmp_path, "--scenario", BURST, "--without", "*", command=provider("replays"))
    assert (done.returncode, done.stderr) == (
        2,
        "Error: --without leaves nothing to play: leave out fewer\n",
    )


def test_a_command_that_could_not_be_run_even_once_is_no_verdict(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    report = tmp_path / "report.json"
    done = chaos(tmp_path, "--scenario", BURST, "--json", report, command=[str(broken)])
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"Error: nothing could be run: cannot start {broken}: Exec format error"
    )
    assert [each["verdict"] for each in trials(report)] == ["cannot start"]


def test_options_behind_the_command_are_the_command_s(tmp_path: Path) -> None:
    (tmp_path / "quiet.toml").write_text(QUIET + 'services = ["api"]\n')
    report = tmp_path / "report.json"
    options = ("--scenario", "quiet.toml", "--json", report)
    run(
        "chaos",
        *options,
        "--service",
        "api",
        "echo",
        "--count",
        "7",
        "--help",
        "--",
        "x",
        cwd=tmp_path,
    )
    assert [each["output"] for each in trials(report)] == ["--count 7 --help -- x\n"]


# ---- interrupted ------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_when_stopped_the_command_dies_and_reports_say_what_there_is(
    tmp_path: Path, number: signal.Signals
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.toml").write_text(QUIET)
    held = tmp_path / "held"
    os.mkfifo(held)
    pipe = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    replays = shlex.join(provider("replays"))
    hang = f"exec 9>{held}; echo here >&9; sleep 3600"
    program = f'[ $APNS_SCENARIO = a ] && exec {replays}; setsid sh -c "{hang}" & {hang}'
    report, junit = tmp_path / "report.json", tmp_path / "junit.xml"
    options = ("--scenario", "*.toml", "--count", "20", "--json", report, "--junit", junit)
    process = subprocess.Popen(
        [*PROGRAM, "chaos", "--service", "gateway", *map(str, options), "--", "sh", "-c", program],
        cwd=tmp_path,
        env=environment(FOUND),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = b""
        while said.count(b"\n") < 2:
            assert select.select([pipe], [], [], PATIENCE)[0]
            said += os.read(pipe, 100)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 1
    assert err.splitlines()[-1] == (
        "Error: interrupted: 1 of 3 scenarios were played, the rest was not"
    )
    assert out.splitlines()[-1] == "1 of 3 passed"
    # The pipe ends when everybody who held it is dead.
    assert select.select([pipe], [], [], PATIENCE)[0]
    assert os.read(pipe, 100) == b""
    os.close(pipe)
    whole = json.loads(report.read_text())
    assert (whole["interrupted"], whole["planned"]) == (True, 3)
    assert [(each["scenario"], each["verdict"]) for each in whole["trials"]] == [
        ("a.toml", "passed")
    ]
    root = ElementTree.parse(junit).getroot()
    assert (root.get("tests"), root.get("errors")) == ("2", "1")


def test_stopped_before_anything_was_played_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(self: Stop, work: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Stop, "run", at_once)
    report = tmp_path / "report.json"
    options = ["--scenario", "drop-by-reset", "--json", str(report)]
    done = CliRunner().invoke(main, ["chaos", *options, "--", "true"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: interrupted: 0 of 1 scenarios were played, the rest was not\n"
    assert json.loads(report.read_text())["interrupted"]


def test_the_help_says_what_the_exit_codes_are() -> None:
    assert "4 expectation" in CliRunner().invoke(main, ["--help"]).stdout
    told = CliRunner().invoke(main, ["chaos", "--help"]).stdout
    assert "Exits with 4 unless all is green" in told
    assert "APNS_WORK" in told
