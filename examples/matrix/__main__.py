"""`python -m examples.matrix`: the catalogue against each library, for docs/matrix.md.

Runs `fakeapns chaos` once for each, which takes some minutes, and rewrites what stands between the
markers of the page. Needs what the folders of the libraries name; npm is asked for packages that
are missing. With `--service` one of the tables is written, and with `--only` some stories are
played, and their rows printed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from fakeapns.scenario import Sender
from fakeapns.scenario.toml import load_scenario, scenario_names

from .libraries import Library, libraries_of
from .page import PAGE, replaced
from .table import Results, Trial, read_notes, render, unexplained

#: As long as a patient library may need for ten reconnects, or to give up each push for itself.
TIMEOUT = "90s"
#: In the order of the page.
SERVICES: tuple[Sender, ...] = ("api", "gateway")


def stories(service: Sender, only: Sequence[str] = ()) -> list[str]:
    """Those for who sends to it, or `only` those that one of these globs means."""
    return [
        name
        for name in scenario_names()
        if service in load_scenario(name).services
        and (not only or any(fnmatchcase(name, glob) for glob in only))
    ]


def play(library: Library, jobs: int, chosen: Sequence[str]) -> list[Trial]:
    """Run these stories against it. Raises `RuntimeError` where that is not possible."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chaos.json"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "fakeapns", "chaos", "--service", library.service),
                *("--json", str(path), "--timeout", TIMEOUT, "--jobs", str(jobs)),
                *(word for name in chosen for word in ("--scenario", name)),
                *("--", *library.command),
            ],
            stdout=subprocess.DEVNULL,
        )
        # 4: not everything is green, as is to be expected of most.
        if done.returncode not in (0, 4):
            raise RuntimeError(f"chaos ended with {done.returncode}")
        found = msgspec.json.decode(path.read_bytes())
    return msgspec.convert(found["trials"], list[Trial])


def play_all(service: Sender, jobs: int, chosen: Sequence[str]) -> Results:
    """Run them against each library that sends to it. Ends the process where one cannot run."""
    results = {}
    for name, library in libraries_of(service).items():
        print(f"{library.title}, {service}", file=sys.stderr)
        try:
            library.prepare()
            results[name] = play(library, jobs, chosen)
        except (OSError, RuntimeError) as wrong:
            sys.exit(f"{library.title}: {wrong}")
    return results


def main() -> None:
    """Run everything, then write; or run a part, and print."""
    parser = argparse.ArgumentParser(prog="python -m examples.matrix", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="scenarios side by side (default: 2)")
    parser.add_argument("--service", choices=SERVICES, help="one of the tables (default: both)")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="STORY",
        help="play these alone (globs are fine), and print the rows instead of writing the page",
    )
    given = parser.parse_args()
    missing: list[str] = []
    services = SERVICES if given.service is None else (given.service,)
    played = {each: chosen for each in services if (chosen := stories(each, given.only))}
    if not played:
        sys.exit(f"no story is meant by {' '.join(given.only)}: `fakeapns scenarios` has all")
    for service, chosen in played.items():
        results, notes = play_all(service, given.jobs, chosen), read_notes(service)
        if given.only:
            print(render(results, notes))
            continue
        page = replaced(PAGE.read_text("utf-8"), service, render(results, notes))
        PAGE.write_text(page, "utf-8")
        missing += unexplained(results, notes)
    if missing:
        sys.exit("without a note in examples/notes:\n" + "\n".join(missing))


if __name__ == "__main__":
    main()
