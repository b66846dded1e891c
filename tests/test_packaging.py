"""What gets installed: a wheel with everything in it, an editable checkout that finds the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fakeapns.inspector.timeline.document import SCRIPTS, STYLE
from tests.pages.reading import ELSEWHERE, PAGES

ROOT = Path(__file__).parent.parent


CATALOGUE = ROOT / "scenarios"
FOLDER = "fakeapns.scenario.catalogue.catalogue_folder()"


#: What the catalogue has beside its stories.
BESIDE_STORIES = {
    "FAULTS.md",
    "FORMAT.md",
    "PUSHES.md",
    "README.md",
    "REFERENCE.md",
    "scenario.schema.json",
}


def ask(python: Path, expression: str) -> str:
    """What the interpreter says that this expression is, from far away of any checkout."""
    program = f"import fakeapns.scenario.catalogue; print({expression})"
    return subprocess.run(
        [python, "-c", program], cwd="/", check=True, capture_output=True, text=True
    ).stdout.strip()


def names_in(folder: Path) -> set[str]:
    """The names of its files."""
    return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git has, as after a clone."""
    target = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


@pytest.fixture(scope="module")
def set_up(checkout: Path) -> subprocess.CompletedProcess[str]:
    """The first of the README's two commands, run as it stands there."""
    [command] = re.findall(f"^{re.escape(ELSEWHERE['demo'])}.*$", PAGES["README.md"], re.MULTILINE)
    # Whatever interpreter runs this test stands in for a machine's python3.11.
    bin_folder = checkout.parent / "bin"
    bin_folder.mkdir(exist_ok=True)
    (bin_folder / "python3.11").unlink(missing_ok=True)
    (bin_folder / "python3.11").symlink_to(Path(sys.executable).resolve())
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-c", command], cwd=checkout, env=environment, capture_output=True, text=True
    )


def test_one_command_sets_up_and_shows_the_demo(
    set_up: subprocess.CompletedProcess[str],
) -> None:
    assert set_up.returncode == 0, set_up.stderr
    assert re.search(r"^careless +99 +900 .* failed ", set_up.stdout, re.MULTILINE)
    assert re.search(r"^correct +999 +0 .* passed ", set_up.stdout, re.MULTILINE)


def test_the_installed_wheel_has_the_catalogue_and_the_types(
    set_up: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    assert set_up.returncode == 0
    package = Path(ask(checkout / ".venv/bin/python", "fakeapns.__file__")).parent
    assert package.is_relative_to(checkout / ".venv")
    assert (package / "py.typed").is_file()
    shipped = names_in(Path(ask(checkout / ".venv/bin/python", FOLDER)))
    assert shipped == names_in(CATALOGUE)
    stories = {name for name in shipped if name.endswith(".toml")}
    assert shipped - stories == BESIDE_STORIES
    assert len(stories) >= 24


def test_an_editable_install_has_the_catalogue_of_the_checkout() -> None:
    # The tests run from one: the README's test command installs it so.
    assert Path(ask(Path(sys.executable), FOLDER)) == CATALOGUE


def test_the_wheel_has_no_keys_and_no_tests(checkout: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, checkout],
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "fakeapns/cli/__init__.py" in names
    assert {f"fakeapns/inspector/timeline/{name}" for name in (*SCRIPTS, STYLE)} <= set(names)
    assert not [
        name for name in names if name.startswith("tests/") or name.endswith((".key", ".pem"))
    ]
