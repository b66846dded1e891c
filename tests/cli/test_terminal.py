"""Whatever foreign text holds, a terminal gets nothing from us that it would obey."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakeapns import FakeAPNs, StartError
from fakeapns.cli import main
from tests.processes import FREE_PORTS, read_ledger

#: An escape, a title, a bell, a carriage return, C1, both kinds of bidi, an end of line of some.
HOSTILE = "a\x1b[31m\x1b]0;x\x07\r\x9b2J\x85\u202e\u2066\u2028z"
ESCAPED = json.dumps(HOSTILE)
#: What even TOML allows in a comment.
BIDI = "\x9b2J\u202e"
#: As a name of a file, with a byte that is no UTF-8.
NAME = os.fsdecode(os.fsencode(HOSTILE) + b"\xff")


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def assert_harmless(result: Result) -> str:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    told = result.output
    assert [each for each in told if not each.isprintable() and each != "\n"] == []
    assert "\\x1b" in told
    return told


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A story that is right, of somebody who means ill."""
    path = tmp_path / f"{NAME}.toml"
    path.write_text(
        f"about = {ESCAPED}\nadvice = {ESCAPED}\n# {BIDI}\n"
        "[[step]]\nfault = 'drop'\non = { token = 'aa' }\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A ledger of somebody who means ill."""
    path = tmp_path / f"{NAME}.jsonl"
    with FakeAPNs(ledger=path).in_thread():
        pass
    lines = read_ledger(path)
    lines[0]["scenario"] = HOSTILE
    refused = {"kind": "connection.refused", "seq": 2, "at": lines[0]["at"], "t": 1.0}
    refused |= {"connection": 1, "service": "gateway", "peer": HOSTILE, "reason": HOSTILE}
    lines.append(refused | {"hint": HOSTILE})
    path.write_text("".join(json.dumps(each, separators=(",", ":")) + "\n" for each in lines))
    return path


def work_list(tmp_path: Path, line: str) -> Path:
    path = tmp_path / f"{NAME}.work"
    path.write_text(line)
    return path


MISTAKES = [
    f"{ESCAPED} = 1",
    f"about = 'x'\n[gateway]\n{ESCAPED} = {ESCAPED}",
    f"about = 'x'\n[[step]]\nfault = {ESCAPED}\n",
    f"about = 'x'\n[[step]]\nfault = 'reject'\nstatus = {ESCAPED}\n",
    f"about = 'x'\n[[device]]\ntoken = {ESCAPED}\n",
    f"about = 'x'\n[expect]\n{ESCAPED} = 1\n",
    "about = '\x1b'",
]


@pytest.mark.parametrize("text", MISTAKES)
@pytest.mark.parametrize("command", ["check", "serve", "chaos"])
def test_mistakes_in_a_scenario(tmp_path: Path, text: str, command: str) -> None:
    path = tmp_path / f"{NAME}.toml"
    path.write_text(text, encoding="utf-8")
    scenario = ("--scenario", path, "--", "true") if command == "chaos" else ("--scenario", path)
    result = call(command, *([path] if command == "check" else scenario))
    assert result.exit_code == 3
    assert_harmless(result)


def test_a_scenario_that_is_right_or_not_there(story: Path, tmp_path: Path) -> None:
    assert call("check", story).exit_code == 0
    assert_harmless(call("check", story))
    assert not set(BIDI) & set(call("scenarios", "show", story).output) - set("2J")
    assert_harmless(call("check", tmp_path / f"{NAME}.no"))
    assert_harmless(call("scenarios", "show", HOSTILE))


def test_chaos(story: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    for kind in ("--json", "--junit", "--html"):
        result = call(
            "chaos",
            "--service",
            "gateway",
            "--scenario",
            story,
            kind,
            report,
            "--",
            "printf",
            HOSTILE,
        )
        assert result.exit_code == 4
        assert_harmless(result)
        # JSON has its own way to write some of it, and is for programs.
        of_programs = {"\x9b", "\u202e", "\u2066"} if kind == "--json" else set()
        told = set(report.read_text(encoding="utf-8")) - of_programs
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2066"} & told, kind
    assert_harmless(call("chaos", "--", HOSTILE))


def test_an_audit(recorded: Path, tmp_path: Path) -> None:
    token = "ab" * 32
    work = work_list(tmp_path, json.dumps({"token": token, "payload": {"aps": {"alert": HOSTILE}}}))
    result = call("audit", recorded, "--intended", work)
    assert result.exit_code == 4, result.output
    assert_harmless(result)
    for line in ("{}", json.dumps({HOSTILE: 1}), HOSTILE, json.dumps({"token": HOSTILE})):
        assert_harmless(call("audit", recorded, "--intended", work_list(tmp_path, line)))
    assert_harmless(call("audit", recorded, "--intended", work, "--run", HOSTILE))
    with recorded.open("ab") as file:
        file.write(b"half")
    assert_harmless(call("audit", recorded, "--intended", work))
    recorded.write_text(HOSTILE)
    assert_harmless(call("audit", recorded, "--intended", work))


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--set", f"{HOSTILE}=1"),
        ("serve", "--set", f"tokens={HOSTILE}"),
        ("serve", *FREE_PORTS, "--certs", f"/dev/null/{NAME}"),
        ("serve", "--topic", HOSTILE),
        ("serve", f"--{HOSTILE}"),
        ("serve", "--seed", HOSTILE),
        ("certs", "--certs", f"/dev/null/{NAME}"),
        ("env", "--ready-file", NAME),
        ("env", "--for", HOSTILE),
        ("send", "--ready-file", NAME),
        ("ready", "--ready-file", NAME),
        ("audit", NAME, "--intended", NAME),
        (HOSTILE,),
        (f"--{HOSTILE}",),
    ],
)
def test_what_was_typed_or_found_by_a_pattern(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code in (1, 2)
    assert_harmless(result)


def test_a_mistake_in_python_is_as_harmless() -> None:
    assert str(StartError(f"cannot read {HOSTILE}")).isprintable()
