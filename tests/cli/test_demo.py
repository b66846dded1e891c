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


@pytest.fixture(scope="module")
def told_of_the_api(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """The same of the provider API."""
    return run("demo", "--service", "api", cwd=tmp_path_factory.mktemp("demo"))


def sentences(text: str) -> list[str]:
    """The story, each of its sentences in one line."""
    found = re.findall(r"^\d\. .*(?:\n   .*)*", text, re.MULTILINE)
    return [" ".join(each.split()) for each in found]


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
    numbers = ["accepted", "lost", "duplicated", "resent", "rescued", "connections", "verdict"]
    assert found["scenario"][:7] == numbers
    assert found["careless"][:7] == ["99", "900", "0", "0", "0", "1", "failed"]
    assert found["correct"][:7] == ["999", "0", "0", "0", "0", "2", "passed"]
    assert "numbers 101 to 1000 (the first for token " in told.stdout
    assert "behind frame 100 (number 100), which was rejected with invalid-token" in told.stdout


def test_the_demo_tells_the_story_of_the_table(told: subprocess.CompletedProcess[str]) -> None:
    story = sentences(told.stdout)
    assert len(story) == 4
    assert "1,000 notifications" in story[0]
    assert "Number 100 has a token that Apple does not know" in story[1]
    assert "900 messages are lost" in story[3]
    resent = re.search(r"sent ([\d,]+) again", story[3])
    assert resent is not None
    assert 40 <= int(resent[1].replace(",", "")) <= 900


def test_the_demo_of_the_api_shows_who_loses_what_a_goaway_left_out_and_who_does_not(
    told_of_the_api: subprocess.CompletedProcess[str],
) -> None:
    text = told_of_the_api.stdout
    assert told_of_the_api.returncode == 0, told_of_the_api.stderr
    found = rows(text)
    assert found["careless"][:7] == ["120", "880", "0", "0", "0", "1", "failed"]
    assert found["correct"][:7] == ["1000", "0", "0", "0", "0", "2", "passed"]
    assert "numbers 121 to 1000 (the first for token " in text
    assert "GOAWAY with 239 as its last stream" in text
    assert "again: fakeapns chaos --scenario goaway-in-full-flow --seed 1 --count 1000 " in text
    story = sentences(text)
    assert len(story) == 4
    assert "Behind number 120 the server went away" in story[1]
    assert "880 messages are lost" in story[3]
    resent = re.search(r"sent ([\d,]+) again", story[3])
    assert resent is not None
    # As many as were underway when it was told.
    assert 1 <= int(resent[1].replace(",", "")) <= 880


def test_each_demo_says_in_its_first_line_what_it_speaks(
    told: subprocess.CompletedProcess[str], told_of_the_api: subprocess.CompletedProcess[str]
) -> None:
    assert told.stdout.startswith("The binary gateway over TLS, Apple's interface until 2021.")
    assert told_of_the_api.stdout.startswith("The provider API over HTTP/2, Apple's interface of")


@pytest.mark.parametrize(("service", "status"), [("gateway", "invalid-token"), ("api", "GOAWAY")])
def test_the_demo_writes_the_timelines_if_asked_to(
    service: str, status: str, tmp_path: Path
) -> None:
    asked = ("demo", "--service", service, "--count", "150", "--html", "demo.html")
    assert run(*asked, cwd=tmp_path).returncode == 0
    page = (tmp_path / "demo.html").read_text("utf-8")
    assert "careless" in page
    assert status in page


def test_the_demo_of_the_api_speaks_over_the_slower_library_too(tmp_path: Path) -> None:
    asked = ("demo", "--service", "api", "--count", "150")
    done = run(*asked, cwd=tmp_path, env={"FAKEAPNS_HTTP2": "h2"})
    assert done.returncode == 0, done.stderr
    assert rows(done.stdout)["careless"][:7] == ["120", "30", "0", "0", "0", "1", "failed"]
    assert rows(done.stdout)["correct"][:7] == ["150", "0", "0", "0", "0", "2", "passed"]


def test_the_demo_is_plain_lines_in_a_pipe(
    told: subprocess.CompletedProcess[str], told_of_the_api: subprocess.CompletedProcess[str]
) -> None:
    for each in told, told_of_the_api:
        assert each.stderr == ""
        assert "\x1b" not in each.stdout
        assert "\r" not in each.stdout
        assert max(map(len, each.stdout.partition("scenario ")[0].splitlines())) <= 100


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
