"""Standard output and the log when nobody reads them: the server serves on, and ends as told."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
from pathlib import Path

import msgspec
import pytest

from fakeapns.provider import read_ready_file
from tests.frames import enhanced
from tests.pipes import full_pipe
from tests.processes import FREE_PORTS, PATIENCE, PROGRAM, Server, environment, read_ledger, run

OPTIONS = (*FREE_PORTS, "--ledger", "record.jsonl", "--ready-file", "ready.json")
#: Descriptors that a server gets in the test in which it has none left.
FEW = 40


def meet(server: Server, folder: Path) -> None:
    """Wait until it is ready, of which its block says nothing, and fill in what that would say."""
    done = run("ready", "--ready-file", "ready.json", "--wait", str(PATIENCE), cwd=folder)
    assert done.returncode == 0, done.stderr
    found = read_ready_file(folder / "ready.json")
    server.block = [
        ("gateway", f"{found.gateway.host}:{found.gateway.port}"),
        ("ca", found.ca),
        *(("client", f"{topic} {files.pem}") for topic, files in found.clients.items()),
    ]


def exchange(server: Server) -> None:
    """Send one notification that is refused."""
    with server.dial() as connection:
        connection.settimeout(PATIENCE)
        connection.sendall(enhanced(7, token=b""))
        assert connection.recv(6) == bytes([8, 2, 0, 0, 0, 7])


def test_a_block_that_nobody_reads_keeps_nobody_from_being_served(tmp_path: Path) -> None:
    with full_pipe() as stdout, Server(tmp_path, *OPTIONS, stdout=stdout) as server:
        meet(server, tmp_path)
        exchange(server)
        assert server.end() == 0
    assert not (tmp_path / "ready.json").exists()
    kinds = [each["kind"] for each in read_ledger(tmp_path / "record.jsonl")]
    assert kinds[-1] == "connection.closed"


def test_neither_is_read_and_it_ends_as_told(tmp_path: Path) -> None:
    with (
        full_pipe() as stdout,
        full_pipe() as stderr,
        Server(tmp_path, *OPTIONS, stdout=stdout, stderr=stderr) as server,
    ):
        meet(server, tmp_path)
        exchange(server)
        assert server.end() == 0


def test_a_block_that_is_cut_off_is_a_line_in_the_log(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with Server(tmp_path, *OPTIONS, stdout=writing) as server:
        os.close(writing)
        meet(server, tmp_path)
        exchange(server)
        assert server.end() == 0
        told = "standard output takes nothing (Broken pipe): serving without it"
        assert told in server.log.splitlines()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_log_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    with Server(tmp_path, *OPTIONS, stdout=full, stderr=full) as server:
        os.close(full)
        meet(server, tmp_path)
        exchange(server)
        assert server.end() == 0


def test_with_streams_that_are_closed_it_serves_as_well(tmp_path: Path) -> None:
    def close() -> None:
        os.close(1)
        os.close(2)

    with Server(tmp_path, *OPTIONS, prepare=close) as server:
        meet(server, tmp_path)
        exchange(server)
        assert server.end() == 0


def test_what_keeps_it_from_starting_is_not_waited_for_either(tmp_path: Path) -> None:
    with (
        full_pipe() as stderr,
        Server(tmp_path, *FREE_PORTS, "--ledger", "no/folder", stderr=stderr) as server,
    ):
        assert server.process.wait(PATIENCE) == 1


def test_out_of_descriptors_and_out_of_readers_it_ends_as_told(tmp_path: Path) -> None:
    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, FEW))

    with (
        full_pipe() as stderr,
        Server(tmp_path, *OPTIONS, stderr=stderr, prepare=few) as server,
        contextlib.ExitStack() as visitors,
    ):
        server.wait()
        for _ in range(2 * FEW):
            visitors.enter_context(socket.create_connection(server.address(), timeout=PATIENCE))
        assert server.end() == 0
    assert not (tmp_path / "ready.json").exists()


def test_out_of_descriptors_its_log_is_a_few_lines(tmp_path: Path) -> None:
    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, FEW))

    with Server(tmp_path, *OPTIONS, prepare=few) as server:
        server.wait()
        with contextlib.ExitStack() as visitors:
            for _ in range(2 * FEW):
                visitors.enter_context(socket.create_connection(server.address(), timeout=PATIENCE))
        # Now there are some again, as soon as it has noticed.
        served = False
        while not served:
            assert server.process.poll() is None
            with contextlib.suppress(OSError):
                exchange(server)
                served = True
        assert server.end() == 0
        log = server.log.splitlines()
    assert not any("Traceback" in line or line.startswith("  File") for line in log)
    assert any("no file descriptor left for another connection" in line for line in log)


def test_chaos_whose_progress_nobody_reads_plays_on(tmp_path: Path) -> None:
    with full_pipe() as stderr:
        done = subprocess.run(
            [*PROGRAM, "chaos", "--service", "gateway", "--scenario", "acknowledged", "--", "true"],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=stderr,
            timeout=PATIENCE,
            text=True,
        )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (4, "0 of 1 passed")


def test_an_interrupted_chaos_does_not_wait_for_a_reader_of_its_table(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    there = tmp_path / "there"
    os.mkfifo(there)
    command = f'[ "$APNS_SCENARIO" = acknowledged ] && exit; echo > {there}; sleep 3600'
    scenarios = (
        "--service",
        "gateway",
        "--scenario",
        "acknowledged",
        "--scenario",
        "slow-reader",
        "--json",
        report,
    )
    with full_pipe() as stdout, full_pipe() as stderr:
        process = subprocess.Popen(
            [*PROGRAM, "chaos", *map(str, scenarios), "--", "sh", "-c", command],
            cwd=tmp_path,
            env=environment(),
            stdout=stdout,
            stderr=stderr,
        )
        try:
            there.read_text()
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
                process.send_signal(number)
            assert process.wait(PATIENCE) == 1
        finally:
            process.kill()
            process.wait()
    found = msgspec.json.decode(report.read_bytes())
    assert (found["interrupted"], len(found["trials"])) == (True, 1)
