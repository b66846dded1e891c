"""The table of libraries and scenarios: how it is made, and that the one in the page is whole."""

from __future__ import annotations

from fnmatch import filter as matching

import pytest

from examples import matrix
from examples.matrix import (
    BEGIN,
    END,
    LIBRARIES,
    PAGE,
    Note,
    Trial,
    cell,
    read_notes,
    render,
    replaced,
    unexplained,
)
from fakeapns.scenario.toml import load_scenario, scenario_names

LOST = Trial("drop-by-reset", "failed", False, ["lost 400, expected at most 0"])
PASSED = Trial("drop-by-reset", "passed", True, [])
NOTES = [
    Note("pushjack", ("half-*",), "a.py:1", "Not of this story."),
    Note("apnagent", ("drop-*",), "b.js:2", "Not of this library."),
    Note("pushjack", ("drop-*",), "c.py:3", "The end is taken for silence."),
]


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (PASSED, "passed"),
        (LOST, "lost 400"),
        (Trial("feedback-empty", "passed", True), "passed"),
        (Trial("drop-by-reset", "not played", False), "–"),
        (Trial("drop-by-reset", "exit 1", False, ["lost 3, expected at most 0"]), "exit 1, lost 3"),
        (Trial("drop-by-reset", "timeout", False), "timeout"),
        (
            Trial("drop-by-reset", "nothing sent", False, ["lost 500, expected at most 0"]),
            "nothing sent",
        ),
        (
            Trial("drop-by-reset", "failed", False, ["resent_after_refusal 3, expected at most 0"]),
            "resent 3",
        ),
    ],
)
def test_a_cell_is_a_word_or_two(trial: Trial, words: str) -> None:
    assert cell(trial) == words


def test_a_story_can_be_played_alone_and_leaves_the_page_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against the quickest of the senders, and the command line that a person writes."""
    page = PAGE.read_bytes()
    monkeypatch.setattr(matrix, "LIBRARIES", {"reference": LIBRARIES["reference"]})
    monkeypatch.setattr("sys.argv", ["matrix", "--only", "acknowl*", "drop-by-reset"])
    matrix.main()
    rows = [line.split(" | ")[0] for line in capsys.readouterr().out.splitlines()]
    assert rows[2:5] == ["| acknowledged", "| drop-by-reset", "| **passed**"]
    assert PAGE.read_bytes() == page


def test_a_table_has_a_row_for_each_scenario_and_numbered_notes() -> None:
    assert render({"reference": [PASSED], "pushjack": [LOST]}, NOTES).splitlines() == [
        "| scenario | `fakeapns send` | pushjack 1.6.0 |",
        "| --- | --- | --- |",
        "| drop-by-reset | passed | lost 400 [1] |",
        "| **passed** | 1 of 1 | 0 of 1 |",
        "",
        "1. pushjack 1.6.0, `c.py:3`: The end is taken for silence.",
    ]


def test_a_failure_without_a_note_is_named() -> None:
    results = {"reference": [PASSED], "pushjack": [LOST], "node-apn": [LOST]}
    assert list(unexplained(results, NOTES)) == ["node-apn, drop-by-reset: lost 400"]


def test_a_table_takes_the_place_of_the_one_before() -> None:
    page = replaced(f"above\n{BEGIN}\nold\n{END}\nbelow\n", "new")
    assert page == f"above\n{BEGIN}\nnew\n{END}\nbelow\n"
    assert replaced(page, "new") == page


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}\n{BEGIN}"])
def test_a_page_without_markers_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="put the lines"):
        replaced(page, "new")


@pytest.mark.parametrize("note", read_notes(), ids=lambda note: f"{note.library}-{note.place}")
def test_a_note_is_about_something(note: Note) -> None:
    assert note.library in LIBRARIES
    assert all(matching(scenario_names(), glob) for glob in note.scenarios)
    assert ":" in note.place
    assert note.why.endswith(".")


def test_the_page_has_every_scenario_and_explains_every_failure() -> None:
    table = PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    head, _, *stories, _ = rows
    assert head[1:] == [library.title for library in LIBRARIES.values()]
    # They are all for the gateway.
    played = [each for each in scenario_names() if "gateway" in load_scenario(each).services]
    assert [row[0] for row in stories] == played, "run: python -m examples.matrix"
    for row in stories:
        for words in row[1:]:
            assert words in ("passed", "–") or words.endswith("]"), row
