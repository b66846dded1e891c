"""The results for people: a table, and for each that is not green what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...text import printable
from ..result import CampaignResult, TrialResult

#: Lines of a command's output that are shown: the last ones.
SHOWN = 8
#: Characters of such a line.
WIDTH = 300

_COLUMNS = (
    *("scenario", "accepted", "lost", "duplicated", "resent", "connections"),
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
    """The table, then everything that is not green, and in the last line how many are."""
    parts = [table(campaign.results, paint)]
    parts += [_explained(result, paint) for result in campaign.results if not result.ok]
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
    """A line for each result. Numbers are how many notifications, or connections."""
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
        *map(str, result.findings.numbers().values()),
        result.verdict,
        f"{result.seconds:.1f}",
    )


def _padded(cells: tuple[str, ...], widths: list[int]) -> list[str]:
    return [
        f"{cell:<{width}}" if name in _WORDS else f"{cell:>{width}}"
        for name, cell, width in zip(_COLUMNS, cells, widths, strict=True)
    ]


def _explained(result: TrialResult, paint: Paint) -> str:
    return "\n".join(
        [
            f"{printable(result.trial.label)}: {paint(result.verdict, False)}",
            f"  ({printable(result.trial.scenario.about)})",
            *(f"  {line}" for line in explanation(result)),
            *(f"  {line}" for line in _last_words(result.output)),
            f"  again: {printable(result.rerun)}",
        ]
    )


def explanation(result: TrialResult) -> list[str]:
    """What happened in a trial, in lines that any terminal can show."""
    return [printable(line) for part in result.story() for line in part.splitlines()]


def _last_words(output: str) -> Iterator[str]:
    lines = output.rstrip().splitlines()
    if not lines:
        return
    some = f" (the last {SHOWN} of {len(lines)} lines)" if len(lines) > SHOWN else ""
    yield f"the command's output{some}:"
    yield from (f"| {printable(line.expandtabs()[:WIDTH])}" for line in lines[-SHOWN:])
