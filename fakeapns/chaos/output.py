"""What a command wrote: the line that says what went wrong, what such lines have in common, and
the end of it all without what is said again and again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from ..protocol import REASONS
from ..text import within

#: What tells lines apart that say the same: addresses, tokens, numbers, and folders.
_PASSING = (
    (re.compile(r"\bhttps?://[^\s'\"]+"), "URL"),
    (re.compile(r"0x[0-9A-Fa-f]+|\b(?=\w*\d)[0-9A-Fa-f]{8,}(?![0-9A-Za-z])"), "#"),
    (re.compile(r"\d+"), "#"),
    (re.compile(r"(?:(?<=[\s'\"(=:])|^)(?:/[^\s/'\":]+)*/(?=[^\s/])"), "…/"),
)
#: What a line looks like that says what went wrong; the last lines of a trace seldom do.
_TELLING = re.compile(r"(?i)^(?!\s+at |[\s|+]*File \").*(?:error|exception|panic|fatal|failed)")
#: Above a trace of Python's. What follows at its own depth is the exception.
_TRACE = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\)")
#: An exception of a library, by its full name: what it says beside that is about one case.
_OF_A_LIBRARY = re.compile(r"(?:[A-Za-z_]\w*\.)+[A-Z]\w*(?=:|$)")
#: What a line says that is about an answer of HTTP and not about a connection.
_STATUS = re.compile(
    r"(?i:status(?:[ _]?code)?|(?:client|server|http) ?error|http/2)\W+[45]\d\d\b"
    rf"|HTTPStatusError|\b(?:{'|'.join(sorted(REASONS))})\b"
)
#: Characters of such a line.
_WIDTH = 160


def telling_line(output: str) -> str:
    """The line of a command's output that says what went wrong, as it was written."""
    lines = [line for line in output.splitlines() if line.strip()]
    telling = _raised(lines) or [line for line in lines if _TELLING.search(line)] or lines
    return within(telling[-1].strip(" |+\t"), _WIDTH) if telling else ""


def kind_of(line: str) -> str:
    """The same for lines that say the same of different cases."""
    named = _OF_A_LIBRARY.match(line)
    return named[0] if named else masked(line)


def masked(line: str) -> str:
    """A line without what is never the same."""
    for pattern, instead in _PASSING:
        line = pattern.sub(instead, line)
    return line


def is_of_an_answer(line: str) -> bool:
    """Whether it is about an answer of HTTP: a push was refused, and nothing was disturbed."""
    return _STATUS.search(line) is not None


def excerpt(output: str, most: int) -> Iterator[str]:
    """The last lines below a heading: of those in a row that are alike the first, and how many are
    like it. What went wrong first stands above them, wherever it was. Nothing where there is none.
    """
    lines = output.rstrip().splitlines()
    if not lines:
        return
    few = len(lines) <= most
    runs = [[line] for line in lines] if few else [list(run) for _, run in groupby(lines, masked)]
    first = next((run for run in runs[:-most] if _TELLING.search(run[0])), None)
    last = f"the last {min(most, len(runs))} of " if len(runs) > most else ""
    once = ", of those alike in a row the first" if len(runs) < len(lines) else ""
    yield f"the command's output{f' ({last}{len(lines):,} lines{once})' if last or once else ''}:"
    yield from () if first is None else (_counted(first), "…")
    yield from map(_counted, runs[-most:])


def _counted(run: list[str]) -> str:
    more = len(run) - 1
    return run[0] if not more else f"{run[0]} (and {more:,} like it)"


def _raised(lines: list[str]) -> list[str]:
    """What Python's traces end with, each the line below one at its own depth."""
    found: list[str] = []
    depth: int | None = None
    for line in lines:
        if begins := _TRACE.search(line):
            depth = begins.start()
        elif depth is not None and line[depth : depth + 1].strip():
            found.append(line[depth:])
            depth = None
    return found
