"""Scenario files: what they mean, and every mistake in one with its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.errors import ScenarioError
from fakeapns.scenario.catalogue import catalogue_folder
from fakeapns.scenario.faults import (
    AfterNotifications,
    Blackhole,
    Drop,
    FeedbackCut,
    Garbage,
    Refuse,
    Reject,
)
from fakeapns.scenario.inhabitants import ChannelEntry, DeviceEntry
from fakeapns.scenario.scenario import Expect, Scenario
from fakeapns.scenario.steps import On, Step
from fakeapns.scenario.toml import find_scenario, load_scenario, parse_scenario, scenario_names

from .tomls import documents, patient

STORY = """\
about = "Everything that a file can say."
seed = 7

[gateway]
tokens = "registered"
token_sizes = 32
tls_minimum = 1.1
client_ca = "more.pem"
error_delay = "75ms..500ms"

[[device]]
topic = "com.example.app"
token = "1b"
state = "uninstalled"
since = "-2h"
environment = "sandbox"

[[channel]]
topic = "com.example.app"
id = "dHN0LXNyY2gtY2hubDEyMw=="

[[channel]]
topic = "com.example.app"
id = "AAA="
storage_policy = 1
deleted = true

[[step]]
on = { notification = "3..5", payload = { "aps.badge" = 3 }, chance = 0.5 }
fault = "reject"
status = "processing-error"
delay = { notifications = 40 }
identifier = 9
times = 3

[[step]]
on = { every = 100, token = "1b*", command = 2, priority = 10, identifier = 5 }
fault = "garbage"
bytes = "08 08 id"
per = "connection"

[[step]]
on.after = "5m"
fault = "blackhole"

[[step]]
fault = "refuse"
on = { connection = "2.." }
how = "close"

[[step]]
fault = "feedback_cut"
after_bytes = "10B"

