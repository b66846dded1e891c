"""Told to end, once or many times, early or late: everything is put away, and the code is right."""

from __future__ import annotations

import fcntl
import importlib
import os
import pty
import signal
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import trio
from click.testing import CliRunner

from fakeapns import FakeAPNs
from fakeapns.cli import main
from fakeapns.cli.stopping import Stop, ending_signals, heeding
from tests.frames import enhanced
from tests.pipes import full_pipe
from tests.processes import (
    FREE_PORTS,
    PATIENCE,
    PROGRAM,
    Server,
    environment,
    read_ledger,
    serving,
)

INT, TERM, HUP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
OPTIONS = ("--ledger", "record.jsonl", "--ready-file", "ready.json")
#: So many that minting goes on for long.
TOPICS = [word for each in range(200) for word in ("--topic", f"com.example.t{each}")]


def pelt(process: subprocess.Popen[str], numbers: Sequence[signal.Signals]) -> int:
    """Send these signals in turn, a hundred times or until the process is gone; its exit code."""
    for _ in range(100):
        for number in numbers:
            if process.poll() is None:
                process.send_signal(number)
    return process.wait(PATIENCE)


# ---- serve ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "numbers", [[INT], [TERM], [HUP], [INT, TERM, HUP], [HUP, INT], [TERM, TERM, INT]], ids=str
)
def test_whatever_ends_a_server_and_however_often_it_ends_in_order(
    tmp_path: Path, numbers: list[signal.Signals]
) -> None:
    with serving(tmp_path, *OPTIONS) as server:
        with server.dial() as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(enhanced())
            # Whatever is told of it is on record: that is what this answer relies on.
            connection.sendall(enhanced(7, token=b""))
            assert connection.recv(6) == bytes([8, 2, 0, 0, 0, 7])
            assert pelt(server.process, numbers) == 0
        assert "Traceback" not in server.log
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix != ".txt") == [
        "certs",
        "record.jsonl",
    ]
    kinds = [each["kind"] for each in read_ledger(tmp_path / "record.jsonl")]
    told = ["connection.opened", "notification", "notification", "response", "connection.closed"]
    assert kinds == ["server.started", *told]


def test_a_server_heard_hangups_stays_when_its_terminal_goes(tmp_path: Path) -> None:
    def nohup() -> None:
        signal.signal(HUP, signal.SIG_IGN)

    with Server(tmp_path, *FREE_PORTS, prepare=nohup) as server:
        server.wait()
        server.process.send_signal(HUP)
        server.dial().close()
        assert server.end() == 0


def test_a_server_in_the_background_of_a_shell_ends_by_sigint(tmp_path: Path) -> None:
    def background() -> None:
        signal.signal(INT, signal.SIG_IGN)

    with Server(tmp_path, *FREE_PORTS, prepare=background) as server:
        server.wait()
        assert server.end(INT) == 0


@pytest.mark.parametrize("numbers", [[INT], [TERM, HUP]], ids=str)
def test_a_server_that_still_mints_ends_as_well(
    tmp_path: Path, numbers: list[signal.Signals]
) -> None:
    with Server(tmp_path, *FREE_PORTS, *OPTIONS, *TOPICS) as server:
        while not list(tmp_path.glob("certs/com.example.*.pem")):
            assert server.process.poll() is None, server.log
        assert pelt(server.process, numbers) == 0
        assert server.log == ""
        assert server.rest() == ""
    assert len(list(tmp_path.glob("certs/com.example.*.pem"))) < 200
    assert not (tmp_path / "ready.json").exists()
    with Server(tmp_path, *FREE_PORTS) as again:
        again.wait()
        assert again.end() == 0


