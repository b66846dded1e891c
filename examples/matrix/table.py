"""A table of libraries and stories, and below it why a library falls short."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from fakeapns.scenario import Sender

from .libraries import FOLDER, LIBRARIES

#: The verdicts of `chaos` that the findings explain by themselves.
_PLAIN = ("passed", "failed")


class Trial(msgspec.Struct, frozen=True):
    """What `chaos --json` says of one scenario, as far as the table wants to know."""

    scenario: str
    verdict: str
    ok: bool
    shortfalls: list[str] = []


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a library does what it does in some scenarios, and where in its source."""

    library: str
    scenarios: tuple[str, ...]
    place: str
    why: str

    def is_about(self, library: str, scenario: str) -> bool:
        """Whether it belongs to this cell of the table."""
        return library == self.library and any(
            fnmatchcase(scenario, glob) for glob in self.scenarios
        )


Results = Mapping[str, Sequence[Trial]]


def read_notes(service: Sender) -> list[Note]:
    """The notes on its libraries, in their order."""
    found = tomllib.loads((FOLDER / "notes" / f"{service}.toml").read_text("utf-8"))
    return msgspec.convert(found["note"], list[Note])


def cell(trial: Trial) -> str:
    """A word or two: `passed`, `–` where the story does not concern the sender, or what failed."""
    if trial.verdict == "not played":
        return "–"
    if trial.ok:
        return "passed"
    words = [] if trial.verdict in _PLAIN else [trial.verdict]
    if trial.verdict != "nothing sent":
        words += map(_in_short, trial.shortfalls)
    return ", ".join(words[:2])


def _in_short(shortfall: str) -> str:
    """`lost 400` of "lost 400, expected at most 0"."""
    found = shortfall.partition(",")[0].partition(" (")[0]
    return found.replace("_after_refusal", "").replace(" within 20 minutes", "")


def render(results: Results, notes: Sequence[Note]) -> str:
    """The table, a row for each scenario, and below it the notes that its cells refer to."""
    titles = [LIBRARIES[library].title for library in results]
    lines = [f"| scenario | {' | '.join(titles)} |", "| --- " * (len(titles) + 1) + "|"]
    used: dict[Note, int] = {}
    for row in zip(*results.values(), strict=True):
        [scenario] = {trial.scenario for trial in row}
        cells = []
        for library, trial in zip(results, row, strict=True):
            numbers = [
                used.setdefault(note, len(used) + 1)
                for note in notes
                if note.is_about(library, scenario)
            ]
            marks = "".join(f" [{number}]" for number in numbers)
            cells.append(f"{cell(trial)}{marks}")
        lines.append(f"| {scenario} | {' | '.join(cells)} |")
    totals = (_total(trials) for trials in results.values())
    lines += [f"| **passed** | {' | '.join(totals)} |", ""]
    for note, number in used.items():
        title = LIBRARIES[note.library].title
        lines.append(f"{number}. {title}, `{note.place}`: {note.why}")
    return "\n".join(lines)


def _total(trials: Sequence[Trial]) -> str:
    """How many were passed, of those that concern the sender."""
    concerned = [trial for trial in trials if cell(trial) != "–"]
    return f"{sum(trial.ok for trial in concerned)} of {len(concerned)}"


def unexplained(results: Results, notes: Sequence[Note]) -> Iterator[str]:
    """The cells that failed and have no note."""
    for library, trials in results.items():
        for trial in trials:
            explained = trial.ok or trial.verdict == "not played"
            if not explained and not any(note.is_about(library, trial.scenario) for note in notes):
                yield f"{library}, {trial.scenario}: {cell(trial)}"
