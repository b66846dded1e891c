"""`ready`: yes or no, and why not."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakeapns import StartError
from fakeapns.cli import main
from fakeapns.provider import Address, check_listening
from tests.processes import PATIENCE, PROGRAM, environment, serving


def ready(*arguments: str | Path) -> Result:
    """What the command says."""
    return CliRunner().invoke(main, ["ready", *map(str, arguments)])


def test_a_running_server_is_ready_by_its_file_and_by_its_port(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with serving(tmp_path, "--ready-file", path) as server:
        (host, port), api = server.address(), server.address("api")[1]
        ports = "--gateway-port", str(port)
        for arguments, also in (
            (("--ready-file", path), f" api {host}:{api}"),
            (ports, ""),
            ((*ports, "--api-port", str(api)), f" api {host}:{api}"),
        ):
            result = ready(*arguments)
            assert result.exit_code == 0
            assert result.stdout == f"ready      gateway {host}:{port}{also}\n"


def test_a_server_whose_api_nobody_listens_at_is_not_ready(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with serving(tmp_path, "--ready-file", path) as server:
        told = json.loads(path.read_text())
        with socket.create_server(("127.0.0.1", 0)) as taken:
            told["api"]["port"] = taken.getsockname()[1]
        path.write_text(json.dumps(told))
        ports = "--gateway-port", str(server.address()[1])
        for arguments in (
            ("--ready-file", path),
            (*ports, "--api-port", str(told["api"]["port"])),
        ):
            result = ready(*arguments)
            assert (result.exit_code, result.stdout) == (1, "")
            assert f"nothing answers at 127.0.0.1:{told['api']['port']}" in result.stderr


def test_the_environment_names_the_ready_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKEAPNS_READY_FILE", str(tmp_path / "ready.json"))
    with serving(tmp_path, "--ready-file", "ready.json"):
        assert ready().exit_code == 0
    assert ready().exit_code == 1


def test_a_missing_file_is_not_ready(tmp_path: Path) -> None:
    result = ready("--ready-file", tmp_path / "ready.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "start `fakeapns serve --ready-file`" in result.stderr


def test_a_file_that_a_killed_server_left_over_is_not_ready(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with serving(tmp_path, "--ready-file", path) as server:
        server.process.kill()
        server.process.wait()
    assert path.exists()
    result = ready("--ready-file", path)
    assert result.exit_code == 1
    assert f"process {server.process.pid} is gone" in result.stderr


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"pid": 1})], ids=repr)
def test_a_file_that_is_no_ready_file_is_not_ready(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ready.json"
    path.write_text(content)
    result = ready("--ready-file", path)
    assert result.exit_code == 1
    assert "is no ready file of fakeapns" in result.stderr


def test_a_port_where_nobody_listens_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = ready("--gateway-port", str(port))
    assert result.exit_code == 1
    assert f"nothing answers at 127.0.0.1:{port}" in result.stderr


def listening_line(path: Path) -> list[str]:
    """What a server has recorded, without its start."""
    return [line for line in path.read_text().splitlines() if "server.started" not in line]


def test_asking_leaves_nothing_in_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with serving(tmp_path, "--ready-file", path, "--ledger", "run.jsonl") as server:
        _, port = server.address()
        for arguments in (("--ready-file", path), ("--gateway-port", str(port))):
            assert ready(*arguments).exit_code == 0
    assert listening_line(tmp_path / "run.jsonl") == []


def test_the_variables_of_env_name_the_server_as_they_do_for_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path) as server:
        host, port = server.address()
        monkeypatch.setenv("APNS_GATEWAY_HOST", host)
        monkeypatch.setenv("APNS_GATEWAY_PORT", str(port))
        assert ready().stdout == f"ready      gateway {host}:{port}\n"
        monkeypatch.setenv("APNS_API_HOST", host)
        monkeypatch.setenv("APNS_API_PORT", str(server.address("api")[1]))
        api = f"{host}:{server.address('api')[1]}"
        assert ready().stdout == f"ready      gateway {host}:{port} api {api}\n"
        # What is said wins.
        assert ready("--gateway-port", str(server.address("feedback")[1])).exit_code == 0
    result = ready()
    assert result.exit_code == 1
    assert f"nothing answers at {host}:{port}" in result.stderr


@pytest.mark.parametrize("pid", ["alive", 0, -1, 2**40])
def test_a_file_whose_port_nobody_listens_on_is_not_ready(tmp_path: Path, pid: int | str) -> None:
    path = tmp_path / "ready.json"
    with serving(tmp_path, "--ready-file", path):
        told = json.loads(path.read_text())
    # The number of a process is given again, and so is a left-over file to another process.
    told["pid"] = os.getpid() if pid == "alive" else pid
    path.write_text(json.dumps(told))
    result = ready("--ready-file", path)
    assert (result.exit_code, result.stdout) == (1, "")
    said = "nothing answers at" if pid == "alive" else f"process {pid} is gone"
    assert said in result.stderr


def test_without_knowing_ports_of_this_machine_it_connects() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = Address("127.0.0.1", server.getsockname()[1])
        check_listening(address, knock=True)
        server.accept()[0].close()
        check_listening(address)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    for knock in (False, True):
        with pytest.raises(StartError, match="nothing answers at"):
            check_listening(address, knock=knock)


def test_waiting_outlasts_the_start(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    # The file is there from the first look on, so a `ready` that does not wait says no.
    path.write_text("{}")
    waiting = subprocess.Popen(
        [*PROGRAM, "ready", "--ready-file", path, "--wait", str(PATIENCE)],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    with serving(tmp_path, "--ready-file", path):
        told, _ = waiting.communicate(timeout=PATIENCE)
    assert (waiting.returncode, told[:5]) == (0, "ready")


def test_waiting_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fakeapns", "ready", "--ready-file", "no.json", "--wait", "0.2"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
