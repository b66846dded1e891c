"""The door of the package: what it shows to type checkers is what Python finds there."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import fakeapns

TREE = ast.parse(Path(fakeapns.__file__).read_text(encoding="utf-8"))
#: The modules from which type checkers take the names.
SHOWN = [
    import_module(f"fakeapns.{node.module}")
    for node in ast.walk(TREE)
    if isinstance(node, ast.ImportFrom) and node.level
]


@pytest.mark.parametrize("name", fakeapns.__all__)
def test_a_name_is_the_same_wherever_it_is_found(name: str) -> None:
    found = [getattr(module, name) for module in SHOWN if hasattr(module, name)]
    assert found
    assert all(each is getattr(fakeapns, name) for each in found)


def test_everything_can_be_had_at_once() -> None:
    names: dict[str, object] = {}
    exec("from fakeapns import *", names)
    assert {*fakeapns.__all__} <= {*names}


@pytest.mark.parametrize(
    ("name", "heavy"),
    [
        ("__version__", {"msgspec", "trio", "ssl", "cryptography"}),
        ("UsageError", {"msgspec", "trio", "ssl", "cryptography"}),
        ("Reject", {"trio", "ssl", "cryptography"}),
        ("load_scenario", {"trio", "ssl", "cryptography"}),
        ("Authority", {"trio"}),
    ],
)
def test_nobody_pays_for_what_is_not_used(name: str, heavy: set[str]) -> None:
    program = f"import sys; from fakeapns import {name}; print(*{heavy!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "")
