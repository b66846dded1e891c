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


def rows(text: str) -> dict[str, list[str]]:
    """The rows of the table, by their first cell."""
    return {
        line.split()[0]: line.split()[1:]
        for line in text.splitlines()
        if line.startswith(("scenario ", "careless ", "correct "))
    }


def test_the_demo_shows_one_provider_that_loses_and_one_that_does_not(
    told: subprocess.CompletedProcess[str],
) -> None:
    assert told.returncode == 0, told.stderr
    found = rows(told.stdout)
    numbers = ["accepted", "lost", "duplicated", "resent", "connections", "verdict"]
    assert found["scenario"][:6] == numbers
    assert found["careless"][:6] == ["99", "900", "0", "0", "1", "failed"]
    assert found["correct"][:6] == ["999", "0", "0", "0", "2", "passed"]
    assert "numbers 101 to 1000 (the first for token " in told.stdout
    assert "behind frame 100 (number 100), which was rejected with invalid-token" in told.stdout


def test_the_demo_tells_the_story_of_the_table(told: subprocess.CompletedProcess[str]) -> None:
    story = re.findall(r"^\d\. .*(?:\n   .*)*", told.stdout, re.MULTILINE)
    assert len(story) == 4
    assert "1,000 notifications" in story[0]
    assert "Number 100 has a token that Apple does not know" in story[1]
    assert "900 messages are lost" in story[3]
    resent = re.search(r"sent ([\d,]+) again", story[3])
    assert resent is not None
    assert 40 <= int(resent[1].replace(",", "")) <= 900


def test_the_demo_writes_the_timelines_if_asked_to(tmp_path: Path) -> None:
    assert run("demo", "--count", "150", "--html", "demo.html", cwd=tmp_path).returncode == 0
    page = (tmp_path / "demo.html").read_text("utf-8")
    assert "careless" in page
    assert "invalid-token" in page


def test_the_demo_is_plain_lines_in_a_pipe(told: subprocess.CompletedProcess[str]) -> None:
    assert told.stderr == ""
    assert "\x1b" not in told.stdout
    assert "\r" not in told.stdout


def test_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    assert run("demo", "--count", "150", cwd=tmp_path).returncode == 0
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
    done = run("demo", "--count", "149", cwd=tmp_path)
    assert done.returncode == 2
    assert "--count" in done.stderr
