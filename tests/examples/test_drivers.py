"""Each of the programs gets through the story that it can be expected to know."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from examples.matrix.libraries import LIBRARIES, libraries_of
from fakeapns import ThreadedAPNs
from fakeapns.ledger.entries import ConnectionOpened
from fakeapns.provider.work_list import SendItem, WorkItem, write_work_list
from tests.end_to_end.runtimes import need
from tests.processes import PATIENCE

TOPIC = "com.example.app"


def there(name: str) -> bool:
    """Whether what the program of this library needs is here."""
    library = LIBRARIES[name]
    if library.module is not None:
        old_enough = library.module != "pushjack" or sys.version_info < (3, 12)
        return old_enough and importlib.util.find_spec(library.module) is not None
    if library.package is None:
        return True
    modules = library.folder / "node_modules"
    return shutil.which("node") is not None and (modules / library.package).is_dir()


def run(name: str, apns: ThreadedAPNs, items: Sequence[WorkItem], folder: Path) -> str:
    """What the program prints that is to send these."""
    need(there(name), LIBRARIES[name].title, "its example works")
    write_work_list(folder / "work.jsonl", items)
    work = {"APNS_WORK": str(folder / "work.jsonl")}
    done = subprocess.run(
        LIBRARIES[name].command,
        env={**os.environ, **apns.environment(), **work},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def some(count: int) -> list[SendItem]:
    """So many, each for a device of its own."""
    return [
        SendItem(
            token=hashlib.sha256(b"%d" % number).hexdigest(),
            payload={"aps": {"alert": f"number {number}"}},
            identifier=number,
            topic=TOPIC,
        )
        for number in range(1, count + 1)
    ]


@pytest.mark.apns(scenario="bad-token-in-a-burst")
@pytest.mark.parametrize("name", libraries_of("gateway"))
def test_an_example_replays_what_an_error_swallowed_and_reads_feedback(
    apns: ThreadedAPNs, tmp_path: Path, name: str
) -> None:
    items = some(300)
    run(name, apns, items, tmp_path)
    apns.assert_accepted(299)
    audit = apns.audit(items)
    assert audit.ok, str(audit)
    assert len(apns.discarded) >= 40
    assert "feedback" in {each.service for each in apns.ledger.of(ConnectionOpened)}


@pytest.mark.apns(strict_background_priority=True)
@pytest.mark.parametrize("name", libraries_of("api"))
def test_an_example_sends_what_is_asked_for_and_no_more_to_who_is_gone(
    apns: ThreadedAPNs, tmp_path: Path, name: str
) -> None:
    """An alert, what is for the background, and devices whose 410 is older and newer than their
    registration.
    """
    gone, back = (apns.devices.add(TOPIC, state="uninstalled") for _ in range(2))
    [push, hush, *rest] = some(60)
    quiet: dict[str, Any] = {"aps": {"content-available": 1}, "number": 2}
    items = [
        push,
        SendItem(token=hush.token, payload=quiet, topic=TOPIC, push_type="background"),
        SendItem(token=gone.token, payload=push.payload, topic=TOPIC, registered=1),
        SendItem(token=back.token, payload=push.payload, topic=TOPIC, registered=2**40),
        *rest,
        # Behind more than are sent at once, so the answers to the first ones are known.
        *some(300)[60:],
        SendItem(token=gone.token, payload=hush.payload, topic=TOPIC, registered=1),
        SendItem(token=back.token, payload=hush.payload, topic=TOPIC, registered=2**40),
    ]
    run(name, apns, items, tmp_path)
    apns.assert_accepted(300)
    [silent] = apns.assert_accepted(1, token=hush.token)
    assert (silent.push_type, silent.priority) == ("background", 5)
    sent = [each.token for each in apns.rejected]
    strikes_off = name != "reference-api"
    assert sent.count(gone.token) == (1 if strikes_off else 2)
    assert sent.count(back.token) == 2


@pytest.mark.parametrize("name", ["reference-api", "parse-node-apn"])
def test_an_example_broadcasts_where_its_library_can(
    apns: ThreadedAPNs, tmp_path: Path, name: str
) -> None:
    channel = apns.channels.add(TOPIC)
    payload = {"aps": {"event": "update", "content-state": {"goals": 1}, "timestamp": 1}}
    items = [*some(3), SendItem(channel=channel.id, payload=payload, topic=TOPIC)]
    run(name, apns, items, tmp_path)
    apns.assert_accepted(4)
    assert apns.audit(items).ok
