"""The pages and the schema beside the stories are what the commands print, and complete."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from fakeapns.cli import main
from fakeapns.scenario.catalogue import catalogue_folder
from fakeapns.scenario.faults import FAULTS, KNOWN, Fault
from fakeapns.scenario.inhabitants import ChannelEntry, DeviceEntry
from fakeapns.scenario.problems import allowed_values, fields
from fakeapns.scenario.pushes import PushEntry
from fakeapns.scenario.reference import catalogue_page, format_faults, format_reference
from fakeapns.scenario.scenario import Expect, Scenario
from fakeapns.scenario.schema import scenario_schema
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import On, Step
from fakeapns.scenario.toml import load_scenario, scenario_names

FOLDER = catalogue_folder()
FAULTS_PAGE = (FOLDER / "FAULTS.md").read_text("utf-8")
REFERENCE = (FOLDER / "REFERENCE.md").read_text("utf-8")
CATALOGUE = (FOLDER / "README.md").read_text("utf-8")
FORMAT = (FOLDER / "FORMAT.md").read_text("utf-8")


def section(title: str) -> str:
    """The part of both pages below a heading, up to the next one of any level."""
    pages = f"{REFERENCE}{FAULTS_PAGE}"
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", pages, re.M | re.S)
    assert found, title
    return found[1]


def rows(text: str) -> dict[str, list[str]]:
    """The rows of a table by their keys, each as its further cells."""
    found = re.findall(r"^\| `(\w+)` \| (.*?) \|$", text, re.M)
    return {key: [cell.strip() for cell in rest.split(" | ")] for key, rest in found}


@pytest.mark.parametrize(
    ("command", "file"),
    [
        (["schema"], "scenario.schema.json"),
        (["schema", "--markdown"], "REFERENCE.md"),
        (["schema", "--faults"], "FAULTS.md"),
        (["scenarios", "--markdown"], "README.md"),
    ],
    ids=" ".join,
)
def test_what_stands_beside_the_stories_is_what_a_command_prints(
    command: list[str], file: str
) -> None:
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0
    same = (FOLDER / file).read_text("utf-8") == result.stdout
    assert same, f"run: fakeapns {' '.join(command)} > scenarios/{file}"


def test_the_commands_print_what_the_types_say() -> None:
    assert json.loads((FOLDER / "scenario.schema.json").read_text("utf-8")) == scenario_schema()
    assert format_reference() == REFERENCE
    assert format_faults() == FAULTS_PAGE
    assert catalogue_page() == CATALOGUE


@pytest.mark.parametrize("fault", FAULTS)
def test_the_reference_has_every_fault_with_its_story_and_its_keys(fault: type[Fault]) -> None:
    text = section(f"`{fault.__struct_config__.tag}`")
    assert " ".join((fault.__doc__ or "").split()) in text
    assert set(rows(text)) == {field.key for field in fields(fault)}
    assert text.partition(".")[0].count("`") >= 2 * len(fault.services)
    assert all(f"`{service}`" in text.partition(".")[0] for service in fault.services)


@pytest.mark.parametrize(
    ("title", "kind", "without"),
    [
        ("Top level", Scenario, {"name"}),
        ("`[[device]]`", DeviceEntry, set()),
        ("`[[channel]]`", ChannelEntry, set()),
        ("`[[push]]`", PushEntry, set()),
        ("`[[step]]`", Step, {"fault"}),
        ("`on`", On, {"where"}),
        ("`[gateway]`", Settings, set()),
        ("`[expect]`", Expect, set()),
    ],
)
def test_the_reference_has_every_key_of_a_table(title: str, kind: Any, without: set[str]) -> None:
    assert set(rows(section(title))) == {field.key for field in fields(kind)} - without


@pytest.mark.parametrize("kind", [*FAULTS, DeviceEntry, ChannelEntry, PushEntry, Settings, Expect])
def test_what_a_key_takes_is_what_a_message_would_say(kind: Any) -> None:
    titles = {
        DeviceEntry: "`[[device]]`",
        ChannelEntry: "`[[channel]]`",
        PushEntry: "`[[push]]`",
        Settings: "`[gateway]`",
        Expect: "`[expect]`",
    }
    table = rows(section(titles.get(kind) or f"`{kind.__struct_config__.tag}`"))
    for field in fields(kind):
        said = table[field.key][-1].replace("`", "")
        assert said == ", ".join(allowed_values(field)) != ""


def test_a_default_is_written_as_in_a_file() -> None:
    found = rows(section("`[gateway]`"))
    assert found["tokens"][0] == '`"any"`'
    assert found["payload_limit"][0] == "`2048`"
    assert found["strict_payload"][0] == "`false`"
    assert found["topic"][0] == ""
    assert rows(section("`garbage`"))["bytes"][0] == "required"


def test_what_is_for_python_only_is_not_in_the_reference() -> None:
    assert "where" not in section("`on`")


def test_the_reference_says_which_trigger_is_known_when() -> None:
    text = section("`on`")
    for known in KNOWN.values():
        names = ", ".join(f"`{name}`" for name in sorted(known - {"where"}))
        assert re.search(rf"^\| [^|]+ \| {re.escape(names)} \|$", text, re.M), names


@pytest.mark.parametrize("name", scenario_names())
def test_the_catalogue_has_every_story_with_its_faults(name: str) -> None:
    scenario = load_scenario(name)
    [row] = [line for line in CATALOGUE.splitlines() if line.startswith(f"| [{name}]({name}.toml)")]
    assert scenario.about in row
    for step in scenario.step:
        assert f"`{step.fault.name}`" in row


def test_the_page_about_the_format_leads_to_all_keys_and_to_all_stories() -> None:
    assert "](REFERENCE.md)" in FORMAT
    assert "](README.md)" in FORMAT


def test_what_the_page_about_the_format_names_exists() -> None:
    table = FORMAT.partition("| quirk | how |")[2].partition("\n\n")[0]
    names = {
        name
        for cell in re.findall(r"\| ([^|]*) \|$", table, re.M)
        for name in re.findall(r"`([a-z_]+)", cell)
    }
    known = {str(fault.__struct_config__.tag) for fault in FAULTS} | set(Settings.__struct_fields__)
    keys = {field.key for fault in FAULTS for field in fields(fault)}
    assert names <= known | keys | {"on", "times"} | set(On.__struct_fields__)
    assert len(names & known) > 15
