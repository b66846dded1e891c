"""Whatever people give a command, they are told in a sentence, and never shown a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakeapns.cli import main
from tests.processes import FREE_PORTS, run

LONG = "x" * 300


def call(*arguments: str | Path) -> Result:
    """What a command says."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def sentence_of(result: Result, code: int) -> str:
    """The one sentence with which a command gives up; standard output is empty."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (code, "")
    [sentence] = result.stderr.splitlines()
    return sentence


@pytest.fixture(scope="module")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate folder."""
    folder = tmp_path_factory.mktemp("certs")
    assert call("certs", "--certs", folder).exit_code == 0
    return folder


# ---- scenarios --------------------------------------------------------------------------


def test_a_file_to_show_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "nothere.toml"
    told = sentence_of(call("scenarios", "show", path), 3)
    assert told == f"{path}:1:1: cannot be read: there is no {path}"


def test_a_folder_to_show(tmp_path: Path) -> None:
    told = sentence_of(call("scenarios", "show", tmp_path), 3)
    assert told == f"{tmp_path}:1:1: cannot be read: Is a directory"


def test_a_file_to_show_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "binary.toml"
    path.write_bytes(b"about = 'x'\n\xff")
    told = sentence_of(call("scenarios", "show", path), 3)
    assert told == f"{path}:2:1: is not UTF-8: save it as such"


@pytest.mark.parametrize("name", [LONG, f"{LONG}.toml", f"folder/{LONG}", "a\0b", ""], ids=repr)
@pytest.mark.parametrize("command", [["check"], ["scenarios", "show"]], ids=" ".join)
def test_a_name_that_no_file_can_have(
    command: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*command, name)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 3
    [sentence] = result.output.splitlines()
    assert "cannot be read: " in sentence or "unknown scenario" in sentence


def test_a_scenario_that_no_file_can_be(tmp_path: Path) -> None:
    done = run("serve", *FREE_PORTS, "--scenario", f"{LONG}.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"{LONG}.toml:1:1: cannot be read: File name too long\n"


# ---- certificates -----------------------------------------------------------------------


def test_a_file_where_foreign_certificates_should_go(tmp_path: Path) -> None:
    (tmp_path / "foreign").touch()
    told = sentence_of(call("certs", "--certs", tmp_path, "--foreign"), 1)
    assert told == f"Error: cannot make {tmp_path / 'foreign'}: File exists; move it away"


@pytest.mark.parametrize("topic", ["foreign", "server", "ca", "x" * 201])
def test_a_topic_that_cannot_name_files(tmp_path: Path, topic: str) -> None:
    told = sentence_of(call("certs", "--certs", tmp_path, "--topic", topic), 2)
    assert "choose a topic such as" in told or "write a bundle id such as" in told
    assert list(tmp_path.iterdir()) == []


# ---- the ready file ---------------------------------------------------------------------


@pytest.mark.parametrize("path", [".", "/", "..", "folder", "folder/none/ready.json"])
def test_a_ready_file_that_cannot_be_written(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    done = run("serve", *FREE_PORTS, "--ready-file", path, "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("Error: ")
    assert "choose another" in sentence
    # Nothing half-written is left behind.
    assert sorted(each.name for each in tmp_path.iterdir()) == ["certs", "folder"]
    assert list((tmp_path / "folder").iterdir()) == []


@pytest.mark.parametrize("command", ["ready", "env", "send"])
def test_a_folder_as_a_ready_file(tmp_path: Path, command: str) -> None:
    told = sentence_of(call(command, "--ready-file", tmp_path), 1)
    assert told.startswith(f"Error: cannot read the ready file {tmp_path}: Is a directory")


# ---- hosts ------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example.com"])
@pytest.mark.parametrize("command", ["send", "ready"])
def test_a_host_that_is_no_name(command: str, host: str, certs: Path) -> None:
    flags = ("--certs", certs) if command == "send" else ()
    told = sentence_of(call(command, "--host", host, *flags), 1)
    assert f"{host}:2195" in told
    assert "is the server running?" in told or "start `fakeapns serve`" in told


# ---- numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize("expiration", ["-5", "4294967296", "tomorrow"])
def test_an_expiration_that_no_frame_can_carry(certs: Path, expiration: str) -> None:
    result = call("send", "--certs", certs, "--expiration", expiration)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'--expiration'" in result.stderr.splitlines()[-1]
