"""The floors: imports only point down, the lowest does no I/O, the door is what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import fakeapns

PACKAGE = Path(fakeapns.__file__).parent

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


@each_module
def test_nobody_imports_the_package_as_a_whole(path: Path) -> None:
    # Its door leads to every floor.
    assert (PACKAGE.name,) not in set(imported(path))


def test_floor_0_does_no_io_and_has_no_clock() -> None:
    for path in (PACKAGE / "protocol").rglob("*.py"):
        outside = {target[0] for target in imported(path)} - {PACKAGE.name}
        assert outside <= PURE, path.name


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
