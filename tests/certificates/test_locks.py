"""One program at a time in a folder, with `flock` and without."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from fakeapns.certificates import open_folder
from fakeapns.certificates.locks import FolderLock, hold, let_go

from ..frames import TOPIC
from .test_folder import certs, fresh, snapshot

__all__ = ["certs", "fresh"]


@pytest.fixture(params=["flock", "a file"], autouse=True)
def _both_kinds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "a file":
        monkeypatch.setattr("fakeapns.certificates.locks.fcntl", None)


def test_a_folder_is_held_by_one_until_that_lets_go(tmp_path: Path) -> None:
    held = hold(tmp_path)
    assert held is not None
    assert hold(tmp_path) is None
    let_go(tmp_path, held)
    again = hold(tmp_path)
    assert again is not None
    let_go(tmp_path, again)
    assert list(tmp_path.iterdir()) == []


def test_whoever_has_a_lock_may_take_it_again_and_others_wait(tmp_path: Path) -> None:
    order = []
    started = threading.Event()

    def other() -> None:
        started.set()
        with FolderLock(tmp_path).taken():
            order.append("other")

    waiting = threading.Thread(target=other)
    lock = FolderLock(tmp_path)
    with lock.taken():
        waiting.start()
        with lock.taken():
            started.wait()
        assert hold(tmp_path) is None
        order.append("first")
    waiting.join(10)
    assert order == ["first", "other"]


def test_what_cannot_be_held_is_waited_for_by_nobody(tmp_path: Path) -> None:
    with FolderLock(tmp_path / "gone").taken():
        pass


def test_a_lock_that_is_a_link_is_not_followed(certs: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    before = snapshot(certs)
    lock = certs / ".lock"
    # Dangling ones as well: nothing is made where they lead.
    for target in (victim, tmp_path / "nothing"):
        lock.symlink_to(target)
        held = hold(certs)
        if held is not None:
            let_go(certs, held)
            open_folder(certs, (TOPIC,))
        lock.unlink(missing_ok=True)
    assert (victim.read_text(), snapshot(certs)) == ("mine", before)
    assert sorted(os.listdir(tmp_path)) == ["certs", "victim"]
