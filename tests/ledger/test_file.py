"""The record as a file: when entries are in it, torn lines, places that cannot be written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakeapns.errors import StartError
from fakeapns.ledger.bundle import Singles
from fakeapns.ledger.entries import FaultFired
from fakeapns.ledger.file import LedgerFile
from fakeapns.ledger.json_lines import encode_line
from fakeapns.ledger.ledger import Ledger

from ..moments import at

FAULT = FaultFired(
    seq=3, t=1.25, wall=1_577_836_800, connection=1, step=1, fault="drop", detail="reset"
)
LINE = encode_line(FAULT)
ONE = Singles([FAULT])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def test_entries_are_in_the_file_once_they_were_flushed(path: Path) -> None:
    file = LedgerFile(path)
    file.write(ONE, 3)
    assert path.read_bytes() == b""
    file.flush()
    assert path.read_bytes() == LINE
    file.flush()
    file.write(ONE, 3)
    file.close()
    assert path.read_bytes() == LINE * 2


def test_a_ledger_writes_itself_down(path: Path) -> None:
    file = LedgerFile(path)
    book = Ledger(sink=file)
    for step in (1, 2, 3):
        book.record(FaultFired, at(0), connection=1, step=step, fault="drop", detail="reset")
    book.flush()
    book.reset()
    book.record(FaultFired, at(0), connection=1, step=4, fault="drop", detail="reset")
    file.close()
    assert [json.loads(line)["seq"] for line in path.read_bytes().splitlines()] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("before", "between"),
    [
        (b"", b""),
        (b'{"kind":"fault"}\n', b""),
        (b'{"kind":"fault"}\n{"kind":"fau', b"\n"),
        (b"{", b"\n"),
        (b"\n", b""),
    ],
    ids=["empty", "whole", "torn", "one-byte", "only-a-newline"],
)
def test_a_line_that_an_earlier_run_left_torn_is_closed_first(
    path: Path, before: bytes, between: bytes
) -> None:
    path.write_bytes(before)
    file = LedgerFile(path)
    file.write(ONE, 3)
    file.close()
    assert path.read_bytes() == before + between + LINE


def test_a_pipe_is_a_file_too(pipe: tuple[int, int]) -> None:
    file = LedgerFile(f"/dev/fd/{pipe[1]}")
    file.write(ONE, 3)
    file.close()
    assert os.read(pipe[0], 10_000) == LINE


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"cannot write the ledger .*give --ledger another file"):
        LedgerFile(tmp_path)
    with pytest.raises(StartError, match=r"missing/ledger\.jsonl: No such file"):
        LedgerFile(tmp_path / "missing" / "ledger.jsonl")


def test_a_file_that_takes_no_more_is_said_in_one_sentence_and_can_be_closed() -> None:
    reading, writing = os.pipe()
    file = LedgerFile(f"/dev/fd/{writing}")
    os.close(writing)
    os.close(reading)
    file.write(ONE, 3)
    with pytest.raises(StartError, match=r"cannot write the ledger .*: Broken pipe; make room"):
        file.flush()
    file.close()
