"""The floors: imports only point down, the lowest does no I/O, the door is what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import fakeapns

PACKAGE = Path(fakeapns.__file__).parent

#: Lowest first. A module of the command line may also be called `cli_…`.
FLOORS = [
    {"protocol"},
    {
        "errors",
        "problems",
        "units",
        "settings",
        "notification",
        "content",
        "devices",
        "validation",
    },
    {
        "faults",
        "scenario",
        "toml_places",
        "scenario_file",
        "catalogue",
        "schema",
        "reference",
        "chance",
        "entries",
        "run",
        "lines",
        "ledger",
        "ledger_file",
        "ledger_reader",
        "audit",
        "work_list",
        "whole_file",
    },
    {"actions", "plan", "plain", "judge", "recorder", "closing", "acting", "session"},
    {"certificates", "servers", "sender"},
    {
        "clock",
        "loops",
        "emulator",
        "wanted",
        "explanation",
        "records",
        "waiting",
        "waits",
        "surface",
        "client_environment",
        "clients",
        "timeline",
        "chaos",
        "fake",
        "running",
        "thread",
    },
    {"pytest_plugin", "cli", "__main__"},
]
#: The public names of the package, as far as code inside may use them through its door.
FREE = {"__version__"}
#: All that floor 0 needs. Whatever else it wants has to be argued for here.
PURE = {"__future__", "array", "collections", "enum", "msgspec", "struct", "typing"}

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
each_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE))
)


def parts_of(path: Path) -> tuple[str, ...]:
    """`fakeapns/servers/tls.py` as `("servers", "tls")`."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def unit(name: str) -> str:
    """What stands on a floor: a module or a folder right below the package."""
    return "cli" if name.startswith("cli_") else name


def floor(name: str) -> int:
    """The number of the floor on which a module or folder stands."""
    return next(number for number, floor in enumerate(FLOORS) if unit(name) in floor)


def imported(path: Path) -> Iterator[tuple[str, ...]]:
    """Every import of a file, absolute; names taken from a module are its last part."""
    package = path.relative_to(PACKAGE.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield tuple(alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = tuple(node.module.split(".")) if node.module else ()
            for alias in node.names:
                yield (*above, *module, alias.name)


def own(path: Path) -> set[str]:
    """The modules and folders of the package that a file imports."""
    below = {target[1] for target in imported(path) if target[0] == PACKAGE.name and target[1:]}
    # A name from the package's own door counts as the module it comes from.
    return {fakeapns._HOME.get(name, name) for name in below - FREE}


@each_module
def test_every_module_stands_on_a_floor(path: Path) -> None:
    name = unit(parts_of(path)[0])
    assert [name in each for each in FLOORS].count(True) == 1


@each_module
def test_imports_only_point_down(path: Path) -> None:
    name = parts_of(path)[0]
    upwards = {other for other in own(path) if floor(other) > floor(name)}
    assert not upwards


@each_module
def test_nobody_imports_the_package_as_a_whole(path: Path) -> None:
    # Its door leads to every floor.
    assert (PACKAGE.name,) not in set(imported(path))


def test_the_two_faces_never_import_each_other() -> None:
    for path in MODULES:
        name = unit(parts_of(path)[0])
        if name == "pytest_plugin":
            assert "cli" not in {unit(other) for other in own(path)}
        if name == "cli":
            assert "pytest_plugin" not in own(path)


def test_floors_name_no_module_that_does_not_exist() -> None:
    present = {unit(parts_of(path)[0]) for path in MODULES}
    assert set().union(*FLOORS) <= present


def test_floor_0_does_no_io_and_has_no_clock() -> None:
    for path in (PACKAGE / "protocol").glob("*.py"):
        outside = {target[0] for target in imported(path)} - {PACKAGE.name}
        assert outside <= PURE, path.name
        assert own(path) <= {"protocol"}, path.name


def test_public_names_change_on_purpose() -> None:
    assert fakeapns.__all__ == [
        "AcceptThenClose",
        "Acknowledge",
        "AfterNotifications",
        "Alert",
        "Audit",
        "Authority",
        "BadCertificate",
        "Blackhole",
        "ClientCertificate",
        "Device",
        "DeviceEntry",
        "Drop",
        "Expect",
        "FakeAPNs",
        "FakeAPNsError",
        "FeedbackCut",
        "FeedbackDelay",
        "FeedbackRepeat",
        "FeedbackSilent",
        "FeedbackStale",
        "Garbage",
        "Ledger",
        "Notification",
        "On",
        "ReconnectBlock",
        "Refuse",
        "Reject",
        "Scenario",
        "ScenarioError",
        "Settings",
        "Shutdown",
        "SlowHandshake",
        "Stall",
        "StartError",
        "Step",
        "ThreadedAPNs",
        "Throttle",
        "UsageError",
        "__version__",
        "load_scenario",
    ]


@pytest.mark.parametrize("name", fakeapns.__all__)
def test_every_public_name_leads_somewhere_and_says_what_it_is_for(name: str) -> None:
    found = getattr(fakeapns, name)
    assert isinstance(found, str) or found.__doc__


def test_a_name_that_the_package_does_not_have_is_missing_as_usual() -> None:
    with pytest.raises(AttributeError, match="module 'fakeapns' has no attribute 'Server'"):
        fakeapns.Server  # noqa: B018
