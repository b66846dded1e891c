"""What `fakeapns chaos` is given wrongly: a sentence, an exit code, and nothing is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakeapns.cli import main
from tests.chaos.stories import BURST, QUIET


def refused(folder: Path, *arguments: str | Path) -> tuple[int, str]:
    """Exit code and sentence of a call with which nothing is run."""
    result: Result = CliRunner().invoke(main, ["chaos", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    return result.exit_code, result.stderr.splitlines()[-1]


@pytest.mark.parametrize("arguments", [(), ("--",), ("--scenario", BURST)], ids=str)
def test_no_command(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, told = refused(tmp_path, *arguments)
    assert code == 2
    assert told.startswith("Error: there is no command: write your sender behind two dashes")


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    code, told = refused(tmp_path, "--", "no-such-sender", "--fast")
    assert code == 2
    assert told.startswith("Error: the command no-such-sender is not there or cannot be executed")


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        (("true", "--jobs", "2"), "--jobs"),
        (("true", "fast", "--jobs=2"), "--jobs"),
        (("true", "--", "--html", "a.html"), "--html"),
        (("--", "true", "--jobs", "2"), None),
        (("--count", "1", "--", "true", "--count", "1"), None),
        (("true", "--faster", "jobs", "-j"), None),
        (("true",), None),
    ],
    ids=str,
)
def test_an_option_of_ours_behind_the_command_is_warned_of_unless_two_dashes_are_there(
    tmp_path: Path, words: tuple[str, ...], warned: str | None
) -> None:
    (tmp_path / "quiet.toml").write_text(QUIET)
    story = ("--scenario", str(tmp_path / "quiet.toml"), "--count", "1")
    result = CliRunner().invoke(main, ["chaos", *story, *words])
    warnings = [line for line in result.stderr.splitlines() if line.startswith("Warning")]
    said = (
        f"Warning: true gets the option {warned}, since it stands behind it: write "
        f"`fakeapns chaos {warned} … -- true` if chaos is meant, and the two dashes alone if not"
    )
    assert warnings == ([] if warned is None else [said])


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--scenario", "dorp-*"), 2, "Error: no scenario matches 'dorp-*'"),
        (("--count", "0"), 2, "Error: Invalid value for '--count'"),
        (("--jobs", "0"), 2, "Error: Invalid value for '--jobs'"),
        (("--repeat", "0"), 2, "Error: Invalid value for '--repeat'"),
        (("--timeout", "60"), 2, "Error: '60' is no duration"),
        (("--timeout", "0s"), 2, "Error: a timeout of 0 leaves no time"),
        (("--junit", "/nowhere/junit.xml"), 1, "Error: cannot write the report /nowhere/junit.xml"),
        (("--json", "/"), 1, "Error: cannot write the report /: Is a directory"),
        (("--html", "/nowhere/a.html"), 1, "Error: cannot write the report /nowhere/a.html"),
        (("--json", "a", "--junit", "a"), 2, "Error: two reports cannot go to the same file"),
        (("--scenario", "drop-by-rest"), 3, "unknown scenario 'drop-by-rest'"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_options_that_cannot_be(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = tmp_path / "ran"
    given, told = refused(tmp_path, *options, "--", "touch", ran)
    assert (given, told[: len(sentence)]) == (code, sentence)
    assert not ran.exists()


def test_mistakes_in_scenarios_are_told_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_text(QUIET)
    (tmp_path / "b.toml").write_text(QUIET + "colour = 1\n")
    (tmp_path / "c.toml").write_text("about = 1\n")
    ran = tmp_path / "ran"
    result = CliRunner().invoke(main, ["chaos", "--scenario", "*.toml", "--", "touch", str(ran)])
    assert (result.exit_code, result.stdout) == (3, "")
    assert [line[:9] for line in result.stderr.splitlines()] == ["b.toml:2:", "c.toml:1:"]
    assert not ran.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--count", 10**14), "Error: Invalid value for '--count': 100000000000000 is not in"),
        (("--repeat", 10**14), "Error: Invalid value for '--repeat': 100000000000000 is not in"),
        (("--seed", 2**63), "Error: the seed is too large: write one that fits into 64 bits"),
        (("--seed", 2**63 - 1, "--repeat", 2), "Error: the seed is too large: write one that"),
    ],
    ids=str,
)
def test_numbers_that_no_machine_could_play(
    tmp_path: Path, arguments: tuple[str | int, ...], said: str
) -> None:
    (tmp_path / "quiet.toml").write_text(QUIET)
    story = ("--scenario", tmp_path / "quiet.toml")
    code, told = refused(tmp_path, *story, *map(str, arguments), "--", "true")
    assert code == 2
    assert told.startswith(said)
