"""Timelines of tests: which tests get one, the files' names, what is on the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from ..fake import Surface
from ..files import make_folder
from ..inspector.timeline import Section, page, trace
from .addresses import titled
from .options import chosen, from_ini

FOLDER = "apns-traces"

_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
#: Characters of a test's name in that of its file: file systems allow 255 bytes in all.
_NAME = 120


def wanted(config: pytest.Config, *, failed: bool) -> bool:
    """Whether a test that ended like this gets a timeline."""
    mode = chosen(config, "trace")
    return mode == "on" or (mode == "retain-on-failure" and failed)


def path_of(item: pytest.Item) -> Path:
    """The file of a test: of this one only, and the same in every run."""
    config = item.config
    given = chosen(config, "trace-dir") or FOLDER
    beside = from_ini(config, "trace-dir")
    folder = (config.rootpath if beside else config.invocation_params.dir) / given
    # Nothing of the worker that runs it: the next run may give the test to another one.
    return folder / file_name(item.nodeid)


def file_name(test: str) -> str:
    """A name that every file system takes, for a test that may be called anything."""
    readable = _UNSAFE.sub("-", test).strip("-")[-_NAME:]
    # Different tests may have become the same.
    digest = sha256(test.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "-".join(filter(None, (readable, digest))) + ".html"


def forget(item: pytest.Item) -> None:
    """Remove what an earlier run has left of a test that has passed now."""
    if chosen(item.config, "trace") == "retain-on-failure":
        with suppress(OSError):
            path_of(item).unlink(missing_ok=True)


def write(path: Path, test: str, servers: Sequence[Surface], failure: str | None) -> str | None:
    """Write the page. Returns a sentence if that is not possible: no reason to fail a test."""
    title = test.encode("utf-8", "replace").decode()
    sections = [
        _section(title if len(servers) == 1 else titled("server", number, apns), apns, failure)
        for number, apns in enumerate(servers, start=1)
    ]
    try:
        make_folder(path.parent)
        path.write_text(page(title, sections), "utf-8")
    except OSError as wrong:
        reason = wrong.strerror or wrong
        return f"the timeline {path} cannot be written ({reason}): choose another --apns-trace-dir"
    return None


def _section(title: str, apns: Surface, failure: str | None) -> Section:
    ledger = apns.ledger
    outcomes = Counter(each.outcome for each in ledger.notifications())
    facts = [
        (outcome, f"{outcomes[outcome]:,}") for outcome in ("accepted", "rejected", "discarded")
    ]
    facts.append(("scenario", apns.scenario.name or "none"))
    if apns.seed is not None:
        facts.append(("seed", str(apns.seed)))
    return Section(
        title=title,
        badge="passed" if failure is None else "failed",
        # Without a scenario there is nothing to promise: faults may have been injected.
        about=apns.scenario.about if apns.scenario.name else "",
        facts=tuple(facts),
        notes=() if failure is None else (failure,),
        trace=trace(ledger),
    )


def shown(path: Path, config: pytest.Config) -> str:
    """The path as people can paste it: short where pytest was started."""
    here = config.invocation_params.dir
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
