"""The first minute: a story, a table, and numbers that add up."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.processes import PATIENCE, PROGRAM, environment, run


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """What the demo prints into a pipe."""
    return run("demo", cwd=tmp_path_factory.mktemp("demo"))


def table(text: str) -> dict[str, int]:
    """The rows of the table."""
    rows = re.findall(r"^(\w+) +([\d,]+)$", text, re.MULTILINE)
    return {name: int(number.replace(",", "")) for name, number in rows}


def test_the_demo_loses_nothing_and_doubles_nothing(
    told: subprocess.CompletedProcess[str],
) -> None:
    assert told.returncode == 0, told.stderr
    rows = table(told.stdout)
    assert list(rows) == [
        "sent",
        "accepted",
        "rejected",
        "discarded",
        "resent",
        "lost",
        "duplicated",
    ]
    assert (rows["sent"], rows["accepted"], rows["rejected"]) == (1000, 999, 1)
    assert (rows["lost"], rows["duplicated"]) == (0, 0)
    assert rows["resent"] >= rows["discarded"] > 100


def test_the_demo_tells_a_story_whose_numbers_are_those_of_the_table(
    told: subprocess.CompletedProcess[str],
) -> None:
    rows = table(told.stdout)
    story = re.findall(r"^\d\. .*(?:\n   .*)*", told.stdout, re.MULTILINE)
    assert len(story) == 4
    assert "1,000 notifications" in story[0]
    assert "Number 501 has a token that Apple does not know" in story[1]
    assert f"{rows['discarded']:,} notifications" in story[2]
    assert f"sent {rows['resent']:,} again" in story[3]


def test_the_demo_is_plain_lines_in_a_pipe(told: subprocess.CompletedProcess[str]) -> None:
    assert told.stderr == ""
    assert "\x1b" not in told.stdout
    assert "\r" not in told.stdout


def test_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    assert run("demo", "--count", "30", cwd=tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_the_demo_shows_progress_on_a_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "demo"],
        cwd=tmp_path,
        env=environment({"TERM": "xterm-256color"}),
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    try:
        # Reading from a terminal whose other side is closed is an error on Linux, not an end.
        while chunk := os.read(ours, 65_536):
            drawn += chunk
    except OSError:
        pass
    finally:
        os.close(ours)
        process.wait(PATIENCE)
    assert process.returncode == 0
    assert b"sending" in drawn
    assert b"/1000" in drawn


def test_a_demo_too_small_for_a_story_is_refused(tmp_path: Path) -> None:
    done = run("demo", "--count", "2", cwd=tmp_path)
    assert done.returncode == 2
    assert "--count" in done.stderr
