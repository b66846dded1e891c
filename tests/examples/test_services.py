"""The services pass their own tests, as their READMEs say to run them."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from fakeapns.scenario.toml import parse_scenario
from tests.end_to_end.runtimes import need, node_with
from tests.pages.reading import ROOT, SERVICES, blocks
from tests.processes import PATIENCE, environment

ASYNCIO, NODE, MESSENGER = SERVICES


def copied(service: str, folder: Path) -> None:
    """A copy of its folder that tests may change."""
    hidden = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(ROOT / service, folder, dirs_exist_ok=True, ignore=hidden)


def run_tests(pytester: pytest.Pytester, *chosen: str) -> pytest.RunResult:
    """What comes of the shop's own tests, of all or of those chosen, with warnings as errors."""
    for library in ("aioapns", "pytest_asyncio"):
        there = importlib.util.find_spec(library) is not None
        need(there, library, "the shop on asyncio passes its tests")
    command = [sys.executable, "-W", "error", "-m", "pytest", "--tb=short", *chosen]
    return pytester.run(*command, timeout=PATIENCE)


def test_the_shop_on_asyncio_passes_its_tests(pytester: pytest.Pytester) -> None:
    copied(ASYNCIO, pytester.path)
    run_tests(pytester).assert_outcomes(passed=15)


def test_the_messenger_passes_its_tests(pytester: pytest.Pytester) -> None:
    copied(MESSENGER, pytester.path)
    for library in ("httpx", "jwt", "pytest_trio"):
        there = importlib.util.find_spec(library) is not None
        need(there, library, "the messenger passes its tests")
    result = pytester.run(sys.executable, "-m", "pytest", "--tb=short", timeout=PATIENCE)
    result.assert_outcomes(passed=3)


def test_its_page_shows_what_its_tests_say_of_a_mistake(pytester: pytest.Pytester) -> None:
    copied(ASYNCIO, pytester.path)
    shop = pytester.path / "shop.py"
    right = shop.read_text("utf-8")
    wrong = right.replace("ensure_ascii=False).encode()", "ensure_ascii=False)")
    assert right != wrong
    shop.write_text(wrong, "utf-8")
    result = run_tests(pytester, "-k", "long_note")
    result.assert_outcomes(failed=1, deselected=14)
    [shown] = blocks("console", f"{ASYNCIO}/README.md")
    assert shown.text in result.stdout.str()
    result.stdout.fnmatch_lines(["FAILED *::test_a_long_note_is_cut_to_what_apple_carries *"])


def test_the_shop_on_node_passes_its_tests() -> None:
    node_with("@parse/node-apn", ROOT / NODE)
    [block] = blocks("sh", f"{NODE}/README.md")
    command = block.text.splitlines()[-1]
    assert command.endswith(" npm test")
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT / NODE,
        env=environment({"PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\S+ pass 9$", done.stdout, re.MULTILINE)
    assert re.search(r"^\S+ skipped 0$", done.stdout, re.MULTILINE)


def test_its_scenarios_have_nothing_to_be_corrected() -> None:
    for path in (ROOT / NODE / "scenarios").iterdir():
        assert parse_scenario(path.read_text("utf-8")).about.endswith("."), path


def test_a_service_uses_the_public_surface_only() -> None:
    for path in (ROOT / ASYNCIO).glob("*.py"):
        text = path.read_text("utf-8")
        imported = re.findall(r"^\s*(?:from|import) (fakeapns\S*)", text, re.MULTILINE)
        assert {*imported} <= ({"fakeapns"} if path.name.startswith("test_") else set()), path
        assert "apns._" not in text, path


def test_the_shops_ask_for_the_libraries_that_are_tested_here() -> None:
    asked = (ROOT / ASYNCIO / "requirements.txt").read_text("utf-8").split()
    assert asked == ["aioapns==4.0"]
    assert f'"{asked[0]}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    driven = json.loads((ROOT / "tests/end_to_end/node/package.json").read_text("utf-8"))
    for name, version in json.loads((ROOT / NODE / "package.json").read_text("utf-8"))[
        "dependencies"
    ].items():
        assert driven["dependencies"][name] == version
