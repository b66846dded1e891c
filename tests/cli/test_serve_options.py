"""`serve` is told by flags and by environment variables, and says what is wrong with them."""

from __future__ import annotations

import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from fakeapns.cli import main
from fakeapns.cli.serve import serve
from tests.frames import enhanced
from tests.processes import FREE_PORTS, PATIENCE, Server, read_ledger, run, serving

EVERYTHING = {
    "FAKEAPNS_HOST": "127.0.0.1",
    "FAKEAPNS_GATEWAY_PORT": "0",
    "FAKEAPNS_FEEDBACK_PORT": "0",
    "FAKEAPNS_API_PORT": "0",
    "FAKEAPNS_PLAIN_API_PORT": "0",
    "FAKEAPNS_PROXY_PORT": "0",
    "FAKEAPNS_CERTS": "keys",
    "FAKEAPNS_TOPIC": "com.example.one com.example.two",
    "FAKEAPNS_SCENARIO": "bad-token-in-a-burst",
    "FAKEAPNS_SEED": "7",
    "FAKEAPNS_DEVICES": "devices.jsonl",
    "FAKEAPNS_TOKENS": "registered",
    "FAKEAPNS_SET": "payload_limit=256 error_delay=1ms..2ms",
    "FAKEAPNS_LEDGER": "record.jsonl",
    "FAKEAPNS_READY_FILE": "ready.json",
    "FAKEAPNS_QUIET": "1",
    "FAKEAPNS_VERBOSE": "",
    "FAKEAPNS_LOG_FORMAT": "json",
}


def test_every_option_has_its_environment_variable() -> None:
    for option in serve.params:
        assert isinstance(option, click.Option)
        [flag] = option.opts[:1]
        assert option.envvar == "FAKEAPNS_" + flag.removeprefix("--").upper().replace("-", "_")
    assert {option.envvar for option in serve.params} == set(EVERYTHING)


@pytest.fixture(autouse=True)
def devices(tmp_path: Path) -> None:
    """The file that is named above."""
    (tmp_path / "devices.jsonl").write_text('{"token": "1c", "topic": "com.example.two"}\n')


def test_everything_can_be_said_in_the_environment(tmp_path: Path) -> None:
    with Server(tmp_path, env=EVERYTHING) as server:
        server.wait()
        assert [each.split()[0] for each in server.values("client")] == [
            "com.example.one",
            "com.example.two",
        ]
        assert server.values("ca") == ["keys/ca.pem"]
        assert (tmp_path / "ready.json").is_file()
        with server.context("com.example.two").wrap_socket(
            socket.create_connection(server.address(), PATIENCE), server_hostname="localhost"
        ) as connection:
            connection.sendall(enhanced(1, payload=b"x" * 257))
            assert connection.recv(6)[1] == 7
        assert server.end() == 0
        assert server.log == ""
    started, opened, *_ = read_ledger(tmp_path / "record.jsonl")
    assert (started["seed"], opened["topic"]) == (7, "com.example.two")
    assert started["scenario"] == "bad-token-in-a-burst"


def test_a_flag_wins_over_the_environment(tmp_path: Path) -> None:
    flags = ("--topic", "com.example.flag", "--certs", "flag", "--ledger", "flag.jsonl")
    with serving(tmp_path, *flags, "--seed", "8", env=EVERYTHING) as server:
        assert server.values("client") == ["com.example.flag flag/com.example.flag.pem"]
        assert server.end() == 0
    assert read_ledger(tmp_path / "flag.jsonl")[0]["seed"] == 8
    assert not (tmp_path / "record.jsonl").exists()


