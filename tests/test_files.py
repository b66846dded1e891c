"""Files that are whole or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakeapns.errors import StartError
from fakeapns.files import (
    check_writable,
    make_folder,
    remove_unfinished,
    replace_file,
    write_whole,
)


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


def test_nothing_is_written_through_a_link_of_somebody_else_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a folder where others may write, who guess the name that is written first.
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    monkeypatch.setattr("secrets.token_hex", lambda count: "0" * 2 * count)
    beside = tmp_path / ".00000000.fakeapns"
    for name in (beside.name, "file"):
        (tmp_path / name).symlink_to(victim)
    with pytest.raises(FileExistsError):
        replace_file(tmp_path / "file", b"key", 0o600)
    assert (beside.is_symlink(), victim.read_bytes()) == (True, b"mine")
    beside.unlink()
    replace_file(tmp_path / "file", b"key", 0o600)
    assert ((tmp_path / "file").is_symlink(), victim.read_bytes()) == (False, b"mine")


def test_a_folder_is_there_with_what_git_ignores_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folder(tmp_path / "a" / "b")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
    assert (tmp_path / "a" / "b" / ".gitignore").read_text() == "*\n"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        make_folder(tmp_path / "c")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_somebody_else_makes_at_the_same_time_is_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slower(*arguments: object) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "file").touch()
        rename(*arguments)  # type: ignore[arg-type]

    rename = os.rename
    monkeypatch.setattr(os, "rename", slower)
    make_folder(tmp_path / "a")
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "file"]


def test_what_a_killed_program_had_begun_to_write_is_removed(tmp_path: Path) -> None:
    for name in (".0123abcd.fakeapns", ".0123abcd", "0123abcd.fakeapns", ".0123abcde.fakeapns"):
        (tmp_path / name).touch()
    remove_unfinished(tmp_path)
    remove_unfinished(tmp_path / "nowhere")
    assert len(list(tmp_path.iterdir())) == 3
