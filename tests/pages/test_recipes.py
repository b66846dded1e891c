"""The recipes for clients run as they stand, and what they send arrives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fakeapns import ThreadedAPNs

from ..end_to_end.runtimes import NODE, go_itself, need_beside, node_with
from .reading import ROOT, Block, blocks, name_of

PAGE = "docs/clients.md"
PROJECT = ROOT / "tests" / "pytest_plugin" / "projects" / "django_over_the_api"


@pytest.mark.parametrize("block", blocks("js", PAGE), ids=name_of)
def test_a_recipe_for_node_sends(block: Block, apns: ThreadedAPNs, tmp_path: Path) -> None:
    package = "apns2" if '"apns2"' in block.text else "@parse/node-apn"
    command = [node_with(package), "recipe.js"]
    (tmp_path / command[1]).write_text(block.text, encoding="utf-8")
    own = {**apns.environment(runtime="node"), "NODE_PATH": str(NODE / "node_modules")}
    sends(apns, command, tmp_path, own)


@pytest.mark.parametrize("block", blocks("go", PAGE), ids=name_of)
def test_a_recipe_for_go_sends(block: Block, apns: ThreadedAPNs, tmp_path: Path) -> None:
    (tmp_path / "recipe.go").write_text(block.text, encoding="utf-8")
    own = {**apns.environment(runtime="go"), "GO111MODULE": "off"}
    sends(apns, [go_itself(), "run", "recipe.go"], tmp_path, own)


def test_the_recipe_for_django_passes_in_a_project(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(need_beside("push_notifications")))
    [block] = [each for each in blocks("python", PAGE) if "django_db" in each.text]
    for name in ("shop", "pytest.ini"):
        copy = shutil.copytree if name == "shop" else shutil.copy
        copy(PROJECT / name, pytester.path / name)
    pytester.makepyfile(test_recipe=block.text)
    result = pytester.run(sys.executable, "-m", "pytest", "-p", "no:asyncio", timeout=60)
    result.assert_outcomes(passed=1)


def sends(apns: ThreadedAPNs, command: list[str], folder: Path, own: dict[str, str]) -> None:
    """Run it; one push has to be there."""
    env = {**os.environ, **own}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    apns.assert_accepted(1, token="1b" * 32, payload={"aps": {"alert": "Shipped"}})
