"""TOML to `Scenario`, with every mistake of a file at once and where it stands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, TypeVar

import msgspec

from ..errors import ScenarioError
from ..inputs import read_input
from ..text import nearest
from .catalogue import catalogue_folder
from .faults import BY_NAME, Fault
from .inhabitants import ChannelEntry, DeviceEntry
from .problems import Checked, Field, Path, Problem, Problems, fields, unknown, wrong_value
from .pushes import PushEntry
from .scenario import Expect, Scenario, missing_seed
from .settings import Settings
from .steps import On, Step
from .toml_numbers import all_too_large
from .toml_places import Place, find_places
from .toml_text import end_of, parse_toml

C = TypeVar("C", bound=Checked)

_TOP = (
    *("about", "advice", "services", "seed", "gateway", "device", "channel", "push", "step"),
    "expect",
)
#: Lists of tables that are alike: who exists from the start, and what is sent.
_LISTS: Mapping[str, type[Checked]] = {
    **{"device": DeviceEntry, "channel": ChannelEntry, "push": PushEntry},
}
#: Keys that a step has beside those of its fault.
_BESIDE = ("fault", "on", "times", "per")
#: Keys that Python has and a file has not.
_PYTHON_ONLY = {"where"}


def load_scenario(given: str | FilePath, seed: int | None = None) -> Scenario:
    """Read a scenario: a file, or the name of one in the catalogue.

    `seed` is the one that will be used instead of the file's. Raises `ScenarioError` whose
    text has a line `file:line:column: …` for each mistake.
    """
    path = find_scenario(given)
    return parse_scenario(read_scenario(path), str(path), seed)


def read_scenario(path: FilePath) -> str:
    """The text of a scenario file. Raises `ScenarioError` where there is none."""
    try:
        data = read_input(path)
    except FileNotFoundError:
        raise ScenarioError(f"{path}:1:1: {_not_there(path)}") from None
    except (OSError, ValueError) as wrong:
        reason = getattr(wrong, "strerror", None) or wrong
        raise ScenarioError(f"{path}:1:1: cannot be read: {reason}") from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line, column = end_of(data[: wrong.start].decode("utf-8"))
        raise ScenarioError(f"{path}:{line}:{column}: is not UTF-8: save it as such") from None


def _not_there(path: FilePath) -> str:
    """Where it was looked for, and what was probably meant: a file beside it, or a story."""
    beside = {each.stem: str(path.with_name(each.name)) for each in path.parent.glob("*.toml")}
    known = {name: name for name in scenario_names()} | beside
    near = nearest(path.stem, known)
    hint = "" if near is None else f"; did you mean {known[near]}?"
    return f"cannot be read: there is no {path.absolute()}{hint}"


def find_scenario(given: str | FilePath) -> FilePath:
    """The file that is meant. Raises `ScenarioError` for a name that is not in the catalogue."""
    path = FilePath(given)
    if isinstance(given, FilePath) or path.suffix or len(path.parts) != 1 or os.path.exists(path):
        return path
    if given not in scenario_names():
        problem = unknown("scenario", given, scenario_names())
        if os.path.isfile(f"{given}.toml"):
            problem = msgspec.structs.replace(problem, near=f"{given}.toml")
        raise ScenarioError(
            f"{problem}; or give the path of a .toml file: there is no {path.absolute()}"
        )
    return catalogue_folder() / f"{given}.toml"


def scenario_names() -> list[str]:
    """The names in the catalogue, sorted."""
    return sorted(path.stem for path in catalogue_folder().glob("*.toml"))


def parse_scenario(text: str, file: str = "scenario", seed: int | None = None) -> Scenario:
    """Make a scenario of a TOML text. Raises `ScenarioError`; `file` is what it says."""
    given = parse_toml(text, file)
    large = list(all_too_large(given))
    if large:
        raise ScenarioError(_located(large, text, file))
    builder = _Builder()
    scenario = builder.scenario(given, FilePath(file).stem, has_seed=seed is not None)
    if scenario is None or builder.problems:
        raise ScenarioError(_located(builder.problems, text, file))
    return scenario


def _located(problems: list[Problem], text: str, file: str) -> str:
    places = find_places(text)
    found = sorted((_place(problem.path, places), str(problem)) for problem in problems)
    return "\n".join(f"{file}:{line}:{column}: {what}" for (line, column), what in found)


def _place(path: Path, places: dict[Path, Place]) -> Place:
    """Where the key stands, or what holds it if the key itself is what is missing."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, (1, 1))


def _home(key: str, path: Path) -> str:
    """Where a key belongs that would be right somewhere else."""
    if not path and key in Settings.__struct_fields__:
        return ", which belongs under [gateway]"
    if path[:1] == ("step",) and len(path) == 2 and key in On.__struct_fields__:
        return f", which belongs into on = {{ {key} = … }}"
    return ""


