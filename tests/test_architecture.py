"""The house, as far as import-linter cannot say it: see `[tool.importlinter]` for the rest."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fakeapns

PACKAGE = Path(fakeapns.__file__).parent
TESTS = Path(__file__).parent

#: In their order, with the ground below.
ROOMS = [
    "protocol",
    "scenario",
    "push",
    "ledger",
    "fronts",
    "certificates",
    "servers",
    "provider",
    "fake",
    "inspector",
    "chaos",
    "cli",
    "pytest_plugin",
]
GROUND = {"errors.py", "text.py", "files.py", "inputs.py", "outputs.py", "_version.py"}
DOOR = {"__init__.py", "__main__.py", "py.typed"}
#: All that the ground of the wire needs. Whatever else it wants has to be argued for here.
PURE = {
    *("__future__", "abc", "array", "collections", "enum", "msgspec", "operator", "re", "struct"),
    "typing",
}
#: Where libraries that speak HTTP/2 are known, one in each file.
HTTP2 = {
    "protocol/http2/tap.py": {"hpack"},
    "protocol/http2/with_h2.py": {"h2"},
    "protocol/http2/with_ngh2.py": {"ngh2"},
}
#: What has no clock, and where files are touched all the same.
BELOW_THE_LOOP = ("protocol", "scenario", "push", "ledger", "fronts")
FILES = {
    *(f"scenario/{name}.py" for name in ("toml", "catalogue")),
    *(f"ledger/{name}.py" for name in ("file", "recording")),
}
TOUCHES_FILES = {
    *("open", "read_bytes", "read_text", "write_bytes", "write_text", "mkdir", "unlink"),
    *("glob", "iterdir", "exists", "is_file", "is_dir", "mmap", "pread"),
}
ASKS_THE_CLOCK = {"now", "utcnow", "today", "monotonic", "perf_counter"}

MODULES = sorted(PACKAGE.rglob("*.py"))
each_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE))
)
EVERY_FILE = [
    path
    for path in (*MODULES, *sorted(TESTS.rglob("*.py")))
    if not {"node_modules", "projects", "site-packages"} & set(path.parts)
]


def name_of(path: Path) -> str:
    """Where a module lies in the package."""
    return path.relative_to(PACKAGE).as_posix()


def tree(path: Path) -> ast.Module:
    """A file as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[tuple[str, ...]]:
    """Every import of a file, absolute; names taken from a module are its last part."""
    package = path.relative_to(PACKAGE.parent).parent.parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield tuple(alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = tuple(node.module.split(".")) if node.module else ()
            for alias in node.names:
                yield (*above, *module, alias.name)


def called(path: Path) -> set[str]:
    """The names of all functions and methods that a file calls."""
    calls = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return {
        each.attr if isinstance(each, ast.Attribute) else each.id
        for each in calls
        if isinstance(each, ast.Attribute | ast.Name)
    }


# ---- rooms ----------------------------------------------------------------------------------


def test_at_the_top_there_are_rooms_ground_files_and_the_door() -> None:
    found = {each.name for each in PACKAGE.iterdir() if each.is_file() or any(each.glob("*.py"))}
    # The catalogue lies inside an installed wheel.
    assert found - {"scenarios"} == {*ROOMS, *GROUND, *DOOR}


def test_the_docstring_of_the_package_lists_the_rooms_in_their_order() -> None:
    told = re.findall(r"^- (.*?): ", fakeapns.__doc__ or "", re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(told)) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for(room: str) -> None:
    doc = ast.get_docstring(tree(PACKAGE / room / "__init__.py")) or ""
    first = doc.split("\n\n")[0]
    assert first.endswith(".")
    assert len(first) <= 200


@each_module
def test_nobody_imports_the_package_as_a_whole(path: Path) -> None:
    # Its door leads to every room.
    assert (PACKAGE.name,) not in set(imported(path))


def test_the_wire_needs_next_to_nothing() -> None:
    for path in (PACKAGE / "protocol").rglob("*.py"):
        outside = {target[0] for target in imported(path)} - {PACKAGE.name}
        assert outside <= PURE | HTTP2.get(name_of(path), set()), path.name


def test_one_file_knows_each_library_of_http_2() -> None:
    libraries = set().union(*HTTP2.values(), {"hyperframe"})
    known = {
        name_of(path): found
        for path in MODULES
        if (found := libraries & {target[0] for target in imported(path)})
    }
    assert known == HTTP2


def test_who_speaks_the_binary_protocol_loads_no_http_2() -> None:
    loaded = "import sys, fakeapns.protocol; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert not {"ngh2", "h2", "hpack", "fakeapns.protocol.http2"} & set(told.stdout.split())


@pytest.mark.parametrize("room", BELOW_THE_LOOP)
def test_below_the_loop_nobody_asks_a_clock_and_few_touch_files(room: str) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        name = str(path.relative_to(PACKAGE))
        calls = called(path)
        # A clock that was handed in may be asked: it is the loop's.
        assert not calls & (ASKS_THE_CLOCK - {"now"}), name
        assert name in FILES or not calls & TOUCHES_FILES, name
        assert "datetime.now" not in path.read_text(encoding="utf-8"), name


# ---- tests and files ------------------------------------------------------------------------


def test_tests_are_the_same_tree() -> None:
    folders = {each.parent for each in TESTS.rglob("test_*.py") if each in EVERY_FILE}
    found = {str(each.relative_to(TESTS)) for each in folders} - {"."}
    # What is about no room: pages, real clients, the examples.
    found -= {"pages", "end_to_end", "examples"}
    assert {name for name in found if not (PACKAGE / name).is_dir()} == set()
    assert set(ROOMS) <= {name.split("/")[0] for name in found}


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: "/".join(path.parts[-3:]))
def test_no_file_is_too_long_to_be_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def private(name: str) -> bool:
    """Whether a name is nobody else's."""
    return name.startswith("_") and not name.endswith("__")


