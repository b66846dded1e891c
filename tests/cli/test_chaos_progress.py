"""Progress: a line for each story in a pipe, one that is rewritten on a terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest

from fakeapns.cli.chaos_progress import Progress
from tests.chaos.results import result, trial


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_a_line_for_each_story_that_has_ended() -> None:
    stream = io.StringIO()
    progress = Progress(34, stream)
    for name, verdict in (("drop-by-reset", "failed"), ("slow-reader", "passed")):
        progress.started(trial(name))
        progress.finished(result(verdict, name))
    progress.close()
    assert stream.getvalue() == (
        "[ 1/34] drop-by-reset ... failed (1.2 s)\n[ 2/34] slow-reader ... passed (1.2 s)\n"
    )


def test_stories_side_by_side_are_counted_as_they_end() -> None:
    stream = io.StringIO()
    progress = Progress(2, stream)
    progress.started(trial("slow-reader"))
    progress.started(trial("drop-by-reset"))
    progress.finished(result("failed", "drop-by-reset"))
    progress.finished(result("passed", "slow-reader"))
    progress.close()
    assert [line.split(" ... ")[0] for line in stream.getvalue().splitlines()] == [
        "[1/2] drop-by-reset",
        "[2/2] slow-reader",
    ]


def lines(stream: io.StringIO) -> list[str]:
    """What a terminal showed, one line after the other."""
    return stream.getvalue().split("\r\x1b[K")[1:]


def test_a_terminal_shows_what_runs_and_writes_the_verdict_over_it() -> None:
    stream = Terminal()
    progress = Progress(2, stream)
    progress.started(trial("a"))
    progress.started(trial("b"))
    progress.finished(result("passed", "a"))
    progress.close()
    assert lines(stream) == [
        "[1/2] a ...",
        "[1/2] a, b ...",
        "[1/2] a ... passed (1.2 s)\n",
        "[2/2] b ...",
        "",
    ]


def test_a_line_that_would_wrap_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = Terminal()
    progress = Progress(1, stream)
    progress.started(trial("a-name-that-is-quite-long"))
    progress.close()
    assert lines(stream) == ["[1/1] a-name-that-i", ""]


def test_names_cannot_move_the_cursor() -> None:
    stream = io.StringIO()
    progress = Progress(1, stream)
    odd: Any = trial(label="a\x1b[2J\n")
    progress.started(odd)
    progress.finished(result(trial=odd))
    progress.close()
    assert stream.getvalue() == "[1/1] a\\x1b[2J\\n ... passed (1.2 s)\n"
