"""Which server and which certificate `env`, `send` and `ready` are about."""

from __future__ import annotations

import json
import os
import shlex
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fakeapns.cli import main
from tests.processes import environment, read_ledger, serving

#: Alphabetically in front of the usual one, all of them.
UNUSUAL = [
    ("--kind", "voip"),
    ("--scope", "sandbox"),
    ("--validity", "expired"),
    ("--kind", "mac", "--scope", "production", "--validity", "not-yet-valid"),
]


def call(*arguments: str | Path, env: dict[str, str] | None = None) -> Result:
    """What a command says, in this environment and nothing else that is ours."""
    ours = {name: None for name in os.environ if name not in environment()}
    return CliRunner().invoke(main, [*map(str, arguments)], env={**ours, **(env or {})})


def certs(folder: Path, *arguments: str) -> Path:
    """Mint into a folder."""
    assert call("certs", "--certs", folder, *arguments).exit_code == 0
    return folder


def exported(result: Result) -> dict[str, str]:
    """The variables that `env` prints."""
    assert result.exit_code == 0, result.output
    words = shlex.split(result.stdout)
    return dict(word.split("=", 1) for word in words if "=" in word)


# ---- which certificate ------------------------------------------------------------------


def test_an_unusual_certificate_is_never_the_one_to_use(tmp_path: Path) -> None:
    for arguments in UNUSUAL:
        certs(tmp_path, "--topic", "com.example.zoo", *arguments)
    # Nothing but those: the folder was opened for the topic, so its usual one is there too.
    found = exported(call("env", "--certs", tmp_path))
    assert found["APNS_TOPIC"] == "com.example.zoo"
    assert found["APNS_CERT"] == str(tmp_path / "com.example.zoo.crt")


def test_an_unusual_certificate_alone_is_none(tmp_path: Path) -> None:
    certs(tmp_path, "--validity", "expired")
    for end in ("crt", "key", "pem", "p12"):
        (tmp_path / f"com.example.app.{end}").unlink()
    for command in ("env", "send"):
        result = call(command, "--certs", tmp_path)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "there are no client certificates" in result.stderr


def test_an_unusual_certificate_is_no_topic_to_choose(tmp_path: Path) -> None:
    certs(tmp_path, "--validity", "expired")
    result = call("env", "--certs", tmp_path, "--topic", "com.example.app--expired")
    assert result.exit_code == 2
    assert "use one of com.example.app, or" in result.stderr


def test_a_topic_that_is_called_like_a_kind_can_be_used(tmp_path: Path) -> None:
    certs(tmp_path, "--topic", "voip")
    assert exported(call("env", "--certs", tmp_path))["APNS_TOPIC"] == "voip"


def test_sending_takes_the_usual_certificate_of_a_folder_with_others(tmp_path: Path) -> None:
    with serving(tmp_path, "--ledger", "record.jsonl") as server:
        certs(tmp_path / "certs", "--validity", "expired", "--kind", "voip")
        port = str(server.address()[1])
        flags = ("--certs", tmp_path / "certs", "--gateway-port", port, "--settle", "0.1")
        assert call("send", *flags).exit_code == 0
        assert server.end() == 0
    [opened] = [
        each
        for each in read_ledger(tmp_path / "record.jsonl")
        if each["kind"] == "connection.opened"
    ]
    assert opened["topic"] == "com.example.app"


# ---- the environment --------------------------------------------------------------------


def test_what_the_server_was_told_in_the_environment_is_known_to_the_others(
    tmp_path: Path,
) -> None:
    # A free port is known afterwards only; the folder is the same for all.
    shared = {"FAKEAPNS_CERTS": str(tmp_path / "keys")}
    with serving(tmp_path, env=shared) as server:
        ports = {
            "FAKEAPNS_GATEWAY_PORT": str(server.address()[1]),
            "FAKEAPNS_FEEDBACK_PORT": str(server.address("feedback")[1]),
        }
        told = {**shared, **ports}
        found = exported(call("env", env=told))
        assert found["APNS_GATEWAY_PORT"] == ports["FAKEAPNS_GATEWAY_PORT"]
        assert found["APNS_FEEDBACK_PORT"] == ports["FAKEAPNS_FEEDBACK_PORT"]
        assert found["APNS_CA"] == str(tmp_path / "keys" / "ca.pem")
        sent = call("send", "--settle", "0.1", env=told)
        assert (sent.exit_code, sent.stderr) == (0, "")
        assert call("ready", env=told).stdout == (
            f"ready      gateway 127.0.0.1:{ports['FAKEAPNS_GATEWAY_PORT']}\n"
        )


