"""The JSON Schema and the loader agree, but for what a schema cannot say."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft4Validator

from fakeapns.errors import ScenarioError
from fakeapns.scenario.catalogue import catalogue_folder
from fakeapns.scenario.faults import FAULTS
from fakeapns.scenario.inhabitants import DeviceEntry
from fakeapns.scenario.problems import fields
from fakeapns.scenario.pushes import PushEntry
from fakeapns.scenario.scenario import Expect
from fakeapns.scenario.schema import scenario_schema
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import On, Step
from fakeapns.scenario.toml import parse_scenario, scenario_names

from .generated import FILES, STEPS, Table, mutated, to_toml

SCHEMA = scenario_schema()
# A schema's `$` is the end of the text; to Python's it may be one newline before that.
VALIDATOR = Draft4Validator(json.loads(json.dumps(SCHEMA).replace('$"', '(?!\\n)$"')))

#: What the loader knows and a schema cannot say.
BEYOND_A_SCHEMA = (
    r"the range '.*' runs backwards",
    r"the budget '.*' is for no time",
    r"\w+ acts before \w+ can be known",
    r"\w+ does not act on a connection that is idle",
    r"\w+ cannot disturb the \w+ service",
    r"status .* has no word on the \w+",
    r"\d+ is no status: the gateway has 0 to 255, HTTP 400 to 599",
    r"means nothing on the api(, which alone this is for)?: leave it out",
    r"who reads feedback never sends a byte",
    r"notifications of command 0 have no identifier",
    r"all notifications of command [01] have 10",
    r"\w+ is known on the api alone, and \w+ on the gateway",
    r"\w+ is not known on the \w+",
    r"code 7 says that nothing was processed",
    r"what was never processed is never answered",
    r"no setting is given",
    r"after_answer_bytes is for the api",
    r"after_bytes counts bytes of a frame, which the api has not",
    r"after_answer_bytes counts bytes of an answer, and the gateway gives none",
    r"a piece has at least one byte",
    r"chance needs a seed",
    r"a range of delays needs a seed",
    r"an alert cannot be sent in the open with TLS 1\.3",
    r"topic .* has token .* twice",
    r"topic .* has channel .* twice",
    r"a channel is of the app itself",
    r"topic .* has more channels than max_channels",
    r"(since|listed) is for an app that was removed",
    r"(app|permission|background_refresh|start_token|update_tokens|follows) is of an app that is",
    r"(start_token|update_tokens|follows) is of the app itself",
    r"topic .* has no channel",
    r"there is no channel",
    r"to is for devices, and channel for a broadcast",
    r"a broadcast (is for Live Activities|has no collapse id)",
    r"a phone that nobody has unlocked shows no app",
    r"(api_)?tls_minimum is .* and (api_)?tls_maximum .*: raise the maximum too",
    r"\w+ is not known where",
    r"\d+ is no stream",
    # "0B" is a size.
    r"nothing at all is a stall",
    # To a schema 1 and 1.0 are the same number, and so are 5 and 5.0.
    r"'1' is wrong, gateway\.tls_m..imum",
    r"(5|10)\.0 is wrong, step \d+, on\.priority",
)
generated = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def refusals(file: Table) -> list[str]:
    """What the loader says against a file, a line for each mistake."""
    try:
        parse_scenario(to_toml(file), "f")
    except ScenarioError as refused:
        return [line.split(": ", 1)[1] for line in str(refused).splitlines()]
    return []


def agree(file: Table) -> None:
    """Hold the schema's opinion of a file against the loader's."""
    said = refusals(file)
    if not said:
        assert VALIDATOR.is_valid(file), VALIDATOR.iter_errors(file)
    elif VALIDATOR.is_valid(file):
        rules = re.compile("|".join(BEYOND_A_SCHEMA))
        assert [line for line in said if not rules.match(line)] == []


def test_it_is_a_sound_schema_of_draft_4() -> None:
    Draft4Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-04/schema#"


def test_it_has_nothing_that_came_after_draft_4() -> None:
    words = set(re.findall(r'"([$a-zA-Z]+)":', json.dumps(SCHEMA)))
    assert not words & {"$defs", "const", "examples", "if", "contains", "propertyNames", "$id"}
    assert "exclusiveMinimum" not in words


def test_its_patterns_are_plain_enough_for_every_editor() -> None:
    patterns = re.findall(r'"pattern": "(.*?)"', json.dumps(SCHEMA))
    assert len(patterns) > 20
    assert all(each[0] == "^" and each[-1] == "$" and "(?" not in each for each in patterns)


def test_every_reference_in_it_leads_somewhere() -> None:
    named = set(re.findall(r'"#/definitions/(\w+)"', json.dumps(SCHEMA)))
    assert named == set(SCHEMA["definitions"])


@pytest.mark.parametrize("kind", [*FAULTS, On, DeviceEntry, PushEntry, Expect, Settings])
def test_it_has_every_key_and_no_other(kind: Any) -> None:
    known = {field.key for field in fields(kind)} - {"where"}
    if kind in FAULTS:
        known |= {"fault", *(field.key for field in fields(Step))}
    definition = SCHEMA["definitions"][kind.__name__]
    assert set(definition["properties"]) == known
    assert definition["additionalProperties"] is False


@pytest.mark.parametrize("name", scenario_names())
def test_it_accepts_every_story_of_the_catalogue(name: str) -> None:
    text = (catalogue_folder() / f"{name}.toml").read_text("utf-8")
    assert list(VALIDATOR.iter_errors(tomllib.loads(text))) == []


def test_every_story_of_the_catalogue_names_it_for_editors() -> None:
    for name in scenario_names():
        text = (catalogue_folder() / f"{name}.toml").read_text("utf-8")
        assert text.startswith("#:schema ./scenario.schema.json\n"), name
    assert (catalogue_folder() / "scenario.schema.json").is_file()


@generated
@given(FILES)
def test_a_file_of_the_right_types_is_right_but_for_what_no_type_can_say(file: Table) -> None:
    assert list(VALIDATOR.iter_errors(file)) == []
    agree(file)


@generated
@given(STEPS)
def test_a_step_of_the_right_types_is_right_but_for_what_no_type_can_say(step: Table) -> None:
    file = {"about": "One step.", "seed": 7, "step": [step]}
    assert list(VALIDATOR.iter_errors(file)) == []
    agree(file)


@generated
@given(mutated())
def test_a_file_with_something_wrong_is_wrong_to_both(file: Table) -> None:
    agree(file)


@pytest.mark.parametrize(
    "file",
    [
        {"about": "x", "gateway": {"tls_minimum": 1}},
        {"about": "x", "gateway": {"api_tls_minimum": 1.3, "api_tls_maximum": "1.2"}},
        {"about": "x", "step": [{"fault": "drop", "on": {"priority": 5.0}}]},
        {"about": "x", "step": [{"fault": "reject", "status": 256}]},
        {"about": "x", "step": [{"fault": "reject", "status": 9, "on": {"service": "api"}}]},
        {"about": "x", "step": [{"fault": "reject", "split": True, "on": {"service": "api"}}]},
        {"about": "x", "step": [{"fault": "throttle", "bytes_per_second": "0B"}]},
        {"about": "x", "step": [{"fault": "drop", "on": {"connection": "2..1"}}]},
    ],
)
def test_what_is_listed_as_beyond_a_schema_is_beyond_it(file: Table) -> None:
    assert VALIDATOR.is_valid(file)
    assert refusals(file)


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"about": "x", "sede": 1},
        {"about": "x", "gateway": {"payload_limt": 1}},
        {"about": "x", "gateway": {"idle_limit": 2}},
        {"about": "x", "gateway": {"idle_limit": "2s\n"}},
        {"about": "x", "gateway": {"client_ca": [1]}},
        {"about": "x", "gateway": {"push_types": []}},
        {"about": "x", "gateway": {"push_types": ["a b"]}},
        {"about": "x", "gateway": {"api_tls_minimum": 1.1}},
        {"about": "x", "gateway": {"max_entries": 0}},
        {"about": "x", "device": [{"topic": "a"}]},
        {"about": "x", "device": [{"topic": "a", "token": "1b", "stat": "active"}]},
        {"about": "x", "device": [{"topic": "../a", "token": "1b"}]},
        {"about": "x", "step": [{"fault": "rejct"}]},
        {"about": "x", "step": [{"on": {"every": 2}}]},
        {"about": "x", "step": [{"fault": "garbage"}]},
        {"about": "x", "step": [{"fault": "drop", "on": {"tokn": "a"}}]},
        {"about": "x", "step": [{"fault": "drop", "on": {"where": "a"}}]},
        {"about": "x", "step": [{"fault": "drop", "times": 0}]},
        {"about": "x", "step": [{"fault": "refuse", "delay": "1s"}]},
        {"about": "x", "step": [{"fault": "reject", "delay": {"frames": 1}}]},
        {"about": "x", "expect": {"loss": 1}},
    ],
)
def test_an_editor_is_told_of_what_a_schema_can_say(file: Table) -> None:
    assert refusals(file)
    assert not VALIDATOR.is_valid(file)
