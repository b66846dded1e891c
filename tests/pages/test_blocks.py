"""Every block of every page runs; what runs elsewhere is named here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs
from fakeapns.ledger.entries import FaultFired
from fakeapns.scenario.faults import Fault
from fakeapns.scenario.toml import parse_scenario
from tests.frames import framed
from tests.processes import environment

from .reading import BLOCKS, ELSEWHERE, PAGES, ROOT, Block, blocks, name_of

FORMAT = "scenarios/FORMAT.md"

INI = """
[pytest]
trio_mode = {trio_mode}
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""

#: A project of Django's is run by test_recipes.py.
PYTHON = [block for block in blocks("python") if "django_db" not in block.text]
TOML = blocks("toml")
SHELL = [block for block in blocks("sh") if not block.text.startswith(tuple(ELSEWHERE.values()))]
#: Commands that want a server, and those that start one.
ASKING, SERVING = re.compile(r"\bfakeapns (send|env)\b"), re.compile(r"\bfakeapns (serve|chaos)\b")


def bash(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What comes of a command in this folder, with our scripts at hand."""
    done = subprocess.run(
        ["bash", "-m", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env=environment({"PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_every_language_of_the_pages_is_run() -> None:
    # console: held against real output in test_consoles.py. text: drawings, in test_names.py.
    # js and go: recipes, in test_recipes.py.
    known = {"python", "sh", "toml", "yaml", "console", "text", "js", "go"}
    assert [name_of(block) for block in BLOCKS if block.language not in known] == []
    assert len(SHELL) + len(ELSEWHERE) == len(blocks("sh"))


@pytest.mark.parametrize(
    "block", [each for each in PYTHON if "def test_" in each.text], ids=name_of
)
def test_an_example_with_tests_passes(block: Block, pytester: pytest.Pytester) -> None:
    # Each of the two would have the other's tests: pytest-trio marks all that are async.
    trio_mode = "false" if "pytest.mark.asyncio" in block.text else "true"
    pytester.makeini(INI.format(trio_mode=trio_mode))
    pytester.makepyfile(test_example=block.text)
    pytester.path.joinpath("story.toml").write_text(blocks("toml", FORMAT)[0].text)
    if "examples/messenger" in block.text:
        for path in (ROOT / "examples" / "messenger").glob("[mr]*.py"):
            shutil.copy(path, pytester.path)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=block.text.count("def test_"))


@pytest.mark.parametrize(
    "block", [each for each in PYTHON if "def test_" not in each.text], ids=name_of
)
def test_an_example_program_runs(block: Block) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", block.text], check=True, timeout=60)


@pytest.mark.parametrize("block", SHELL, ids=name_of)
def test_a_shell_example_runs(block: Block, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    # What the page on the format calls so is the first file that it shows.
    (tmp_path / "story.toml").write_text(blocks("toml", FORMAT)[0].text)
    server = ""
    if ASKING.search(block.text) and not SERVING.search(block.text):
        # These are typed "in the other terminal".
        server = (
            "fakeapns serve --quiet --ready-file r.json & server=$!\n"
            "trap 'kill $server; wait $server' EXIT\n"
            "fakeapns ready --ready-file r.json --wait 30\n"
        )
    bash(server + block.text, tmp_path)


def test_the_pages_beside_the_stories_are_made_as_the_page_for_contributors_says(
    tmp_path: Path,
) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    made = ["README.md", "REFERENCE.md", "FAULTS.md", "scenario.schema.json"]
    [block] = [each for each in blocks("sh", "CONTRIBUTING.md") if "--markdown" in each.text]
    for name in made:
        (tmp_path / "scenarios" / name).unlink()
    bash(block.text, tmp_path)
    for name in made:
        assert (tmp_path / "scenarios" / name).read_text() == (
            ROOT / "scenarios" / name
        ).read_text()


@pytest.mark.parametrize(
    ("sender", "stories", "passed"),
    [
        ("--service api --tries 20", "spurious-*", "1 of 1 passed"),
        ("--confirm --tries 20 --feedback", "drop-*", "4 of 4 passed"),
    ],
)
def test_the_ci_job_runs_and_takes_ten_lines(
    sender: str, stories: str, passed: str, tmp_path: Path
) -> None:
    [job] = blocks("yaml")
    assert len(job.text.splitlines()) <= 10
    # Installing is what every other test of the package begins with.
    [install, run] = re.findall(r"^    - run: (.*)$", job.text, re.MULTILINE)
    assert install == "python3 -m pip install ./fakeapns"
    program = tmp_path / "my-sender"
    program.write_text(f"#!/bin/sh\nexec fakeapns send {sender}\n")
    program.chmod(0o755)
    done = bash(run.replace("--jobs", f"--scenario '{stories}' --jobs"), tmp_path)
    assert passed in done.stdout
    assert {path.name for path in tmp_path.glob("chaos.*")} == {"chaos.xml", "chaos.html"}


@pytest.mark.parametrize("block", TOML, ids=name_of)
def test_an_example_of_a_scenario_is_one(block: Block) -> None:
    assert parse_scenario(block.text).about.endswith(".")


def test_the_smallest_scenario_is_what_the_shell_example_checks() -> None:
    assert "fakeapns check story.toml" in PAGES[FORMAT]
    assert blocks("toml", FORMAT)[0].text in PAGES[FORMAT].partition("story.toml")[0]


async def test_the_fault_that_shows_how_to_add_one_acts(autojump_clock: MockClock) -> None:
    [block] = [each for each in PYTHON if "class Silence" in each.text]
    names: dict[str, Any] = {}
    exec(block.text, names)
    silence: Fault = names["Silence"]()
    assert silence.name == "silence"
    async with FakeAPNs() as apns:
        apns.inject(silence, notification=2)
        provider = await apns.connect()
        await provider.send_all(framed(1) + framed(2) + framed(3))
        # Our side is shut without a word, and theirs is read on for good.
        assert await provider.receive_some() == b""
        await trio.sleep(3600)
        await provider.send_all(framed(4))
        assert await apns.wait_for(2, outcome="discarded")
        assert [each.identifier for each in apns.accepted] == [1, 2]
        [fired] = apns.ledger.of(FaultFired)
        assert (fired.fault, fired.detail) == ("silence", "for good")
