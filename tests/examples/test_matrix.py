"""The tables of libraries and scenarios: how they are made, and that the page has them whole."""

from __future__ import annotations

from fnmatch import filter as matching
from pathlib import Path

import pytest

from examples.matrix import __main__ as command
from examples.matrix.libraries import FOLDER, LIBRARIES, libraries_of
from examples.matrix.page import PAGE, markers, replaced, table_in
from examples.matrix.table import Note, Trial, cell, read_notes, render, unexplained
from fakeapns.scenario import Sender

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
        (
            Trial(
                "x", "failed", False, ["provider tokens within 20 minutes 4, expected at most 2"]
            ),
            "provider tokens 4",
        ),
        (
            Trial("x", "failed", False, ["connections 9 (4 side by side), expected at most 6"]),
            "connections 9",
        ),
    ],
)
def test_a_cell_is_a_word_or_two(trial: Trial, words: str) -> None:
    assert cell(trial) == words


def only(*stories: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Play these against the quickest of the senders, by the command line that a person writes."""
    ours = {name: each for name, each in LIBRARIES.items() if name.startswith("reference")}
    monkeypatch.setattr("examples.matrix.libraries.LIBRARIES", ours)
    monkeypatch.setattr("sys.argv", ["matrix", "--only", *stories])
    command.main()


def test_stories_can_be_played_alone_and_leave_the_page_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each with those who send to its service."""
    page = PAGE.read_bytes()
    only("acknowl*", "drop-by-reset", "goaway-in-*", monkeypatch=monkeypatch)
    rows = [line.split(" | ")[:2] for line in capsys.readouterr().out.splitlines() if line]
    names = [[row[0], row[1].strip("| ")] for row in rows]
    assert names == [
        ["| scenario", "`fakeapns send`"],
        ["| ---", "---"],
        ["| goaway-in-full-flow", "passed"],
        ["| **passed**", "1 of 1"],
        ["| scenario", "`fakeapns send`"],
        ["| ---", "---"],
        ["| acknowledged", "passed"],
        ["| drop-by-reset", "passed"],
        ["| **passed**", "2 of 2"],
    ]
    assert PAGE.read_bytes() == page


def test_a_story_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="no story is meant by gowaway"):
        only("gowaway", monkeypatch=monkeypatch)


def test_a_table_has_a_row_for_each_scenario_and_numbered_notes() -> None:
    assert render({"reference-gateway": [PASSED], "pushjack": [LOST]}, NOTES).splitlines() == [
        "| scenario | `fakeapns send` | pushjack 1.6.0 |",
        "| --- | --- | --- |",
        "| drop-by-reset | passed | lost 400 [1] |",
        "| **passed** | 1 of 1 | 0 of 1 |",
        "",
        "1. pushjack 1.6.0, `c.py:3`: The end is taken for silence.",
    ]


def test_a_failure_without_a_note_is_named() -> None:
    results = {"reference-gateway": [PASSED], "pushjack": [LOST], "node-apn": [LOST]}
    assert list(unexplained(results, NOTES)) == ["node-apn, drop-by-reset: lost 400"]


def test_a_table_takes_the_place_of_the_one_before() -> None:
    begin, end = markers("api")
    other = "\n".join(["", *markers("gateway"), ""])
    page = replaced(f"above\n{begin}\nold\n{end}\nbelow\n{other}", "api", "new")
    assert page == f"above\n{begin}\nnew\n{end}\nbelow\n{other}"
    assert replaced(page, "api", "new") == page
    assert (table_in(page, "api"), table_in(page, "gateway")) == ("new", "")


@pytest.mark.parametrize("page", ["", markers("api")[0], "\n".join(reversed(markers("api")))])
def test_a_page_without_markers_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="put the lines"):
        replaced(page, "api", "new")


@pytest.mark.parametrize(
    ("service", "note"),
    [
        pytest.param(service, note, id=f"{note.library}-{note.place}")
        for service in command.SERVICES
        for note in read_notes(service)
    ],
)
def test_a_note_is_about_something(service: Sender, note: Note) -> None:
    assert note.library in libraries_of(service)
    assert all(matching(command.stories(service), glob) for glob in note.scenarios)
    assert ":" in note.place
    assert note.why.endswith((".", ".)"))


@pytest.mark.parametrize("service", command.SERVICES)
def test_the_page_has_every_scenario_and_explains_every_failure(service: Sender) -> None:
    table = table_in(PAGE.read_text("utf-8"), service)
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    head, _, *stories, _ = rows
    assert head[1:] == [library.title for library in libraries_of(service).values()]
    assert [row[0] for row in stories] == command.stories(service), "run: python -m examples.matrix"
    for row in stories:
        for words in row[1:]:
            assert words in ("passed", "–") or words.endswith("]"), row


def test_the_reference_passes_whatever_it_is_concerned_by() -> None:
    page = PAGE.read_text("utf-8")
    for service in command.SERVICES:
        rows = table_in(page, service).splitlines()[2:]
        cells = [row.split(" | ")[1] for row in rows if row.startswith("|")]
        assert {*cells[:-1]} <= {"passed", "–"}


@pytest.mark.parametrize("name", [name for name, each in LIBRARIES.items() if each.package])
def test_the_version_is_that_of_the_table(name: str) -> None:
    library = LIBRARIES[name]
    wanted = Path(FOLDER, name, "package.json").read_text("utf-8")
    package, _, version = library.title.rpartition(" ")
    assert f'"{package}": "{version}"' in wanted
