"""`check`, `scenarios` and `schema`, and `serve` with a scenario."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakeapns.cli import main
from fakeapns.scenario import Sender
from fakeapns.scenario.catalogue import catalogue_folder
from fakeapns.scenario.toml import load_scenario, scenario_names
from tests.frames import enhanced, numbered
from tests.processes import FREE_PORTS, read_ledger, run, serving

FINE = """\
about = "The second notification of a connection has a bad token."

[[step]]
on = { notification = 2 }
per = "connection"
fault = "reject"
"""
COUNTING = FINE.replace('per = "connection"\n', "")
CHANCE = FINE.replace("{ notification = 2 }", "{ chance = 0.5 }")
WRONG = """\
abuot = "Five mistakes."

[gateway]
payload_limit = 0

[[step]]
on = { notifcation = 3 }
fault = "reject"
delay = 250

[[step]]
fault = "rejct"
"""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


# ---- check ----------------------------------------------------------------------------


def test_a_file_without_mistakes_is_fine(tmp_path: Path) -> None:
    file = write(tmp_path, "fine.toml", FINE)
    result = call("check", file)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{file}: fine\n", "")


def test_every_mistake_has_a_line_with_its_place(tmp_path: Path) -> None:
    file = write(tmp_path, "wrong.toml", WRONG)
    result = call("check", file)
    assert (result.exit_code, result.stderr) == (3, "")
    places, texts = zip(
        *(line.removeprefix(f"{file}:").split(": ", 1) for line in result.stdout.splitlines()),
        strict=True,
    )
    assert places == ("1:1", "1:1", "4:1", "7:8", "9:1", "12:1")
    assert any("did you mean about?" in text for text in texts[:2])
    assert any("'about' is missing" in text for text in texts[:2])
    assert "payload_limit" in texts[2]
    assert texts[3].endswith("did you mean notification?")
    assert "step 1, delay" in texts[4]
    assert "a duration such as 250ms" in texts[4]
    assert texts[5].endswith("did you mean reject?")


def test_several_files_are_all_checked_and_one_wrong_one_counts(tmp_path: Path) -> None:
    wrong = write(tmp_path, "wrong.toml", WRONG)
    fine = write(tmp_path, "fine.toml", FINE)
    missing = tmp_path / "missing.toml"
    result = call("check", wrong, fine, missing, tmp_path)
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert len(lines) == 6 + 3
    assert lines[6] == f"{fine}: fine"
    assert lines[7].startswith(f"{missing}:1:1: cannot be read: ")
    assert lines[8].startswith(f"{tmp_path}:1:1: cannot be read: ")


def test_counting_over_several_connections_is_noted_beside_the_result(tmp_path: Path) -> None:
    file = write(tmp_path, "counting.toml", COUNTING)
    result = call("check", file)
    assert (result.exit_code, result.stdout) == (0, f"{file}: fine\n")
    [note] = result.stderr.splitlines()
    assert note.startswith(f"{file}: note: step 1 counts notifications over all connections")
    assert 'per = "connection"' in note


def test_chance_wants_a_seed_that_may_come_from_the_command_line(tmp_path: Path) -> None:
    file = write(tmp_path, "chance.toml", CHANCE)
    without = call("check", file)
    assert without.exit_code == 3
    assert without.stdout.startswith(f"{file}:4:8: chance needs a seed")
    assert call("check", file, "--seed", "7").exit_code == 0


def test_a_name_of_the_catalogue_can_be_checked(tmp_path: Path) -> None:
    assert call("check", *scenario_names()).exit_code == 0
    misspelt = call("check", "acknowleged")
    assert misspelt.exit_code == 3
    assert "did you mean acknowledged?" in misspelt.stdout


def test_nothing_to_check_is_a_usage_error() -> None:
    assert call("check").exit_code == 2


# ---- scenarios, schema ----------------------------------------------------------------


def test_the_list_has_every_story_with_what_it_is_about() -> None:
    result = call("scenarios")
    assert result.exit_code == 0
    known = {name: load_scenario(name) for name in scenario_names()}
    assert [re.split("  +", line, maxsplit=2) for line in result.stdout.splitlines()] == [
        [name, ", ".join(each.services), each.about] for name, each in known.items()
    ]


@pytest.mark.parametrize("service", ["gateway", "api"])
def test_the_list_can_have_the_stories_for_senders_to_one_service(service: Sender) -> None:
    result = call("scenarios", "--service", service)
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        name for name in scenario_names() if service in load_scenario(name).services
    ]


@pytest.mark.parametrize(
    ("services", "note"),
    [
        (
            "",
            "acts on the api alone, and chaos plays this story with those who send to the gateway",
        ),
        ('services = ["gateway"]\n', "acts on the api alone"),
        ('services = ["api"]\n', ""),
        ('services = ["api", "gateway"]\n', ""),
    ],
)
def test_a_step_that_acts_where_the_senders_never_come_is_noted(
    tmp_path: Path, services: str, note: str
) -> None:
    step = '[[step]]\nfault = "goaway"\n'
    file = write(tmp_path, "away.toml", f'about = "It goes."\n{services}{step}')
    result = call("check", file)
    assert (result.exit_code, result.stdout) == (0, f"{file}: fine\n")
    assert (f"{file}: note: step 1 {note}" in result.stderr) if note else not result.stderr


def test_showing_a_story_prints_its_file_as_it_is() -> None:
    name = "bad-token-in-a-burst"
    expected = (catalogue_folder() / f"{name}.toml").read_text("utf-8")
    assert call("scenarios", "show", name).stdout == expected


def test_a_story_that_does_not_exist_is_one_sentence() -> None:
    result = call("scenarios", "show", "bad-tokn-in-a-burst")
    assert (result.exit_code, result.stdout) == (3, "")
    [sentence] = result.stderr.splitlines()
    assert sentence.startswith("unknown scenario 'bad-tokn-in-a-burst'")
    assert "did you mean bad-token-in-a-burst?" in sentence


@pytest.mark.parametrize(
    ("command", "page"),
    [
        ("scenarios --markdown", "README.md"),
        ("schema --markdown", "REFERENCE.md"),
        ("schema --faults", "FAULTS.md"),
        ("schema", "scenario.schema.json"),
    ],
)
def test_the_pages_beside_the_stories_are_what_the_commands_print(command: str, page: str) -> None:
    result = call(*command.split())
    assert result.exit_code == 0
    assert result.stdout == (catalogue_folder() / page).read_text("utf-8")


def test_the_schema_is_one_that_editors_take() -> None:
    schema = json.loads(call("schema").stdout)
    assert schema["$schema"] == "http://json-schema.org/draft-04/schema#"
    assert set(schema["properties"]) == {
        "about",
        "advice",
        "services",
        "seed",
        "gateway",
        "device",
        "push",
        "channel",
        "step",
        "expect",
    }


# ---- serve ----------------------------------------------------------------------------


def statuses(folder: Path, *options: str | Path, env: dict[str, str] | None = None) -> list[str]:
    """What became of three notifications to a server with these options: status, or accepted."""
    ledger = ("--ledger", "record.jsonl")
    with serving(folder, *ledger, *options, env=env) as server:
        with server.dial() as provider:
            provider.sendall(b"".join(enhanced(each, numbered(each)) for each in (1, 2, 3)))
            while provider.recv(6):
                pass
        assert server.end() == 0
    lines = read_ledger(folder / "record.jsonl")
    return [each["status"] or each["outcome"] for each in lines if each["kind"] == "notification"]


def test_a_server_plays_a_file(tmp_path: Path) -> None:
    write(tmp_path, "fine.toml", FINE)
    assert statuses(tmp_path, "--scenario", "fine.toml") == [
        "accepted",
        "invalid-token",
        "discarded",
    ]
    started, *_ = read_ledger(tmp_path / "record.jsonl")
    assert (started["kind"], started["scenario"]) == ("server.started", "fine")


def test_a_server_plays_a_story_of_the_catalogue_that_the_environment_names(
    tmp_path: Path,
) -> None:
    env = {"FAKEAPNS_SCENARIO": "wrong-environment"}
    assert statuses(tmp_path, env=env) == ["discarded"] * 3
    assert read_ledger(tmp_path / "record.jsonl")[0]["scenario"] == "wrong-environment"


def test_a_flag_names_another_story_than_the_environment(tmp_path: Path) -> None:
    write(tmp_path, "fine.toml", FINE)
    found = statuses(
        tmp_path, "--scenario", "fine.toml", env={"FAKEAPNS_SCENARIO": "wrong-environment"}
    )
    assert found == ["accepted", "invalid-token", "discarded"]


def test_the_seed_that_a_file_leaves_out_comes_from_the_flag(tmp_path: Path) -> None:
    write(tmp_path, "chance.toml", CHANCE.replace("0.5", "1.0"))
    found = statuses(tmp_path, "--scenario", "chance.toml", "--seed", "7")
    assert found == ["invalid-token", "discarded", "discarded"]
    assert read_ledger(tmp_path / "record.jsonl")[0]["seed"] == 7


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    settings = "\n[gateway]\ntokens = 'registered'\npayload_limit = 5\nuninstalled = 'reject'\n"
    device = "[[device]]\ntopic = 'com.example.filed'\ntoken = '1b'\n"
    write(tmp_path, "strict.toml", f"seed = 1\n{FINE}{settings}{device}")
    flags = ("--tokens", "any", "--set", "payload_limit=2048", "--seed", "2")
    with serving(tmp_path, "--scenario", "strict.toml", *flags, "--ledger", "l.jsonl") as server:
        topics = [each.split()[0] for each in server.values("client")]
        assert topics == ["com.example.app", "com.example.filed"]
        with server.dial() as provider:
            provider.sendall(enhanced(1) + enhanced(2))
            assert provider.recv(6) == bytes.fromhex("0808 00000002")
        assert server.end() == 0
    assert read_ledger(tmp_path / "l.jsonl")[0]["seed"] == 2


def test_a_wrong_file_stops_the_server_before_it_listens_or_mints(tmp_path: Path) -> None:
    write(tmp_path, "wrong.toml", WRONG)
    ledger = ("--ledger", "record.jsonl", "--ready-file", "ready.json")
    done = run("serve", *FREE_PORTS, *ledger, "--scenario", "wrong.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    # Every line begins with its place, as editors want it.
    assert done.stderr == call("check", tmp_path / "wrong.toml").stdout.replace(f"{tmp_path}/", "")
    assert all(line.startswith("wrong.toml:") for line in done.stderr.splitlines())
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.toml"]


@pytest.mark.parametrize("name", ["nowhere.toml", "no-such-story"])
def test_a_scenario_that_is_not_there_stops_the_server(tmp_path: Path, name: str) -> None:
    done = run("serve", *FREE_PORTS, "--scenario", name, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    [sentence] = done.stderr.splitlines()
    assert name in sentence
    assert list(tmp_path.iterdir()) == []
