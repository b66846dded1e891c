"""The log of `serve` when nobody reads it: the server goes on, and ends when it is told to."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakeapns.cli import log, outlet
from fakeapns.cli.log import LogWriter, logging_to_stderr
from tests.frames import enhanced
from tests.processes import FREE_PORTS, PATIENCE, Server, read_ledger

LINE = "    1.250s fault connection=1 step=1 fault=drop detail=reset"
#: More than a pipe and the writer's own room hold together.
FLOOD = 12_000


class Clogged(io.StringIO):
    """A stderr whose reader does nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck = threading.Event()
        self.reading = threading.Event()

    def write(self, text: str) -> int:
        self.stuck.set()
        self.reading.wait(PATIENCE)
        # Whoever has waited for it so long has failed: the others need not.
        self.reading.set()
        return super().write(text)


@contextlib.contextmanager
def clogged() -> Iterator[Clogged]:
    """Such a stderr, in place of the usual one; read in the end, so that no thread is left."""
    stderr = Clogged()
    with contextlib.redirect_stderr(stderr):
        yield stderr
        stderr.reading.set()
        for thread in threading.enumerate():
            if thread.name == "fakeapns output":
                thread.join(PATIENCE)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def clog(writer: LogWriter, stderr: Clogged, waiting: int) -> None:
    """Log one line that is stuck, and so many behind it."""
    writer.line(LINE)
    assert stderr.stuck.wait(PATIENCE)
    for _ in range(waiting):
        writer.line(LINE)


def test_nobody_waits_for_the_reader_and_what_has_no_room_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outlet, "MOST", 10)
    monkeypatch.setattr(log, "FAREWELL", 0.0)
    with clogged() as stderr:
        writer = LogWriter(as_json=False)
        clog(writer, stderr, 17)
        assert writer.left_out == 7
        writer.close()
    told = "7 lines were left out: nobody read them fast enough"
    assert stderr.getvalue().splitlines() == [LINE] * 11 + [told]


def test_a_reader_that_keeps_up_misses_nothing() -> None:
    with clogged() as stderr, logging_to_stderr(as_json=False) as writer:
        stderr.reading.set()
        for _ in range(1000):
            writer.line(LINE)
        logging.getLogger("fakeapns").warning("a %s", "warning")
    assert stderr.getvalue() == f"{LINE}\n" * 1000 + "a warning\n"
    assert writer.left_out == 0


def test_as_json_messages_are_objects_as_entries_are() -> None:
    with clogged() as stderr, logging_to_stderr(as_json=True):
        stderr.reading.set()
        logging.getLogger("fakeapns").warning("a %s", "warning")
    message = json.loads(stderr.getvalue())
    assert message == {"level": "warning", "message": "a warning"}


def test_closing_does_not_wait_for_a_reader_that_never_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log, "FAREWELL", 0.0)
    with clogged() as stderr:
        writer = LogWriter(as_json=False)
        clog(writer, stderr, 2)
        writer.close()
        assert stderr.getvalue() == ""
    assert stderr.getvalue() == f"{LINE}\n" * 3


def test_a_server_whose_log_nobody_reads_serves_on_and_ends_as_told(
    tmp_path: Path, pipe: tuple[int, int]
) -> None:
    options = (*FREE_PORTS, "--ledger", "record.jsonl")
    with Server(tmp_path, *options, stderr=pipe[1]) as server:
        server.wait()
        with server.dial() as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(enhanced() * FLOOD + enhanced(7, token=b""))
            # It has judged them all, and a log that holds it up would have kept it from that.
            assert connection.recv(6) == bytes([8, 2, 0, 0, 0, 7])
        # Stuck in a write, its thread must not keep the interpreter from ending, either.
        assert server.end() == 0
    kinds = [each["kind"] for each in read_ledger(tmp_path / "record.jsonl")]
    assert kinds.count("notification") == FLOOD + 1
    assert kinds[-1] == "connection.closed"


def test_a_server_whose_log_is_cut_off_serves_on(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with Server(tmp_path, *FREE_PORTS, stderr=writing) as server:
        os.close(writing)
        os.close(reading)
        server.wait()
        for _ in range(2):
            with server.dial() as connection:
                connection.settimeout(PATIENCE)
                connection.sendall(enhanced(7, token=b""))
                assert connection.recv(6) == bytes([8, 2, 0, 0, 0, 7])
        assert server.end() == 0
