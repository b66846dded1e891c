"""`python -m examples.matrix`: the catalogue against each library, and the table in docs/matrix.md.

Runs `fakeapns chaos` once for each, which takes a few minutes, and rewrites what stands
between the two markers. Needs what the folders of the libraries name; npm is asked for
packages that are missing. With `--only` some stories are played, and their rows printed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent / "docs" / "matrix.md"
BEGIN = "<!-- python -m examples.matrix writes from here -->"
END = "<!-- to here -->"

#: As long as a patient library may need for ten reconnects.
TIMEOUT = "90s"
#: The verdicts of `chaos` that the findings explain by themselves.
_PLAIN = ("passed", "failed")


class Library(msgspec.Struct, frozen=True):
    """A library: how the table calls it, the command that sends with it, and what that needs."""

    title: str
    command: tuple[str, ...]
    module: str | None = None
    package: str | None = None


LIBRARIES = {
    "reference": Library(
        "`fakeapns send`",
        (sys.executable, "-m", "fakeapns", "send", "--confirm", "--tries", "20", "--feedback"),
    ),
    "pushjack": Library(
        "pushjack 1.6.0",
        (sys.executable, str(FOLDER / "pushjack" / "send.py")),
        module="pushjack",
    ),
    "node-apn": Library("apn 1.7.8", ("node", str(FOLDER / "node-apn" / "send.js")), package="apn"),
    "apnagent": Library(
        "apnagent 1.1.3", ("node", str(FOLDER / "apnagent" / "send.js")), package="apnagent"
    ),
}


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


def read_notes() -> list[Note]:
    """The notes, in their order."""
    found = tomllib.loads((FOLDER / "notes.toml").read_text("utf-8"))
    return msgspec.convert(found["note"], list[Note])


def cell(trial: Trial) -> str:
    """A word or two: `passed`, `–` where the story does not concern the sender, or what failed."""
    if trial.verdict == "not played":
        return "–"
    if trial.ok:
        return "passed"
    words = [] if trial.verdict in _PLAIN else [trial.verdict]
    if trial.verdict != "nothing sent":
        # "lost 400, expected at most 0"
        words += [each.partition(",")[0].replace("_after_refusal", "") for each in trial.shortfalls]
    return ", ".join(words[:2])


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


def replaced(page: str, table: str) -> str:
    """The page with this table between the markers. Raises `ValueError` without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"put the lines {BEGIN} and {END} where the table shall be")
    return f"{before}{begin}\n{table}\n{end}{after}"


def play(library: Library, jobs: int, only: Sequence[str] = ()) -> list[Trial]:
    """Run the catalogue against it, or `only` these stories. Raises `RuntimeError` where that is
    not possible.
    """
    chosen = [word for story in only for word in ("--scenario", story)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chaos.json"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "fakeapns", "chaos", "--json", str(path)),
                *("--timeout", TIMEOUT, "--jobs", str(jobs), *chosen, "--", *library.command),
            ],
            stdout=subprocess.DEVNULL,
        )
        # 4: not everything is green, as is to be expected of most.
        if done.returncode not in (0, 4):
            raise RuntimeError(f"chaos ended with {done.returncode}")
        found = msgspec.json.decode(path.read_bytes())
    return msgspec.convert(found["trials"], list[Trial])


def prepare(library: Library) -> None:
    """Fetch its package if it is missing. Raises `RuntimeError` where that is not possible."""
    program = library.command[0]
    if shutil.which(program) is None:
        raise RuntimeError(f"there is no {program}: install it")
    if library.module is not None and find_spec(library.module) is None:
        raise RuntimeError(
            f"there is no {library.module}: install '.[test]' into an environment of Python 3.11"
        )
    folder = Path(library.command[1]).parent
    if library.package is None or (folder / "node_modules" / library.package).is_dir():
        return
    flags = ("--no-package-lock", "--no-audit", "--no-fund", "--silent")
    if subprocess.run(["npm", "install", "--prefix", str(folder), *flags]).returncode:
        raise RuntimeError(f"npm could not install {library.package} into {folder}")


def main() -> None:
    """Run everything, then write; or run a part, and print."""
    parser = argparse.ArgumentParser(prog="python -m examples.matrix", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="scenarios side by side (default: 2)")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="STORY",
        help="play these alone (globs are fine), and print the rows instead of writing the page",
    )
    given = parser.parse_args()
    results, notes = {}, read_notes()
    for name, library in LIBRARIES.items():
        print(library.title, file=sys.stderr)
        try:
            prepare(library)
            results[name] = play(library, given.jobs, given.only)
        except (OSError, RuntimeError) as wrong:
            sys.exit(f"{library.title}: {wrong}")
    if given.only:
        print(render(results, notes))
        return
    PAGE.write_text(replaced(PAGE.read_text("utf-8"), render(results, notes)), "utf-8")
    missing = list(unexplained(results, notes))
    if missing:
        sys.exit("without a note in examples/notes.toml:\n" + "\n".join(missing))


if __name__ == "__main__":
    main()
