"""Whatever a name stands for, it is read to its end, or refused with a reason; nobody hangs."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from fakeapns import inputs
from fakeapns.inputs import open_input, read_input

ZERO = Path("/dev/zero")


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"all of it")
    assert read_input(path) == read_input(path, 9) == b"all of it"
    with pytest.raises(ValueError, match="no end, or more than 8 bytes; give another file"):
        read_input(path, 8)


def test_a_pipe_is_read_to_its_end_and_may_be_searched(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    much = bytes(range(256)) * 1000
    threads = [threading.Thread(target=path.write_bytes, args=(much,)) for _ in range(2)]
    threads[0].start()
    with open_input(path) as file:
        file.seek(-1, os.SEEK_END)
        assert file.read() == b"\xff"
        assert os.fstat(file.fileno()).st_size == len(much)
    threads[1].start()
    assert read_input(path) == much
    for thread in threads:
        thread.join()


def test_what_was_written_before_anybody_reads_is_there(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"early")
    os.close(writing)
    assert read_input(Path(f"/dev/fd/{reading}")) == b"early"
    os.close(reading)


def test_a_writer_that_is_slow_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    thread = threading.Thread(target=lambda: read.append(read_input(path)))
    thread.start()
    # It returns once the pipe is open to read.
    with path.open("wb", buffering=0) as writer:
        writer.write(b"one ")
        writer.write(b"two")
    thread.join()
    assert read == [b"one two"]


def test_a_pipe_that_nobody_writes_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "LOOKS", 2)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="a pipe that nobody writes to; start who does"):
        read_input(tmp_path / "pipe")


@pytest.mark.skipif(not ZERO.exists(), reason="no /dev/zero here")
def test_what_has_no_end_is_refused() -> None:
    with pytest.raises(ValueError, match="it has no end, or more than 16,777,216 bytes"):
        read_input(ZERO)
    with pytest.raises(ValueError, match="it has no end, or more than 268,435,456 bytes"):
        open_input(ZERO)


def test_a_huge_file_is_refused_unless_it_is_only_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(1 << 33)
    with pytest.raises(ValueError, match="more than 16,777,216 bytes"):
        read_input(path)
    open_input(path).close()


def test_a_folder_and_what_is_not_there_are_what_the_system_says(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="Is a directory"):
        open_input(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_input(tmp_path / "none")
    with pytest.raises(ValueError, match="null"):
        open_input(Path("a\0b"))


def test_where_files_do_not_tell_whether_they_block_they_are_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "_NOT_BLOCKING", 0)
    path = tmp_path / "file"
    path.write_bytes(b"all of it")
    assert read_input(path) == b"all of it"