[expect]
lost = 1
max_connections = 3
feedback_read = true
"""
#: The same without any text.
MADE = Scenario(
    about="Everything that a file can say.",
    seed=7,
    gateway={
        "tokens": "registered",
        "token_sizes": 32,
        "tls_minimum": 1.1,
        "client_ca": "more.pem",
        "error_delay": "75ms..500ms",
    },
    device=(
        DeviceEntry(
            topic="com.example.app",
            token="1b",
            state="uninstalled",
            since="-2h",
            environment="sandbox",
        ),
    ),
    channel=(
        ChannelEntry(topic="com.example.app", id="dHN0LXNyY2gtY2hubDEyMw=="),
        ChannelEntry(topic="com.example.app", id="AAA=", storage_policy=1, deleted=True),
    ),
    step=(
        Step(
            Reject("processing-error", AfterNotifications(40), 9),
            On(notification="3..5", payload={"aps.badge": 3}, chance=0.5),
            times=3,
        ),
        Step(
            Garbage("08 08 id"),
            On(every=100, token="1b*", command=2, priority=10, identifier=5),
            per="connection",
        ),
        Step(Blackhole(), On(after="5m")),
        Step(Refuse("close"), On(connection="2..")),
        Step(FeedbackCut(after_bytes="10B")),
    ),
    expect=Expect(lost=1, max_connections=3, feedback_read=True),
    name="story",
)


def test_a_file_and_python_give_equal_scenarios() -> None:
    assert parse_scenario(STORY, "folder/story.toml") == MADE


def test_a_sentence_is_all_that_a_file_needs() -> None:
    assert parse_scenario('about = "Nothing."') == Scenario(about="Nothing.", name="scenario")


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "story.toml"
    path.write_text(STORY)
    assert load_scenario(path) == load_scenario(str(path)) == MADE


def test_a_file_may_have_the_newlines_of_any_system(tmp_path: Path) -> None:
    path = tmp_path / "story.toml"
    path.write_bytes(STORY.replace("\n", "\r\n").encode())
    assert load_scenario(path) == MADE


def test_a_name_is_one_of_the_catalogue() -> None:
    assert load_scenario("bad-token-in-a-burst").name == "bad-token-in-a-burst"
    assert scenario_names() == sorted(scenario_names())
    assert find_scenario(scenario_names()[0]).parent == catalogue_folder()


def test_a_file_that_is_there_goes_before_the_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad-token-in-a-burst").write_text('about = "My own."')
    assert load_scenario("bad-token-in-a-burst").about == "My own."


@pytest.mark.parametrize("name", ["bad-token-in-a-brust", "x" * 300])
def test_a_name_that_is_not_in_the_catalogue_is_answered_with_all_that_are(name: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load_scenario(name)
    said = str(refused.value)
    assert said.startswith(f"unknown scenario {name!r}; allowed: {', '.join(scenario_names())};")
    assert ("did you mean bad-token-in-a-burst?" in said) == (len(name) < 300)
    assert said.endswith(f"; or give the path of a .toml file: there is no {Path(name).absolute()}")


# ---- files that cannot be read --------------------------------------------------------------


@pytest.mark.parametrize("name", ["gone.toml", "folder/gone", "folder/gone.toml"])
def test_a_file_that_is_not_there_is_a_mistake_in_it(name: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load_scenario(name)
    there = Path(name).absolute()
    assert str(refused.value) == f"{name}:1:1: cannot be read: there is no {there}"


def test_a_file_that_is_not_there_may_have_been_misspelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stories = tmp_path / "stories"
    stories.mkdir()
    for name in ("midnight.toml", "noon.toml"):
        (stories / name).write_text('about = "…"')
    for name, meant in (
        ("stories/midnigth.toml", "stories/midnight.toml"),
        ("stories/noon", "stories/noon.toml"),
        # A story of the catalogue needs no path.
        ("stories/half-an-eror.toml", "half-an-error"),
    ):
        with pytest.raises(ScenarioError) as refused:
            load_scenario(name)
        assert str(refused.value) == (
            f"{name}:1:1: cannot be read: there is no {tmp_path / name}; did you mean {meant}?"
        )


def test_a_name_without_the_end_of_its_file_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "midnight.toml").write_text('about = "…"')
    with pytest.raises(ScenarioError, match=r"; did you mean midnight\.toml\?; or give the path"):
        load_scenario("midnight")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as refused:
        load_scenario(tmp_path)
    assert str(refused.value) == f"{tmp_path}:1:1: cannot be read: {os.strerror(21)}"


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"\xff", "1:1"), (b'about = "\xe4"', "1:10"), ('x = "ü"\n# ä'.encode() + b"\xc3", "2:4")],
)
def test_a_file_that_is_not_utf_8_is_refused_where_it_ends_to_be(
    data: bytes, place: str, tmp_path: Path
) -> None:
    path = tmp_path / "story.toml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as refused:
        load_scenario(path)
    assert str(refused.value) == f"{path}:{place}: is not UTF-8: save it as such"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ('about = "x"\nseed 7', "2:6", "Expected '=' after a key in a key/value pair"),
        ("about =", "1:8", "Invalid value"),
        ('about = "x', "1:11", "Unterminated string"),
        ("a = 1\na = 2\n", "2:6", "Cannot overwrite a value"),
        ("\ufeffabout = 1", "1:1", "Invalid statement"),
    ],
)
def test_what_is_not_toml_is_refused_where_it_ends_to_be(text: str, place: str, what: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(text, "story.toml")
    assert str(refused.value).startswith(f"story.toml:{place}: is not TOML: {what}")


@patient
@given(documents())
def test_any_sound_text_is_a_scenario_or_refused_with_lines_that_have_places(text: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(text, "story.toml")
    lines = str(refused.value).splitlines()
    assert all(line.startswith("story.toml:") for line in lines)
    assert any("key 'about' is missing" in line for line in lines)


@patient
@given(st.text())
def test_any_text_at_all_is_refused_and_no_more(text: str) -> None:
    with pytest.raises(ScenarioError, match=r"^story.toml:\d+:\d+: "):
        parse_scenario(text, "story.toml")


def test_a_seed_from_elsewhere_is_enough_for_what_is_left_to_chance() -> None:
    text = 'about = "x"\n[[step]]\nfault = "drop"\non = { chance = 0.5 }'
    [step] = parse_scenario(text, seed=0).step
    assert step == Step(Drop(), On(chance=0.5))
