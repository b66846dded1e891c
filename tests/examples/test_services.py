"""The services pass their own tests, as their READMEs say to run them."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.end_to_end.runtimes import need
from tests.pages.reading import ROOT, blocks

SHOP = "examples/orders-asyncio"


def copied(service: str, folder: Path) -> None:
    """A copy of its folder that tests may change."""
    hidden = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(ROOT / service, folder, dirs_exist_ok=True, ignore=hidden)


def run_tests(pytester: pytest.Pytester) -> pytest.RunResult:
    """What comes of the shop's own tests, with warnings as errors."""
    for library in ("aioapns", "pytest_asyncio"):
        there = importlib.util.find_spec(library) is not None
        need(there, library, "the shop on asyncio passes its tests")
    return pytester.run(sys.executable, "-W", "error", "-m", "pytest", "--tb=short", timeout=120)


def test_the_shop_on_asyncio_passes_its_tests(pytester: pytest.Pytester) -> None:
    copied(SHOP, pytester.path)
    run_tests(pytester).assert_outcomes(passed=15)


def test_its_page_shows_what_its_tests_say_of_a_mistake(pytester: pytest.Pytester) -> None:
    copied(SHOP, pytester.path)
    shop = pytester.path / "shop.py"
    right = shop.read_text("utf-8")
    wrong = right.replace("ensure_ascii=False).encode()", "ensure_ascii=False)")
    assert right != wrong
    shop.write_text(wrong, "utf-8")
    result = run_tests(pytester)
    result.assert_outcomes(passed=14, failed=1)
    [shown] = blocks("console", f"{SHOP}/README.md")
    assert shown.text in result.stdout.str()
    result.stdout.fnmatch_lines(["FAILED *::test_a_long_note_is_cut_to_what_apple_carries *"])


def test_a_service_uses_the_public_surface_only() -> None:
    for path in (ROOT / SHOP).glob("*.py"):
        text = path.read_text("utf-8")
        imported = re.findall(r"^\s*(?:from|import) (fakeapns\S*)", text, re.MULTILINE)
        assert {*imported} <= ({"fakeapns"} if path.name.startswith("test_") else set()), path
        assert not re.search(r"\.(apns|devices|api)\._", text), path


def test_the_shop_asks_for_the_aioapns_that_is_tested_here() -> None:
    asked = (ROOT / SHOP / "requirements.txt").read_text("utf-8").split()
    assert asked == ["aioapns==4.0"]
    assert f'"{asked[0]}"' in (ROOT / "pyproject.toml").read_text("utf-8")
