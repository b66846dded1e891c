"""Files that are whole or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakeapns.errors import StartError
from fakeapns.files import check_writable, replace_file, write_whole


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_replaced_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"a much longer one", b"new"):
        replace_file(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_its_permissions_are_those_that_are_asked_for_or_what_new_files_have(
    tmp_path: Path,
) -> None:
    before = os.umask(0o027)
    try:
        for permissions, found in ((None, 0o640), (0o600, 0o600), (0o644, 0o644)):
            replace_file(tmp_path / "file", b"", permissions)
            assert mode(tmp_path / "file") == found
    finally:
        os.umask(before)


def test_what_cannot_be_replaced_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "full").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        replace_file(folder, b"")
    assert list(tmp_path.iterdir()) == [folder]
    with pytest.raises(ValueError, match="empty name"):
        replace_file(Path("/"), b"")


def test_a_report_that_can_be_written_is_and_looking_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report"
    check_writable(path)
    assert not path.exists()
    write_whole(path, b"all of it")
    check_writable(path)
    assert path.read_bytes() == b"all of it"


def test_a_report_that_is_no_ordinary_file_is_written_to_as_it_is() -> None:
    reading, writing = os.pipe()
    try:
        check_writable(Path(f"/dev/fd/{writing}"))
        write_whole(Path(f"/dev/fd/{writing}"), b"all of it")
        assert os.read(reading, 100) == b"all of it"
    finally:
        os.close(reading)
        os.close(writing)


def test_a_report_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "report"
    told = f"cannot write the report {path}: No such file or directory; choose another file"
    with pytest.raises(StartError) as raised:
        check_writable(path)
    assert str(raised.value) == told
    with pytest.raises(StartError) as raised:
        write_whole(path, b"")
    assert str(raised.value) == told