def test_a_server_that_still_waits_for_its_scenario_ends_as_well(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    os.mkfifo(scenario)
    with Server(tmp_path, *FREE_PORTS, "--scenario", scenario) as server:
        # It returns once the server has begun to read.
        writing = os.open(scenario, os.O_WRONLY)
        assert pelt(server.process, [TERM, INT]) == 0
        os.close(writing)
        assert server.log == ""


def test_a_server_whose_terminal_is_closed_ends_in_order(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "serve", *FREE_PORTS, *OPTIONS],
        cwd=tmp_path,
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    try:
        told = b""
        while b"\nready" not in told:
            told += os.read(ours, 1000)
        os.close(ours)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
    assert not (tmp_path / "ready.json").exists()
    assert [each["kind"] for each in read_ledger(tmp_path / "record.jsonl")] == ["server.started"]


# ---- the others -----------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [[INT], [TERM, INT], [HUP]], ids=str)
def test_send_says_what_was_sent(tmp_path: Path, numbers: list[signal.Signals]) -> None:
    with FakeAPNs().in_thread() as apns:
        process = subprocess.Popen(
            [*PROGRAM, "send", "--count", "7", "--settle", "3600"],
            cwd=tmp_path,
            env=environment(apns.environment()),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            apns.wait_for(7, timeout=PATIENCE)
            assert pelt(process, numbers) == 1
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert out == "sent 7, accepted 0, refused 0, resent 0, connections 1\n"
    assert err == (
        "Error: interrupted: of 7 notifications 0 were not sent, and of 7 that were nobody knows "
        "what became of them\n"
    )


@pytest.mark.parametrize("number", [INT, TERM, HUP])
def test_ready_is_interrupted_in_one_sentence(tmp_path: Path, number: signal.Signals) -> None:
    there = tmp_path / "ready.json"
    os.mkfifo(there)
    process = subprocess.Popen(
        [*PROGRAM, "ready", "--ready-file", there, "--wait", "3600"],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        writing = os.open(there, os.O_WRONLY)
        assert pelt(process, [number]) == 1
        os.close(writing)
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert err == "Error: interrupted\n"


def test_who_waits_for_a_reader_is_interrupted_as_well(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    os.mkfifo(scenario)
    with full_pipe() as stdout:
        process = subprocess.Popen(
            [*PROGRAM, "check", scenario],
            env=environment(),
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            scenario.write_text('about = "fine"\n')
            assert pelt(process, [TERM, INT]) == 1
            _, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert err == "Error: interrupted\n"


@pytest.fixture
def heard_hangups() -> Iterator[None]:
    """SIGHUP as it is without nohup, which has it ignored, as any program is to go on doing."""
    before = signal.signal(HUP, signal.SIG_DFL)
    yield
    signal.signal(HUP, before)


@pytest.mark.usefixtures("heard_hangups")
@pytest.mark.parametrize("number", [INT, TERM, HUP])
def test_a_demo_is_interrupted_in_one_sentence(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def careless(*of_no_interest: object) -> None:
        for _ in range(3):
            signal.raise_signal(number)
        await trio.sleep_forever()

    monkeypatch.setattr(importlib.import_module("fakeapns.cli.demo_gateway"), "_careless", careless)
    before = list(map(signal.getsignal, ending_signals()))
    result = CliRunner().invoke(main, ["demo"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: interrupted\n"
    assert list(map(signal.getsignal, ending_signals())) == before


# ---- the mechanism --------------------------------------------------------------------------


def test_a_signal_that_nobody_has_dealt_with_is_not_the_last_that_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    stop = Stop()
    with heeding(stop):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(TERM)
        signal.raise_signal(TERM)
        # As if Python had lost the first one.
        now = 5.0
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(HUP)
        stop.noticed()
        now = 10.0
        signal.raise_signal(INT)
    assert stop.told


async def test_who_was_told_before_does_not_wait(tmp_path: Path) -> None:
    stop = Stop()
    stop.noticed()
    with trio.fail_after(PATIENCE), stop.cancelling() as scope:
        await trio.sleep_forever()
    assert scope.cancelled_caught


def test_a_signal_behind_the_end_of_trio_disturbs_nobody() -> None:
    stop = Stop()

    async def work() -> None:
        with stop.cancelling():
            pass

    with heeding(stop):
        trio.run(work)
        signal.raise_signal(TERM)
    assert stop.told


def test_windows_has_no_hangup_and_a_break(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)
    assert ending_signals() == [INT, TERM, signal.SIGUSR1]
    with heeding(Stop()), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGUSR1)
