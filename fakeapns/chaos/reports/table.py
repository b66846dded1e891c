"""The results for people: a table, and for what is not green what helps, cause by cause."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from ...text import printable
from ..groups import Group, groups
from ..output import excerpt
from ..result import CampaignResult, TrialResult
from ..verdict import NOT_PLAYED

#: Lines of a command's output that are shown: the last ones.
SHOWN = 8
#: Characters of such a line, and of one that lists stories.
WIDTH = 300
WRAPPED = 100

_COLUMNS = (
    *("scenario", "accepted", "lost", "duplicated", "resent", "rescued", "connections"),
    *("verdict", "seconds"),
)
#: Columns that are words, and begin where the others end.
_WORDS = {"scenario", "verdict"}
_VERDICT = _COLUMNS.index("verdict")

#: Colours the text of a cell, if at all: by whether it is green.
Paint = Callable[[str, bool], str]


def unpainted(text: str, ok: bool) -> str:
    """No colour."""
    return text


def as_text(campaign: CampaignResult, paint: Paint = unpainted) -> str:
    """The table, then what is not green, and in the last line how many are.

    One that is not green is told whole. Of several that have a cause in common one is, and what
    turns most of them green comes first.
    """
    parts = [table(campaign.results, paint)]
    bad = [result for result in campaign.results if not result.ok]
    parts += _by_cause(bad, paint) if len(bad) > 1 else [_explained(each, paint) for each in bad]
    noted = [
        printable(f"{result.trial.label}: {note}")
        for result in campaign.results
        if result.ok
        for note in result.notes
    ]
    if noted:
        parts.append("\n".join(noted))
    idle = f", {campaign.not_played} not played" if campaign.not_played else ""
    parts.append(f"{campaign.passed} of {campaign.planned} passed{idle}")
    return "\n\n".join(parts)


def table(results: list[TrialResult], paint: Paint = unpainted) -> str:
    """A line for each result. Numbers are how many notifications, or connections; `2 of 3` are
    two where the story allows for three.
    """
    rows = [_row(result) for result in results]
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    lines = [_padded(_COLUMNS, widths)]
    for result, row in zip(results, rows, strict=True):
        cells = _padded(row, widths)
        # Painted last: what a terminal obeys has no width.
        cells[_VERDICT] = paint(cells[_VERDICT], result.ok)
        lines.append(cells)
    return "\n".join("  ".join(line) for line in lines)


def _row(result: TrialResult) -> tuple[str, ...]:
    return (
        printable(result.trial.label),
        *result.findings.cells().values(),
        result.verdict,
        f"{result.seconds:.1f}",
    )


def _padded(cells: tuple[str, ...], widths: list[int]) -> list[str]:
    return [
        f"{cell:<{width}}" if name in _WORDS else f"{cell:>{width}}"
        for name, cell, width in zip(_COLUMNS, cells, widths, strict=True)
    ]


def _by_cause(bad: list[TrialResult], paint: Paint) -> Iterator[str]:
    """A part for each cause, with the details of one story that no other cause has shown."""
    found = groups(bad)
    shown: set[int] = set()
    for number, group in enumerate(found, start=1):
        fresh = [each for each in (*group.alone, *group.results) if id(each) not in shown]
        example = [_explained(each, paint, group.cause.advice) for each in fresh[:1]]
        shown.update(map(id, fresh[:1]))
        head = f"cause {number} of {len(found)}: " if len(found) > 1 else ""
        yield "\n".join(
            [printable(f"{head}{group.cause.what}"), *_concerned(group), *map(_indented, example)]
        )
    left = len(bad) - len(shown)
    if left:
        yield (
            f"not shown: the details of {left} more that are not green; --html FILE, --json FILE "
            "and --junit FILE have them all, and --scenario NAME plays one alone"
        )


def _concerned(group: Group) -> Iterator[str]:
    """Which stories a cause concerns, and what to do about it."""
    many = len(group.results)
    stories = "1 story" if many == 1 else f"{many} stories"
    yield from textwrap.wrap(
        printable(f"{stories}{_alone(group)}: {', '.join(group.labels)}"),
        WRAPPED,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield printable(f"  what to do: {group.cause.advice}")


def _alone(group: Group) -> str:
    """How many are red for nothing else, as far as is known."""
    many, gain = len(group.results), group.gain
    if group.cause.key[0] == NOT_PLAYED:
        return ""
    if many == 1:
        return ", for this alone" if gain else ", not for this alone"
    return f", {'all' if gain == many else gain or 'none'} for this alone"


def _indented(text: str) -> str:
    return textwrap.indent(f"for example {text}", "  ")


def _explained(result: TrialResult, paint: Paint, said: str = "") -> str:
    """All that there is to say of one; what was said of its cause is not repeated."""
    return "\n".join(
        [
            f"{printable(result.trial.label)}: {paint(result.verdict, False)}",
            f"  ({printable(result.trial.scenario.about)})",
            *(f"  {line}" for line in explanation(result)),
            *(f"  {line}" for line in advice(result) if line != f"what to do: {said}"),
            *(f"  {line}" for line in _last_words(result.output)),
            f"  again: {printable(result.rerun)}",
        ]
    )


def explanation(result: TrialResult) -> list[str]:
    """What happened in a trial, in lines that any terminal can show."""
    return [printable(line) for part in result.story() for line in part.splitlines()]


def advice(result: TrialResult) -> list[str]:
    """What the sender should do, in such lines."""
    return [printable(line) for line in result.what_to_do()]


def _last_words(output: str) -> Iterator[str]:
    for number, line in enumerate(excerpt(output, SHOWN)):
        yield f"| {printable(line.expandtabs()[:WIDTH])}" if number else line
