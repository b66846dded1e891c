"""Each of the programs gets through the story that it can be expected to know."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examples.matrix import LIBRARIES
from fakeapns import ThreadedAPNs
from fakeapns.ledger.entries import ConnectionOpened
from fakeapns.provider.work_list import WorkItem, write_work_list
from tests.end_to_end.runtimes import need
from tests.processes import PATIENCE

COUNT = 300


def there(name: str) -> bool:
    """Whether what the program of this library needs is here."""
    library = LIBRARIES[name]
    if library.module is not None:
        return sys.version_info < (3, 12) and importlib.util.find_spec(library.module) is not None
    if library.package is None:
        return True
    modules = Path(library.command[1]).parent / "node_modules"
    return shutil.which("node") is not None and (modules / library.package).is_dir()


@pytest.mark.apns(scenario="bad-token-in-a-burst")
@pytest.mark.parametrize("name", LIBRARIES)
def test_an_example_replays_what_an_error_swallowed_and_reads_feedback(
    apns: ThreadedAPNs, tmp_path: Path, name: str
) -> None:
    need(there(name), LIBRARIES[name].title, "its example works")
    items = [
        WorkItem(
            token=hashlib.sha256(b"%d" % number).hexdigest(),
            payload={"aps": {"alert": f"number {number}"}},
            identifier=number,
            topic="com.example.app",
        )
        for number in range(1, COUNT + 1)
    ]
    write_work_list(tmp_path / "work.jsonl", items)
    work = {"APNS_WORK": str(tmp_path / "work.jsonl")}
    done = subprocess.run(
        LIBRARIES[name].command,
        env={**os.environ, **apns.environment(), **work},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    apns.assert_accepted(COUNT - 1)
    audit = apns.audit(items)
    assert audit.ok, str(audit)
    assert len(apns.discarded) >= 40
    assert "feedback" in {each.service for each in apns.ledger.of(ConnectionOpened)}