def test_verbose_and_quiet_exclude_each_other(tmp_path: Path) -> None:
    done = run("serve", "--verbose", "--quiet", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["Error: --quiet and --verbose: choose one of them"]


def test_a_flag_for_the_log_wins_over_the_environment(tmp_path: Path) -> None:
    with serving(tmp_path, "--verbose", env={"FAKEAPNS_QUIET": "1"}) as server:
        server.dial().close()
        assert server.end() == 0
    assert "connection.opened" in server.log


def test_settings_take_effect(tmp_path: Path) -> None:
    settings = ("--set", "payload_limit=30", "--set", "tokens=registered")
    with serving(tmp_path, *settings) as server:
        for payload, status in ((b"x" * 31, 7), (b'{"aps":{}}', 8)):
            with server.dial() as connection:
                connection.settimeout(PATIENCE)
                connection.sendall(enhanced(5, payload=payload))
                assert connection.recv(6) == bytes([8, status, 0, 0, 0, 5])


def refused(*arguments: str) -> Result:
    """What `serve` says to arguments that are wrong before anything starts."""
    return CliRunner().invoke(main, ["serve", *FREE_PORTS, *arguments])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--set", "payload_limt=256"],
            "; did you mean payload_limit?",
        ),
        (["--set", "tokens=registred"], "did you mean registered?"),
        (
            ["--set", "payload_limit=many"],
            "setting payload_limit: 'many' is wrong; allowed: a number from 1",
        ),
        (
            ["--set", "payload_limit=0"],
            "setting payload_limit: '0' is wrong; allowed: a number from 1",
        ),
        (["--set", "payload_limit"], "write KEY=VALUE"),
        (["--set", "error_delay=1"], "error_delay"),
        (["--set", "error_delay=1ms..5ms"], "give a seed"),
        (["--topic", "../secrets"], "'../secrets' is no topic"),
        (["--topic", ""], "is no topic"),
        (["--gateway-port", "65536"], "--gateway-port"),
        (["--feedback-port", "mail"], "--feedback-port"),
        (["--tokens", "all"], "--tokens"),
        (["--seed", "x"], "--seed"),
        (["--log-format", "xml"], "--log-format"),
        (["--gatway-port", "1"], "--gateway-port"),
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_a_usage_error(arguments: list[str], told: str) -> None:
    result = refused(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert told in result.stderr


def fails(tmp_path: Path, *arguments: str | Path) -> str:
    """The one sentence with which `serve` gives up."""
    done = run("serve", "--feedback-port", "0", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("Error: ")
    return sentence


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = fails(tmp_path, "--gateway-port", str(port))
    assert f"port {port} is in use" in sentence
    assert not (tmp_path / "certs").exists()
    assert "--gateway-port" in sentence


def test_an_address_of_another_machine_is_one_sentence(tmp_path: Path) -> None:
    # 192.0.2.0/24 is reserved for documentation.
    assert "--host" in fails(tmp_path, "--gateway-port", "0", "--host", "192.0.2.1")


@pytest.mark.parametrize(
    ("option", "path"),
    [("--certs", "file/certs"), ("--ledger", "file/ledger"), ("--ready-file", "file/ready")],
)
def test_a_place_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, option: str, path: str
) -> None:
    # A file where a folder should be stops even root.
    (tmp_path / "file").touch()
    assert path in fails(tmp_path, "--gateway-port", "0", option, path)


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    # Not even root may replace a folder by a file.
    (tmp_path / "certs" / "ca-bundle.pem").mkdir(parents=True)
    sentence = fails(tmp_path, "--gateway-port", "0")
    assert "cannot write certs/ca-bundle.pem: Is a directory; choose another folder" in sentence


def test_a_host_that_is_no_name_is_one_sentence(tmp_path: Path) -> None:
    sentence = fails(tmp_path, "--gateway-port", "0", "--host", "a..b")
    assert "a..b: one of these is no host name; choose others with --host" in sentence


def mint(folder: Path) -> None:
    """Fill the default certificate folder in there."""
    result = CliRunner().invoke(main, ["certs", "--certs", str(folder / "certs")])
    assert result.exit_code == 0


@pytest.mark.parametrize("gone", ["ca.key", "com.example.app.key"])
def test_a_key_that_is_gone_is_one_sentence(tmp_path: Path, gone: str) -> None:
    mint(tmp_path)
    (tmp_path / "certs" / gone).unlink()
    sentence = fails(tmp_path, "--gateway-port", "0")
    assert f"is there but {gone} is not" in sentence


def test_certificates_of_another_ca_in_the_folder_are_one_sentence(tmp_path: Path) -> None:
    mint(tmp_path)
    for name in ("ca.pem", "ca.key"):
        (tmp_path / "certs" / name).unlink()
    sentence = fails(tmp_path, "--gateway-port", "0")
    assert "is not from certs/ca.pem" in sentence


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_quiet_server_still_says_that_others_can_connect(tmp_path: Path, form: str) -> None:
    options = ("--host", "0.0.0.0", "--quiet", "--log-format", form)
    with serving(tmp_path, *options) as server:
        assert server.end() == 0
    [line] = server.log.splitlines()
    assert "listening on 0.0.0.0: whoever reaches this machine over the network can " in line
