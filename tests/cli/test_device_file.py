"""`serve --devices`: devices in a file, which SIGHUP has read again."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.frames import enhanced
from tests.processes import FREE_PORTS, Server, run

KNOWN, OTHER, NOBODYS = (bytes([number]) * 32 for number in (1, 2, 3))
HUP = getattr(signal, "SIGHUP", None)
with_sighup = pytest.mark.skipif(HUP is None, reason="Windows has no SIGHUP")


def line(token: bytes) -> str:
    """A device."""
    return f'{{"token": "{token.hex()}", "topic": "com.example.app"}}\n'


@contextlib.contextmanager
def serving_devices(folder: Path, *options: str) -> Iterator[tuple[Server, IO[str], Path]]:
    """A server that knows one device, what it logs, and the file."""
    path = folder / "devices.jsonl"
    path.write_text(line(KNOWN))
    reading, writing = os.pipe()
    named = (*FREE_PORTS, "--api-port", "0", "--devices", str(path), "--tokens", "registered")
    with open(reading) as log, Server(folder, *named, *options, stderr=writing) as server:
        os.close(writing)
        server.wait()
        yield server, log, path


def knows(server: Server, *tokens: bytes) -> bool:
    """Whether it takes these tokens."""
    with server.dial() as connection:
        frames = [enhanced(number, each) for number, each in enumerate((*tokens, NOBODYS), 1)]
        connection.sendall(b"".join(frames))
        answer = connection.recv(6)
    assert answer[1] == 8
    return int.from_bytes(answer[2:], "big") == len(frames)


def logged(log: IO[str], what: str) -> str:
    """The next line of the log that says so."""
    return next(each for each in log if what in each)


def test_those_in_it_are_known_from_the_start(tmp_path: Path) -> None:
    with serving_devices(tmp_path) as (server, _, _):
        assert knows(server, KNOWN)
        assert not knows(server, OTHER)
        assert server.end() == 0


@with_sighup
def test_sighup_has_it_read_again_and_ends_nothing(tmp_path: Path) -> None:
    assert HUP is not None
    with serving_devices(tmp_path) as (server, log, path):
        path.write_text(line(OTHER))
        server.process.send_signal(HUP)
        said = logged(log, "was read again")
        assert said.strip() == f"{path} was read again: of its devices 1 new, 1 gone, 0 changed"
        assert knows(server, OTHER)
        assert not knows(server, KNOWN)
        assert server.end() == 0


@with_sighup
def test_a_broken_line_is_logged_once_and_the_old_devices_stay(tmp_path: Path) -> None:
    assert HUP is not None
    with serving_devices(tmp_path, "--quiet") as (server, log, path):
        path.write_text(line(OTHER) + "nothing\n")
        server.process.send_signal(HUP)
        said = logged(log, "devices")
        assert said.startswith(f"{path}:2: the line is not JSON")
        assert said.rstrip().endswith("; all devices stay as they were")
        assert knows(server, KNOWN)
        assert not knows(server, OTHER)
        path.unlink()
        server.process.send_signal(HUP)
        assert "cannot read the devices in" in logged(log, "devices")
        assert knows(server, KNOWN)
        assert server.end() == 0


@with_sighup
def test_every_signal_else_ends_it_as_ever(tmp_path: Path) -> None:
    with serving_devices(tmp_path) as (server, _, _):
        assert server.end(signal.SIGINT) == 0


def test_at_the_start_a_broken_line_is_a_sentence_and_nothing_listens(tmp_path: Path) -> None:
    (tmp_path / "devices.jsonl").write_text(line(KNOWN) + '{"token": "123", "topic": "a"}\n')
    done = run("serve", "--devices", "devices.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: devices.jsonl:2: '123' is no device token: write an even")
    assert len(done.stderr.splitlines()) == 1
