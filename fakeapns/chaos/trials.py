"""Which scenarios are played, how often, and with which seeds."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from ..errors import ScenarioError, UsageError
from ..scenario import Scenario, Sender, find_scenario, load_scenario, scenario_names
from ..text import encodable

#: What decides where neither the command line nor a scenario names a seed.
SEED = 1


class Trial(msgspec.Struct, frozen=True):
    """A scenario to be played once. `given` is what `--scenario` takes for it, `label` what
    people call it: with the seed where several are tried. `attempt` counts from 1.
    """

    scenario: Scenario
    given: str
    path: str
    seed: int
    attempt: int
    label: str


def choose_trials(
    patterns: Sequence[str], seed: int | None, repeat: int, without: Sequence[str] = ()
) -> list[Trial]:
    """Every trial, in the order given; without patterns the whole catalogue.

    Those that `without` matches are left out; repeated ones use the seeds that follow. Raises
    `UsageError` for a glob that matches nothing, if all are left out or for a seed that no ledger
    can hold, and `ScenarioError` with the mistakes of all files.
    """
    found, mistakes = [], []
    left_out = {path.resolve() for _, path in _matches(without)}
    chosen = [each for each in _each_once(patterns) if each[1].resolve() not in left_out]
    if not chosen:
        raise UsageError("--without leaves nothing to play: leave out fewer")
    for given, path in chosen:
        try:
            found.append((given, path, load_scenario(path, SEED if seed is None else seed)))
        except ScenarioError as wrong:
            mistakes.append(str(wrong))
    if mistakes:
        raise ScenarioError("\n".join(mistakes))
    return [
        trial
        for given, path, scenario in found
        for trial in _repeated(given, path, scenario, seed, repeat)
    ]


def for_senders(trials: Sequence[Trial], service: Sender) -> list[Trial]:
    """Those that are played with senders to this service. Raises `UsageError` if none is."""
    found = [trial for trial in trials if service in trial.scenario.services]
    if not found:
        many = "the story is not" if len(trials) == 1 else f"none of the {len(trials)} stories is"
        raise UsageError(
            f"{many} for those who send to the {service}: `fakeapns scenarios --service {service}` "
            f'lists some that are, and services = ["{service}"] in the head of a file says so of it'
        )
    return found


def _repeated(
    given: str, path: Path, scenario: Scenario, seed: int | None, repeat: int
) -> Iterator[Trial]:
    first = next(each for each in (seed, scenario.seed, SEED) if each is not None)
    for attempt in range(1, repeat + 1):
        used = first + attempt - 1
        scenario.check_seed(used)
        label = f"{given} [seed {used}]" if repeat > 1 else given
        yield Trial(scenario, given, str(path), used, attempt, encodable(label))


def _each_once(patterns: Sequence[str]) -> Iterator[tuple[str, Path]]:
    seen: set[Path] = set()
    for given, path in _matches(patterns or scenario_names()):
        if path.resolve() not in seen:
            seen.add(path.resolve())
            yield given, path


def _matches(patterns: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """What to call each scenario, and its file."""
    for pattern in patterns:
        if not glob.has_magic(pattern) or os.path.exists(pattern):
            yield pattern, find_scenario(pattern)
            continue
        names = [name for name in scenario_names() if fnmatchcase(name, pattern)]
        # A star alone means the catalogue, and not what else there is in TOML.
        means_files = os.sep in pattern or pattern.endswith(".toml")
        files = sorted(glob.glob(pattern)) if means_files else []
        files = [file for file in files if file.endswith(".toml")]
        if not names and not files:
            raise UsageError(
                f"no scenario matches {pattern!r}: `fakeapns scenarios` lists the catalogue, "
                "files end in .toml"
            )
        yield from ((name, find_scenario(name)) for name in names)
        yield from ((file, Path(file)) for file in files)
