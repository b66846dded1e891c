"""Which ports `serve` listens on for the provider API, asked for or not."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.processes import FREE_PORTS, PATIENCE, Server, read_ledger, run, serving

DEVICE = "/3/device/" + "1b" * 32


def free() -> int:
    """A port that nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_its_own_port_is_apples_alternative_and_any_other_where_that_is_taken(
    tmp_path: Path,
) -> None:
    ports = ("--gateway-port", str(free()), "--feedback-port", str(free()))
    with socket.socket() as ours:
        # Whoever has it now, it is taken.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind(("127.0.0.1", 2197))
            ours.listen()
        except OSError:
            pass
        with Server(tmp_path, *ports) as server:
            server.wait()
            _, port = server.address("api")
            assert port != 2197
            [line] = [each for each in server.log.splitlines() if "2197" in each]
            assert f"port 2197 is in use: {port} in its place" in line
            assert f"tell the other commands by --api-port {port}, or by a ready file" in line
            socket.create_connection(server.address("api"), PATIENCE).close()


@pytest.mark.parametrize("zero", ["--gateway-port", "--feedback-port"])
def test_it_is_any_where_one_of_the_others_is(tmp_path: Path, zero: str) -> None:
    other = {"--gateway-port": "--feedback-port", "--feedback-port": "--gateway-port"}[zero]
    with Server(tmp_path, zero, "0", other, str(free())) as server:
        server.wait()
        assert server.address("api")[1] != 2197
        assert "2197" not in server.log


@pytest.mark.parametrize("option", ["--api-port", "--plain-api-port", "--proxy-port"])
def test_one_that_is_asked_for_and_taken_is_one_sentence(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", *FREE_PORTS, option, str(port), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith(f"Error: port {port} is in use")
    assert f"choose another with {option}" in sentence


def test_the_default_that_is_asked_for_is_asked_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", *FREE_PORTS, cwd=tmp_path, env={"FAKEAPNS_API_PORT": port})
    assert done.returncode == 1
    assert f"port {port} is in use" in done.stderr


def test_a_port_without_tls_is_there_when_asked_for_and_told_everywhere(tmp_path: Path) -> None:
    files = ("--ready-file", "ready.json", "--ledger", "run.jsonl")
    with serving(tmp_path, "--plain-api-port", "0", *files, "--quiet") as server:
        host, port = server.address("plain-api")
        found = json.loads((tmp_path / "ready.json").read_text())
        assert found["plain_api"] == {"host": host, "port": port, "url": f"http://{host}:{port}"}
        # Not promised to be here, even in CI.
        if shutil.which("curl") is None:
            pytest.skip("curl is missing, so nothing here proves that the plain port answers")
        plain = [f"{found['plain_api']['url']}{DEVICE}", "--http2-prior-knowledge"]
        secured = [f"{found['api']['url']}{DEVICE}", "--http2", "--cacert", found["ca"]]
        signed = [*secured, "--cert", found["clients"]["com.example.app"]["pem"]]
        for arguments, status, reason in (
            (plain, "403", "MissingProviderToken"),
            (secured, "403", "MissingProviderToken"),
            (signed, "200", ""),
        ):
            command = ["curl", "--silent", "--data", "{}", "--write-out", " %{http_code}"]
            done = subprocess.run(
                [*command, *arguments],
                cwd=tmp_path,
                timeout=PATIENCE,
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout.endswith(status)
            assert reason in done.stdout
        assert server.end() == 0
    opened = [each for each in read_ledger(tmp_path / "run.jsonl") if "alpn" in each]
    assert [(each["tls"], each["alpn"]) for each in opened] == [
        (None, None),
        ("TLSv1.3", "h2"),
        ("TLSv1.3", "h2"),
    ]


def test_without_being_asked_there_is_no_port_without_tls(tmp_path: Path) -> None:
    with serving(tmp_path, "--ready-file", "ready.json") as server:
        assert server.values("plain-api") == []
        assert "plain_api" not in json.loads((tmp_path / "ready.json").read_text())


def test_a_proxy_is_there_when_asked_for_and_told_everywhere(tmp_path: Path) -> None:
    with serving(
        tmp_path, "--ready-file", "ready.json", env={"FAKEAPNS_PROXY_PORT": "0"}
    ) as server:
        host, port = server.address("proxy")
        found = json.loads((tmp_path / "ready.json").read_text())
        assert found["proxy"] == {"host": host, "port": port, "url": f"http://{host}:{port}"}
        [ready] = server.values("ready")
        assert ready.endswith(f" proxy {host}:{port}")
        for command in (["env"], ["env", "--for", "go"]):
            told = run(*command, "--ready-file", "ready.json", cwd=tmp_path).stdout
            assert f"export APNS_PROXY=http://{host}:{port}\n" in told
        assert run("ready", "--ready-file", "ready.json", cwd=tmp_path).returncode == 0
        with socket.create_connection((host, port), PATIENCE) as connection:
            connection.sendall(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 403"


def test_without_being_asked_there_is_no_proxy(tmp_path: Path) -> None:
    with serving(tmp_path, "--ready-file", "ready.json") as server:
        assert server.values("proxy") == []
        assert "proxy" not in server.values("ready")[0]
        assert "proxy" not in json.loads((tmp_path / "ready.json").read_text())
        assert "APNS_PROXY" not in run("env", "--ready-file", "ready.json", cwd=tmp_path).stdout
