"""Names, files and globs; seeds; every mistake before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeapns import ScenarioError, UsageError
from fakeapns.chaos import choose_trials
from fakeapns.scenario.catalogue import catalogue_folder
from fakeapns.scenario.toml import scenario_names

STORY = 'about = "Nothing."\n'
CHANCE = STORY + '[[step]]\non = { chance = 0.5 }\nfault = "reject"\n'


def chosen(*patterns: str) -> list[str]:
    """What `--scenario` would take for each of these."""
    return [trial.given for trial in choose_trials(patterns, None, 1)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with two stories and a file that is none."""
    (tmp_path / "a.toml").write_text(STORY)
    (tmp_path / "b.toml").write_text(STORY + "seed = 40\n")
    (tmp_path / "notes.txt").write_text("none")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_patterns_it_is_the_whole_catalogue() -> None:
    assert chosen() == scenario_names()


def test_names_and_files_come_in_the_order_given(folder: Path) -> None:
    assert chosen("slow-reader", "b.toml", "acknowledged") == [
        "slow-reader",
        "b.toml",
        "acknowledged",
    ]


def test_a_glob_matches_names_of_the_catalogue() -> None:
    found = chosen("drop-*")
    assert len(found) > 1
    assert found == [name for name in scenario_names() if name.startswith("drop-")]


def test_a_glob_matches_files_too_but_only_stories(folder: Path) -> None:
    assert chosen(f"{folder}/*") == [f"{folder}/a.toml", f"{folder}/b.toml"]
    assert chosen("?.toml") == ["a.toml", "b.toml"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(folder: Path) -> None:
    (folder / "[ab].toml").write_text(STORY)
    assert chosen("[ab].toml") == ["[ab].toml"]


def test_each_is_played_once_however_often_it_is_named(folder: Path) -> None:
    file = str(catalogue_folder() / "drop-by-reset.toml")
    assert chosen("drop-by-reset", "drop-by-reset", file, "./a.toml", "a.toml") == [
        "drop-by-reset",
        "./a.toml",
    ]


def test_a_glob_that_matches_nothing() -> None:
    with pytest.raises(UsageError, match="no scenario matches 'dorp-\\*'"):
        chosen("drop-*", "dorp-*")


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(ScenarioError, match="drop-by-reset"):
        chosen("drop-by-rest")


def test_the_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "c.toml").write_text(STORY + "colour = 1\n")
    (folder / "d.toml").write_text("about = 7\n")
    with pytest.raises(ScenarioError) as wrong:
        chosen("*.toml")
    assert [line.partition(" ")[0] for line in str(wrong.value).splitlines()] == [
        "c.toml:2:1:",
        "d.toml:1:1:",
    ]


# ---- seeds ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "used"),
    [("a.toml", None, 1), ("b.toml", None, 40), ("a.toml", 9, 9), ("b.toml", 0, 0)],
)
def test_the_seed_is_the_one_given_or_the_scenario_s_or_1(
    folder: Path, name: str, given: int | None, used: int
) -> None:
    [trial] = choose_trials([name], given, 1)
    assert (trial.seed, trial.attempt, trial.label) == (used, 1, name)


def test_a_story_with_chance_and_no_seed_can_be_played(folder: Path) -> None:
    (folder / "c.toml").write_text(CHANCE)
    [trial] = choose_trials(["c.toml"], None, 1)
    assert trial.seed == 1


def test_repeated_stories_use_the_seeds_that_follow(folder: Path) -> None:
    trials = choose_trials(["b.toml", "a.toml"], None, 3)
    assert [(each.given, each.seed, each.attempt) for each in trials] == [
        ("b.toml", 40, 1),
        ("b.toml", 41, 2),
        ("b.toml", 42, 3),
        ("a.toml", 1, 1),
        ("a.toml", 2, 2),
        ("a.toml", 3, 3),
    ]
    assert trials[1].label == "b.toml [seed 41]"


def test_a_name_that_is_no_text_can_be_written_down(folder: Path) -> None:
    name = b"\xff.toml".decode("utf-8", "surrogateescape")
    (folder / name).write_text(STORY)
    [trial] = choose_trials([name], None, 1)
    assert (trial.given, trial.label) == (name, "\\udcff.toml")