def test_a_flag_wins_over_the_environment(tmp_path: Path) -> None:
    certs(tmp_path)
    told = {
        "FAKEAPNS_CERTS": str(tmp_path / "nowhere"),
        "FAKEAPNS_GATEWAY_PORT": "4001",
        "FAKEAPNS_FEEDBACK_PORT": "4002",
    }
    found = exported(call("env", "--certs", tmp_path, "--gateway-port", "4003", env=told))
    assert (found["APNS_GATEWAY_PORT"], found["APNS_FEEDBACK_PORT"]) == ("4003", "4002")


# ---- the ready file ---------------------------------------------------------------------


def paths(found: dict[str, Any]) -> list[str]:
    """All paths in a ready file."""
    [client] = found["clients"].values()
    return [found["ca"], found["ca_bundle"], found["truststore"], *client.values()]


def test_a_ready_file_can_be_used_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    # Its own paths are given as people write them: as seen from where the server runs.
    with serving(tmp_path, "--ready-file", "ready.json", "--certs", "sub/../certs") as server:
        found = json.loads((tmp_path / "ready.json").read_text())
        assert all(Path(path).parent == tmp_path / "certs" for path in paths(found))
        assert server.values("ca") == ["sub/../certs/ca.pem"]
        sent = call("send", "--ready-file", tmp_path / "ready.json", "--settle", "0.1")
        assert (sent.exit_code, sent.stderr) == (0, "")


def ready_file(folder: Path, **changed: Any) -> Path:
    """A ready file of a process that is there, with these values changed."""
    address = {"host": "127.0.0.1", "port": 1}
    client = {"certificate": "c.crt", "key": "c.key", "pem": "c.pem", "pkcs12": "c.p12"}
    usual = {
        "pid": os.getpid(),
        "gateway": address,
        "feedback": address,
        "ca": "ca.pem",
        "ca_bundle": "ca-bundle.pem",
        "truststore": "truststore.p12",
        "password": "fakeapns",
        "clients": {"com.example.app": client},
        "api": {**address, "url": "https://127.0.0.1:1"},
    }
    path = folder / "ready.json"
    path.write_text(json.dumps(usual | changed))
    return path


def test_ports_on_the_command_line_are_meant_whatever_the_ready_file_says(tmp_path: Path) -> None:
    certs(tmp_path, "--topic", "com.example.zoo")
    ends = {"certificate": "crt", "key": "key", "pem": "pem", "pkcs12": "p12"}
    files = {what: str(tmp_path / f"com.example.zoo.{end}") for what, end in ends.items()}
    found = {name: str(tmp_path / f"{name.replace('_', '-')}.pem") for name in ("ca", "ca_bundle")}
    told = ready_file(tmp_path, clients={"com.example.zoo": files}, **found)
    before = exported(call("env", "--ready-file", told))
    after = exported(call("env", "--ready-file", told, "--gateway-port", "7", "--api-port", "9"))
    changed = {name for name in before if before[name] != after[name]}
    gateway, api = {"APNS_GATEWAY_PORT", "APN_GATEWAY_URI"}, {"APNS_API_PORT", "APNS_API_URL"}
    assert changed == gateway | api
    assert (after["APNS_GATEWAY_PORT"], after["APNS_API_PORT"]) == ("7", "9")


def test_a_ready_file_made_up_for_tests_is_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        gateway = {"host": "127.0.0.1", "port": server.getsockname()[1]}
        api = {**gateway, "url": "https://127.0.0.1"}
        told = ready_file(tmp_path, gateway=gateway, api=api)
        assert call("ready", "--ready-file", told).exit_code == 0


@pytest.mark.parametrize("pid", [2**31, 2**63 - 1, 2**64])
@pytest.mark.parametrize("command", ["ready", "env", "send"])
def test_a_process_number_that_no_process_has_is_one_that_is_gone(
    tmp_path: Path, command: str, pid: int
) -> None:
    result = call(command, "--ready-file", ready_file(tmp_path, pid=pid))
    assert (result.exit_code, result.stdout) == (1, "")
    [sentence] = result.stderr.splitlines()
    assert f"process {pid} is gone" in sentence or "is no ready file of fakeapns" in sentence


@pytest.mark.parametrize("command", ["env", "send"])
def test_a_ready_file_without_clients_is_one_sentence(tmp_path: Path, command: str) -> None:
    result = call(command, "--ready-file", ready_file(tmp_path, clients={}))
    assert (result.exit_code, result.stdout) == (1, "")
    [sentence] = result.stderr.splitlines()
    assert sentence == "Error: the server has no client certificates: start it again"