class _Builder:
    """Builds objects key by key. Where something is wrong it goes on with what is right."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def scenario(self, given: Mapping[str, Any], name: str, *, has_seed: bool) -> Scenario | None:
        """The scenario. With `problems` it is one of what is right, or None."""
        self._reject_unknown(given, _TOP, ())
        # Where there is no sentence the rest is looked at all the same.
        parts: dict[str, Any] = {
            "about": "…",
            "name": name,
            "gateway": self._table(given, "gateway"),
        }
        known = {field.key: field for field in fields(Scenario)}
        for key in ("about", "advice", "services", "seed"):
            if key in given and self._fits(known[key], given[key], ()):
                parts[key] = msgspec.convert(given[key], known[key].type)
        if "about" not in given:
            what = "key 'about' is missing: say in a sentence what the scenario is"
            self.problems.append(Problem((), what))
        made: dict[str, Mapping[int, Checked | None]] = {
            key: {
                position: self._object(kind, each, (key, position))
                for position, each in self._tables(given, key)
            }
            for key, kind in _LISTS.items()
        }
        steps = dict(self._tables(given, "step"))
        if not has_seed and "seed" not in given:
            chances = [
                position
                for position, step in steps.items()
                if isinstance(step.get("on"), dict) and "chance" in step["on"]
            ]
            self.problems += missing_seed(chances, parts["gateway"])
        made["step"] = {
            position: self._step(each, ("step", position)) for position, each in steps.items()
        }
        expect = self._object(Expect, self._table(given, "expect"), ("expect",))
        return self._whole({**parts, "expect": expect or Expect()}, made)

    def _whole(
        self, parts: dict[str, Any], made: Mapping[str, Mapping[int, Checked | None]]
    ) -> Scenario | None:
        """Put together what could be made, and see what is wrong with that."""
        there = {
            key: [(position, each) for position, each in found.items() if each is not None]
            for key, found in made.items()
        }
        parts = parts | {key: tuple(each for _, each in found) for key, found in there.items()}
        try:
            return Scenario(**parts)
        except Problems as wrong:
            for problem in wrong.problems:
                key, *rest = problem.path
                if key in there:
                    # Its position among those that could be made.
                    rest[0] = there[str(key)][int(rest[0])][0]
                self.problems.append(msgspec.structs.replace(problem, path=(key, *rest)))
            return None

    def _table(self, given: Mapping[str, Any], key: str) -> dict[str, Any]:
        found = given.get(key, {})
        if isinstance(found, dict):
            return found
        self.problems.append(Problem((key,), f"{key} is no table: write [{key}]", named=True))
        return {}

    def _tables(self, given: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
        found = given.get(key, [])
        if isinstance(found, list) and all(isinstance(each, dict) for each in found):
            return list(enumerate(found))
        what = f"{key} is no list of tables: write [[{key}]]"
        self.problems.append(Problem((key,), what, named=True))
        return []

    def _step(self, given: Mapping[str, Any], path: Path) -> Step | None:
        kind = BY_NAME.get(str(given.get("fault")))
        if "fault" not in given:
            self.problems.append(Problem(path, "key 'fault' is missing", tuple(BY_NAME)))
        elif kind is None:
            problem = unknown("fault", str(given["fault"]), BY_NAME, (*path, "fault"))
            self.problems.append(problem)
        parts: dict[str, Any] = {}
        if isinstance(given.get("on", {}), dict):
            parts["on"] = self._object(On, given.get("on", {}), (*path, "on")) or On()
        else:
            self.problems.append(
                Problem((*path, "on"), "on is no table: write on = { … }", named=True)
            )
        for field in fields(Step):
            beside = field.key in ("times", "per") and field.key in given
            if beside and self._fits(field, given[field.key], path):
                parts[field.name] = given[field.key]
        if kind is None:
            return None
        rest = {key: given[key] for key in given if key not in _BESIDE}
        parts["fault"] = self._object(kind, rest, path, _BESIDE)
        return None if parts["fault"] is None else self._made(Step, parts, path)

    def _object(
        self, kind: type[C], given: Mapping[str, Any], path: Path, beside: tuple[str, ...] = ()
    ) -> C | None:
        """An object of this kind, or None. `beside` are keys that are read elsewhere."""
        known = {field.key: field for field in fields(kind) if field.key not in _PYTHON_ONLY}
        of = f" of the fault {kind.__struct_config__.tag}" if issubclass(kind, Fault) else ""
        self._reject_unknown(given, (*known, *beside), path, of)
        values: dict[str, Any] = {}
        for key, field in known.items():
            if key not in given:
                if field.required:
                    self.problems.append(Problem(path, f"key {key!r} is missing"))
            elif self._fits(field, given[key], path):
                values[field.name] = msgspec.convert(given[key], field.type)
        # Since when a device is uninstalled depends on a key that may be wrong itself; other
        # rules look at one key each.
        complete = all(field.name in values for key, field in known.items() if key in given)
        return self._made(kind, values, path, tell=complete or kind is not DeviceEntry)

    def _reject_unknown(
        self, given: Mapping[str, Any], known: tuple[str, ...], path: Path, of: str = ""
    ) -> None:
        for key in given:
            if key not in known:
                problem = unknown("key", key, known, (*path, key), named=True)
                what = f"{problem.what}{of}{_home(key, path)}"
                self.problems.append(msgspec.structs.replace(problem, what=what))

    def _fits(self, field: Field, value: Any, path: Path) -> bool:
        wrong = wrong_value(field, value)
        if wrong is not None:
            self.problems.append(wrong.within(*path))
        return wrong is None

    def _made(
        self, kind: type[C], values: dict[str, Any], path: Path, *, tell: bool = True
    ) -> C | None:
        """The object, without the keys that break a rule; None if it cannot be without."""
        required = {field.name for field in fields(kind) if field.required}
        while required <= set(values):
            try:
                return kind(**values)
            except Problems as wrong:
                if tell:
                    self.problems += [each.within(*path) for each in wrong.problems]
                blamed = {each.path[0] for each in wrong.problems}
                if blamed.isdisjoint(values):
                    # Keys of what stands in it, as of the fault in a step, cannot be left out here.
                    return None
                values = {name: value for name, value in values.items() if name not in blamed}
        return None
