"""Whole small projects, which are examples to read, pass under their own test runners."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.end_to_end.runtimes import need, need_beside

PROJECTS = Path(__file__).parent / "projects"

#: How many tests there are, and the library without which they cannot run.
KNOWN = {
    "asyncio_provider": (9, "pytest_asyncio"),
    "celery_worker": (2, "celery"),
    "django_over_the_api": (6, "push_notifications"),
    "django_shop": (9, "push_notifications"),
    "trio_provider": (9, "pytest_trio"),
}
#: Those whose library is of another version than the one beside us.
NEWER = {"django_over_the_api"}


def run(pytester: pytest.Pytester, project: str, *arguments: str) -> pytest.RunResult:
    """Run Python in a copy of the project, with warnings as errors."""
    library = KNOWN[project][1]
    need(importlib.util.find_spec(library) is not None, library, f"{project} works")
    shutil.copytree(PROJECTS / project, pytester.path, dirs_exist_ok=True)
    return pytester.run(sys.executable, "-W", "error", *arguments, timeout=120)


@pytest.mark.parametrize("project", KNOWN)
def test_a_project_passes_in_pytest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, project: str
) -> None:
    if project in NEWER:
        monkeypatch.setenv("PYTHONPATH", str(need_beside(KNOWN[project][1])))
    result = run(pytester, project, "-m", "pytest")
    result.assert_outcomes(passed=KNOWN[project][0])


def test_a_django_project_passes_in_its_own_runner(pytester: pytest.Pytester) -> None:
    result = run(pytester, "django_shop", "manage.py", "test")
    result.stderr.fnmatch_lines(["Ran 6 tests in *", "OK"])
    assert result.ret == 0


def test_projects_use_the_public_surface_only() -> None:
    assert {each.name for each in PROJECTS.iterdir() if each.is_dir()} - {"__pycache__"} == {*KNOWN}
    for path in PROJECTS.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        imported = re.findall(r"^\s*(?:from|import) (fakeapns\S*)", text, re.MULTILINE)
        assert {*imported} <= {"fakeapns"}, path
        assert "apns._" not in text, path
