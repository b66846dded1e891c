"""Reports into pipes: whoever reads gets all of it, and nobody hangs where nobody reads."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import pytest

from fakeapns import outputs
from fakeapns.errors import StartError
from fakeapns.files import check_writable, write_whole


def test_to_look_at_a_pipe_is_not_its_end(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(StartError, match="nobody reads this pipe; choose another file"):
        check_writable(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    check_writable(path)
    with pytest.raises(BlockingIOError):
        os.read(reading, 100)
    write_whole(path, b"all of it")
    assert os.read(reading, 100) == b"all of it"
    os.close(reading)


def test_who_reads_a_pipe_slowly_is_waited_for_and_who_sleeps_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, much = tmp_path / "pipe", bytes(1 << 20)
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    read: list[bytes] = []
    thread = threading.Thread(target=write_whole, args=(path, much))
    thread.start()
    while sum(map(len, read)) < len(much):
        with contextlib.suppress(BlockingIOError):
            read.append(os.read(reading, 1 << 16))
    thread.join()
    monkeypatch.setattr(outputs, "LOOKS", 2)
    with pytest.raises(StartError, match="nobody reads this pipe"):
        write_whole(path, much)
    os.close(reading)
