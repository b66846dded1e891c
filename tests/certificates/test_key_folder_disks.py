"""Keys in a folder whose disk is full or read-only, or whose program is killed."""

from __future__ import annotations

import errno
import itertools
from pathlib import Path

import pytest

from fakeapns import StartError
from fakeapns.certificates.keys import new_facts

from ..disks import DISK, Killed
from .test_key_folder import listed, opened


@pytest.mark.parametrize("error", [errno.EROFS, errno.EACCES])
def test_a_folder_without_a_key_where_nobody_may_write_has_one_for_this_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: int
) -> None:
    with DISK.failing(tmp_path, error=error, always=True):
        keys = opened(tmp_path)
    assert keys.usual.p8_file.read_text() == keys.usual.p8
    assert keys.usual.p8_file.parent != tmp_path
    [line] = caplog.messages
    assert line.startswith(f"cannot write {tmp_path / 'keys.json'}: ")
    assert line.endswith(
        f"; choose another folder, or the key {keys.usual.key_id} is for this run alone"
    )
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_asked_for_is_not_put_elsewhere(tmp_path: Path) -> None:
    key = opened(tmp_path).mint(new_facts())
    failing = DISK.failing(tmp_path, error=errno.ENOSPC, always=True)
    with failing, pytest.raises(StartError, match=r"^cannot write .*; choose another folder$"):
        _ = key.p8_file


def test_a_program_that_is_killed_leaves_nothing_that_the_next_one_trips_over(
    tmp_path: Path,
) -> None:
    for step in itertools.count(1):
        directory = tmp_path / str(step)
        directory.mkdir()
        try:
            with DISK.failing(directory, step):
                keys = opened(directory)
                _ = keys.mint(new_facts(revoked=True)).p8_file
        except Killed:
            again = opened(directory)
            # What was to be revoked is that, or is not there.
            others = [key for key in again if key is not again.usual]
            assert all(key.revoked for key in others)
            assert {key.key_id for key in again} <= {each["key_id"] for each in listed(directory)}
        else:
            break
    assert step > 8