@pytest.mark.parametrize(
    "path",
    [path for path in EVERY_FILE if path.is_relative_to(TESTS)],
    ids=lambda path: "/".join(path.parts[-3:]),
)
def test_no_test_touches_a_private_name_of_another_module(path: Path) -> None:
    nodes = list(ast.walk(tree(path)))
    own = {node.attr for node in nodes if isinstance(node, ast.Attribute) and _mine(node)}
    own |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    touched = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            touched |= {alias.name for alias in node.names}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            touched |= set(re.findall(r"fakeapns[\w.]*\.(_\w+)", node.value))
    # Of the others one is Python's, one ours by name only, and one of a library that tests stand
    # in for.
    others = {"_exit", "_version", "_apns_create_socket_to_push"}
    assert {name for name in touched - own if private(name)} <= others


def _mine(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


# ---- the door -------------------------------------------------------------------------------


def test_public_names_change_on_purpose() -> None:
    assert fakeapns.__all__ == [
        "AcceptThenClose",
        "Acknowledge",
        "Activity",
        "AfterNotifications",
        "Alert",
        "Audit",
        "Authority",
        "BadCertificate",
        "Blackhole",
        "ChangeDevice",
        "ChangeSettings",
        "Channel",
        "ChannelEntry",
        "ClientCertificate",
        "DeafPing",
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
        "FeedbackSplit",
        "FeedbackStale",
        "Garbage",
        "GoAway",
        "LateAnswer",
        "Ledger",
        "NoCredit",
        "NoSettings",
        "Notification",
        "On",
        "PartialAnswer",
        "ProviderKey",
        "PushEntry",
        "ReconnectBlock",
        "Refuse",
        "Reject",
        "ResetStream",
        "Scenario",
        "ScenarioError",
        "Settings",
        "Shutdown",
        "SlowHandshake",
        "Stall",
        "StartError",
        "Step",
        "ThreadedAPNs",
        "ThreadedDevice",
        "Throttle",
        "TrioDevice",
        "Unanswered",
        "UsageError",
        "Wedge",
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
