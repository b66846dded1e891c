"""`fakeapns audit`: a ledger file held against what was to be sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import trio
from click.testing import CliRunner, Result
from trio.testing import MockClock

from fakeapns import FakeAPNs, load_scenario
from fakeapns.cli import main
from fakeapns.provider.sender import Outgoing, send
from fakeapns.provider.work_list import WorkItem, write_work_list
from fakeapns.scenario.catalogue import catalogue_folder
from tests.careless import never_replay
from tests.frames import numbered

MEANT = [Outgoing(numbered(number), b'{"aps":{"badge":%d}}' % number) for number in range(200)]


def play(folder: Path, *, well: bool, scenario: Path | str = "drop-without-a-word") -> None:
    """Let a provider send all of it, with a ledger, and write down what it was to send."""

    async def main() -> None:
        async with FakeAPNs(scenario=scenario, ledger=folder / "run.jsonl") as apns:
            if well:
                await send(apns.connect, MEANT, settle=5, confirm=True)
            else:
                await never_replay(apns.connect, MEANT)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    items = (WorkItem(token=each.token.hex(), payload=json.loads(each.payload)) for each in MEANT)
    write_work_list(folder / "work.jsonl", items)


def audit(folder: Path, *more: str | Path) -> Result:
    """What the command says."""
    given = ["audit", folder / "run.jsonl", "--intended", folder / "work.jsonl", *more]
    return CliRunner().invoke(main, [str(each) for each in given])


def test_a_good_run_is_told_and_fine(tmp_path: Path) -> None:
    play(tmp_path, well=True)
    told = audit(tmp_path)
    assert (told.exit_code, told.stderr) == (0, "")
    # The story allows these: a drop without a word leaves no way to know.
    assert told.stdout.startswith(
        "intended 200, accepted 300 (100 once)\nlost 0\nduplicated 100 of 100 allowed"
    )


def test_a_bad_run_is_explained_and_exits_with_4(tmp_path: Path) -> None:
    play(tmp_path, well=False)
    told = audit(tmp_path, "--json", tmp_path / "audit.json")
    assert told.exit_code == 4
    assert "- lost 100, expected at most 0\n" in told.stdout
    assert "came on connection 1 behind a fault (drop): dropped there" in told.stdout
    assert "  what to do: Where a connection ends without an answer" in told.stdout
    advice = load_scenario("drop-without-a-word").advice
    assert told.stdout.endswith(f"the story's advice: {advice}\n")
    found = json.loads((tmp_path / "audit.json").read_text())
    assert (found["ok"], found["intended"], len(found["lost"])) == (False, 200, 100)


def test_findings_for_programs_are_ascii(tmp_path: Path) -> None:
    play(tmp_path, well=True)
    with (tmp_path / "work.jsonl").open("ab") as file:
        odd = {"token": "ab" * 32, "payload": {"aps": {"alert": "\x9b\u202eé"}}}
        file.write(json.dumps(odd, ensure_ascii=False).encode() + b"\n")
    assert audit(tmp_path, "--json", tmp_path / "audit.json").exit_code == 4
    written = (tmp_path / "audit.json").read_text("ascii")
    assert all(line.isprintable() for line in written.split("\n"))
    assert "\\u009b\\u202e" in written


def test_the_last_run_counts_unless_another_is_named(tmp_path: Path) -> None:
    play(tmp_path, well=False)
    play(tmp_path, well=True)
    assert audit(tmp_path).exit_code == 0
    first = json.loads((tmp_path / "run.jsonl").read_text().splitlines()[0])
    assert audit(tmp_path, "--run", first["run"]).exit_code == 4


def test_a_scenario_beside_the_ledger_s_own_may_be_named(tmp_path: Path) -> None:
    play(tmp_path, well=True)
    told = audit(tmp_path, "--scenario", "bad-token-in-a-burst")
    assert told.exit_code == 4
    assert "- duplicated 100, expected at most 0\n" in told.stdout


def test_a_ledger_brings_what_its_own_story_expects(tmp_path: Path) -> None:
    # Called like one of the catalogue, which allows for a hundred duplicates.
    story = tmp_path / "drop-without-a-word.toml"
    catalogued = load_scenario("drop-without-a-word")
    text = (catalogue_folder() / "drop-without-a-word.toml").read_text()
    story.write_text(text.replace("duplicated = 100", "duplicated = 99"))
    assert catalogued.expect.duplicated == 100
    play(tmp_path, well=True, scenario=story)
    told = audit(tmp_path)
    assert told.exit_code == 4
    assert "- duplicated 100, expected at most 99\n" in told.stdout
    assert "the story's advice" not in told.stdout
    assert audit(tmp_path, "--scenario", "drop-without-a-word").exit_code == 0


def test_a_ledger_that_brings_no_expectation_may_have_lost_and_doubled_nothing(
    tmp_path: Path,
) -> None:
    play(tmp_path, well=True)
    first, *rest = (tmp_path / "run.jsonl").read_text().splitlines(keepends=True)
    started = {name: value for name, value in json.loads(first).items() if name != "expect"}
    line = json.dumps(started, separators=(",", ":"))
    (tmp_path / "run.jsonl").write_text("".join([line + "\n", *rest]))
    assert "- duplicated 100, expected at most 0\n" in audit(tmp_path).stdout


def test_payloads_may_be_told_apart_by_a_path(tmp_path: Path) -> None:
    play(tmp_path, well=True)
    assert audit(tmp_path, "--key", "aps.badge").exit_code == 0
    told = audit(tmp_path, "--key", "aps.alert")
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr == "Error: number 1: there is no 'aps.alert' in its payload\n"


def test_a_ledger_that_was_cut_off_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    play(tmp_path, well=True)
    path = tmp_path / "run.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    told = audit(tmp_path)
    assert told.exit_code == 0
    assert "the last line was cut off (" in told.stderr


def test_a_server_to_which_nothing_was_sent_is_no_success(tmp_path: Path) -> None:
    play(tmp_path, well=True)
    path = tmp_path / "run.jsonl"
    path.write_text(path.read_text().splitlines(keepends=True)[0])
    told = audit(tmp_path)
    assert told.exit_code == 4
    assert "- no notification was read\n" in told.stdout
    assert "no connection to the gateway or the provider API was opened" in told.stdout


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("work.jsonl", "", "nothing was intended"),
        ("work.jsonl", "hello", "work.jsonl:1: the line is not JSON: invalid character"),
        ("work.jsonl", '{"token":"xyz","payload":{}}', "'xyz' is no device token"),
        ("work.jsonl", None, "cannot read the work list"),
        ("run.jsonl", "hello\n", "is no ledger of fakeapns"),
        ("run.jsonl", "", "cannot read the ledger"),
        ("run.jsonl", None, "cannot read the ledger"),
    ],
)
def test_bad_input_is_one_sentence(
    tmp_path: Path, file: str, content: str | None, said: str
) -> None:
    play(tmp_path, well=True)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(content)
    told = audit(tmp_path)
    assert (told.exit_code, told.stdout) == (2, "")
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_report_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    play(tmp_path, well=True)
    told = audit(tmp_path, "--json", tmp_path / "absent" / "audit.json")
    assert told.exit_code == 1
    assert "choose another file" in told.stderr
