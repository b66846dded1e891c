"""`send`: a correct provider on the command line, against a server of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fakeapns.cli import main
from tests.processes import Server, read_ledger, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that writes a ready file and a ledger."""
    folder = tmp_path / "server"
    folder.mkdir()
    paths = ("--certs", folder / "certs", "--ready-file", "ready.json", "--ledger", "ledger.jsonl")
    with serving(folder, *paths) as running:
        yield running


@pytest.fixture(scope="module")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate folder without a server."""
    folder = tmp_path_factory.mktemp("certs")
    assert CliRunner().invoke(main, ["certs", "--certs", str(folder)]).exit_code == 0
    return folder


def send(*arguments: str | Path) -> Result:
    """What the command says. It listens for errors only briefly."""
    return CliRunner().invoke(main, ["send", "--settle", "0.3", *map(str, arguments)])


def to(server: Server, *arguments: str) -> Result:
    """Send to the server that the ready file names."""
    return send("--ready-file", server.folder / "ready.json", *arguments)


def received(server: Server) -> list[dict[str, Any]]:
    """End the server; the notifications in its ledger."""
    assert server.end() == 0
    ledger = read_ledger(server.folder / "ledger.jsonl")
    return [each for each in ledger if each["kind"] == "notification"]


def test_a_hundred_notifications_get_through(server: Server) -> None:
    result = to(server, "--count", "100", "--alert", "Tea is ready")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "sent 100, accepted 100, refused 0, resent 0, connections 1\n"
    arrived = received(server)
    assert [each["payload"]["number"] for each in arrived] == list(range(1, 101))
    assert {each["payload"]["aps"]["alert"] for each in arrived} == {"Tea is ready"}
    assert {each["outcome"] for each in arrived} == {"accepted"}
    assert len({each["token"] for each in arrived}) == 100


def test_flags_name_a_server_too(server: Server) -> None:
    host, port = server.address()
    flags = ("--host", host, "--gateway-port", str(port), "--certs", server.folder / "certs")
    assert send(*flags, "--topic", "com.example.app").exit_code == 0
    [arrived] = received(server)
    assert arrived["topic"] == "com.example.app"


@pytest.mark.parametrize(
    ("command", "identifier", "expiration", "priority"),
    [("0", None, None, None), ("1", 1, 1_900_000_000, None), ("2", 1, 1_900_000_000, 5)],
)
def test_each_command_carries_what_it_can(
    server: Server,
    command: str,
    identifier: int | None,
    expiration: int | None,
    priority: int | None,
) -> None:
    asked = ("--command", command, "--expiration", "1900000000", "--priority", "5")
    payload = ("--payload", '{"aps":{"content-available":1}}', "--token", "AB cd 12")
    assert to(server, *asked, *payload).exit_code == 0
    [arrived] = received(server)
    assert arrived["command"] == int(command)
    assert arrived["token"] == "abcd12"
    assert arrived["payload"] == {"aps": {"content-available": 1}}
    told = [arrived[name] for name in ("identifier", "expiration", "priority")]
    assert told == [identifier, expiration, priority]


def test_a_refused_notification_is_named_and_the_others_get_through(server: Server) -> None:
    result = to(server, "--count", "30", *("--token", "aa" * 32) * 2, "--token", "bb" * 101)
    assert result.exit_code == 1
    summary, *refused = result.stdout.splitlines()
    assert summary == "sent 30, accepted 20, refused 10, resent 135, connections 10"
    assert refused == [
        f"refused number {number} (invalid-token-size) token {'bb' * 101}"
        for number in range(3, 31, 3)
    ]
    outcomes = [each["outcome"] for each in received(server)]
    assert (outcomes.count("accepted"), outcomes.count("rejected")) == (20, 10)


def test_an_unknown_topic_is_a_usage_error_that_names_the_known_ones(server: Server) -> None:
    result = to(server, "--topic", "com.example.nobody")
    assert result.exit_code == 2
    assert "use one of com.example.app, or start it with --topic com.example.nobody" in (
        result.stderr
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--payload", "{"],
        ["--payload", '{"a":1e999}'],
        ["--token", "abc"],
        ["--token", "hello"],
        ["--count", "0"],
        ["--command", "3"],
        ["--priority", "7"],
        ["--priority", "1"],
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_a_usage_error(certs: Path, arguments: list[str]) -> None:
    # Nobody listens there: that it is not even tried shows in the exit code.
    result = send("--certs", certs, "--gateway-port", "1", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert arguments[0] in result.stderr or arguments[1] in result.stderr


def fails(result: Result) -> str:
    """The one sentence with which the command gives up."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    [sentence] = result.stderr.splitlines()
    return sentence


def test_no_server_is_one_sentence(certs: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    sentence = fails(send("--certs", certs, "--gateway-port", port))
    assert "is the server running?" in sentence


def test_a_server_with_other_certificates_is_one_sentence(server: Server, certs: Path) -> None:
    flags = ("--certs", certs, "--gateway-port", str(server.address()[1]))
    assert "the handshake with" in fails(send(*flags))


@pytest.mark.parametrize("name", ["ca.pem", "com.example.app.key"])
def test_a_file_that_is_gone_is_one_sentence(server: Server, name: str) -> None:
    (server.folder / "certs" / name).unlink()
    assert f"{name} is not there" in fails(to(server))


def test_a_file_that_is_no_certificate_is_one_sentence(server: Server) -> None:
    (server.folder / "certs" / "com.example.app.pem").write_text("nothing of the kind")
    assert "cannot use" in fails(to(server))
