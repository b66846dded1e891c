"""A start that ends in the middle of writing: the next one goes on from there."""

from __future__ import annotations

import errno
import itertools
import re
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from fakeapns import StartError
from fakeapns.certificates import open_folder

from ..disks import DISK, Killed
from ..frames import TOPIC
from .test_folder import issue, put, snapshot


@pytest.fixture(autouse=True)
def _keys_that_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsa, "generate_private_key", lambda **_: next(_KEYS))


_KEYS = itertools.cycle([rsa.generate_private_key(65537, 1024) for _ in range(4)])


def interrupted(folder: Path, step: int, error: int | None) -> bool:
    """Whether a start was, that fails at this step; of a full disk it says so."""
    with DISK.failing(folder, step, error):
        try:
            open_folder(folder, (TOPIC,))
        except (Killed, StartError) as raised:
            wrong = raised
        else:
            return False
    told = f"cannot .*{folder}.*: No space left on device; choose another"
    assert isinstance(wrong, Killed) or re.match(told, str(wrong))
    return True


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    """A folder whose own certificates have all ended."""
    folder = tmp_path / "ended"
    open_folder(folder, (TOPIC,))
    for stem in ("server", TOPIC):
        put(folder, stem, issue(folder, -1))
    return folder


@pytest.mark.parametrize("error", [None, errno.ENOSPC], ids=["killed", "disk full"])
@pytest.mark.parametrize("first", [True, False], ids=["first start", "renewal"])
def test_the_next_start_works_whichever_step_was_the_last(
    tmp_path: Path, ended: Path, first: bool, error: int | None
) -> None:
    for step in itertools.count(1):
        parent = tmp_path / f"{step}"
        folder = parent / "certs"
        if not first:
            shutil.copytree(ended, folder)
        if not interrupted(folder, step, error):
            break
        before = keys(folder)
        open_folder(folder, (TOPIC,))
        after = snapshot(folder)
        assert len(after) == 11
        assert before.items() <= after.items()
        assert [path.name for path in parent.iterdir() if path.suffix != ".fakeapns"] == ["certs"]
        assert after[".gitignore"] == b"*\n"
        open_folder(folder, (TOPIC,))
        assert snapshot(folder) == after
    assert step > (25 if first else 10)


def keys(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.key")}
