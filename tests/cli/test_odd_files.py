"""A pipe, a device or a huge file wherever a command wants a file: a sentence, or it works."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from fakeapns import FakeAPNs
from fakeapns.scenario import find_scenario
from tests.frames import enhanced
from tests.processes import (
    FREE_PORTS,
    PATIENCE,
    PROGRAM,
    Server,
    environment,
    read_ledger,
    run,
    serving,
)

pytestmark = pytest.mark.skipif(not Path("/dev/zero").exists(), reason="not on this system")

WORK = '{"token":"' + "ab" * 32 + '","payload":{"aps":{"alert":"Hi"}}}\n'
ODD = ["pipe", "folder", "huge", "/dev/zero", "/dev/null"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all that is odd, and what commands need besides."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 31)
    (tmp_path / "work.jsonl").write_text(WORK)
    return tmp_path


def sentence(folder: Path, *arguments: str, code: int) -> str:
    """What a command says about what it was given; it ends with this code."""
    done = run(*arguments, cwd=folder)
    assert done.returncode == code, done.stderr
    [line] = (done.stdout + done.stderr).splitlines()
    return line


@pytest.mark.parametrize("name", ODD[:-1])
@pytest.mark.parametrize(
    "command", [["check"], ["scenarios", "show"], ["serve", *FREE_PORTS, "--scenario"]], ids=str
)
def test_a_scenario(folder: Path, command: Sequence[str], name: str) -> None:
    given = f"./{name}" if not name.startswith("/") else name
    told = sentence(folder, *command, given, code=3)
    assert ":1:1: cannot be read: " in told


@pytest.mark.parametrize("name", ODD[:-1])
def test_a_scenario_of_chaos(folder: Path, name: str) -> None:
    given = f"./{name}" if not name.startswith("/") else name
    told = sentence(folder, "chaos", "--scenario", given, "--", "true", code=3)
    assert ":1:1: cannot be read: " in told


@pytest.mark.parametrize("name", ODD)
def test_a_work_list_to_send(folder: Path, name: str) -> None:
    with FakeAPNs().in_thread() as apns:
        done = run("send", "--work", name, cwd=folder, env=apns.environment())
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "work list" in line or "nothing to send" in line or "huge:1: " in line


@pytest.mark.parametrize("name", ODD)
def test_a_ledger_to_audit(folder: Path, name: str) -> None:
    told = sentence(folder, "audit", name, "--intended", "work.jsonl", code=2)
    assert "cannot read the ledger" in told or "is no ledger" in told


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("command", ["ready", "env", "send"])
def test_a_ready_file_to_read(folder: Path, command: str, name: str) -> None:
    told = sentence(folder, command, "--ready-file", name, code=1)
    assert "cannot read the ready file" in told or "is no ready file" in told


@pytest.mark.parametrize("name", ["pipe", "folder", "/dev/null"])
def test_a_ready_file_to_write(folder: Path, name: str) -> None:
    told = sentence(folder, "serve", *FREE_PORTS, "--ready-file", name, code=1)
    assert "choose another path" in told
    assert os.path.exists(folder / name)
    assert not os.path.isfile(folder / name)


@pytest.mark.parametrize("name", ["pipe", "folder"])
def test_a_ledger_to_write(folder: Path, name: str) -> None:
    told = sentence(folder, "serve", *FREE_PORTS, "--ledger", name, code=1)
    assert told.startswith(f"Error: cannot write the ledger {name}: ")
    assert told.endswith("; give --ledger another file")


def test_a_ledger_that_is_a_full_device(folder: Path) -> None:
    told = sentence(folder, "serve", *FREE_PORTS, "--ledger", "/dev/full", code=1)
    assert "No space left on device; make room" in told


def test_a_ledger_that_is_no_file_to_keep(folder: Path) -> None:
    with serving(folder, "--ledger", "/dev/null") as server:
        assert server.end() == 0


@pytest.mark.parametrize("option", ["--json", "--junit", "--html"])
def test_a_report_that_nobody_reads(folder: Path, option: str) -> None:
    told = sentence(folder, "chaos", option, "pipe", "--", "true", code=1)
    assert told == (
        "Error: cannot write the report pipe: nobody reads this pipe; choose another file"
    )


# ---- what works -----------------------------------------------------------------------------


def test_a_ledger_goes_through_a_pipe_that_is_read(folder: Path) -> None:
    reading = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with Server(folder, *FREE_PORTS, "--ledger", "pipe") as server:
        server.wait()
        with server.dial() as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(enhanced(7, token=b""))
            assert connection.recv(6) == bytes([8, 2, 0, 0, 0, 7])
        assert server.end() == 0
    (folder / "copy.jsonl").write_bytes(os.read(reading, 1 << 16))
    os.close(reading)
    assert read_ledger(folder / "copy.jsonl")[-1]["kind"] == "connection.closed"


def test_a_ledger_whose_reader_sleeps_holds_up_nobody_and_is_no_success(folder: Path) -> None:
    reading = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with Server(folder, *FREE_PORTS, "--ledger", "pipe", "--quiet") as server:
        server.wait()
        with server.dial() as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(enhanced() * 2000 + enhanced(7, token=b""))
            assert connection.recv(6) == bytes([8, 2, 0, 0, 0, 7])
        assert server.end() == 1
        [told] = server.log.splitlines()
    os.close(reading)
    assert "of the ledger pipe: nobody reads this pipe; give --ledger a file" in told


def test_a_shell_may_hand_in_what_another_command_prints(folder: Path) -> None:
    with serving(folder, "--ledger", "record.jsonl") as server:
        address = server.address()
        sent = run(
            *("send", "--gateway-port", str(address[1]), "--work", "work.jsonl", "--settle", "0"),
            cwd=folder,
        )
        assert sent.returncode == 0, sent.stderr
        assert server.end() == 0
    program = " ".join(PROGRAM)
    story = find_scenario("drop-by-reset")
    for line, told in (
        (f"{program} check <(cat {story})", "fine"),
        (f"cat {story} | {program} check /dev/stdin", "/dev/stdin: fine"),
        (f"{program} audit <(cat record.jsonl) --intended <(cat work.jsonl)", "out_of_order 0"),
        (f"{program} audit record.jsonl --intended work.jsonl --json >(cat >&2)", "out_of_order 0"),
    ):
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert (done.returncode, told in done.stdout) == (0, True), (line, done)


def test_a_report_goes_to_whoever_reads_a_pipe(folder: Path) -> None:
    reading = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    story = ("--service", "gateway", "--scenario", "acknowledged", "--count", "3")
    done = run("chaos", *story, "--json", "pipe", "--", "true", cwd=folder)
    assert done.returncode == 4, done.stderr
    assert json.loads(os.read(reading, 1 << 16))["planned"] == 1
    os.close(reading)


def test_a_scenario_comes_through_a_pipe_to_the_server(folder: Path) -> None:
    with Server(folder, *FREE_PORTS, "--scenario", "./pipe", "--ledger", "record.jsonl") as server:
        (folder / "pipe").write_text('about = "through a pipe"\n')
        server.wait()
        assert server.end() == 0
    started = json.loads((folder / "record.jsonl").read_text().splitlines()[0])
    assert started["scenario"] == "pipe"
