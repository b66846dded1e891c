"""What is added to the reports of a test: its records when it fails, and its timeline."""

from __future__ import annotations

from typing import Any

import pytest

from ..fake import Surface
from ..text import printable, readable
from . import timelines as traces
from .addresses import titled
from .ledger_text import record
from .servers import SERVERS
from .session_server import used_by
from .summary import PROBLEM, TIMELINE

#: Lines of a failure that its timeline repeats.
_SAID = 20
#: Characters of a mistake of our own.
_WIDTH = 200

#: What the first failure of a test says.
_FAILURE: pytest.StashKey[str] = pytest.StashKey()
#: Whether its body has passed.
_PASSED: pytest.StashKey[bool] = pytest.StashKey()


def attend(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Add to the report of one phase what there is to say, and clear up behind the last.

    Never raises: in a hook that would end the run.
    """
    try:
        _attend(item, call, report)
    except Exception as wrong:
        problem = f"the record of {item.nodeid} cannot be shown: {_one_line(wrong)}"
        if report.failed:
            report.sections.append(("fakeapns", problem))
        else:
            # Sections of a test that passes are shown to nobody.
            setattr(report, PROBLEM, problem)
    finally:
        if report.when == "teardown":
            _clear_up(item)


def _attend(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    servers = _servers(item)
    if servers and report.failed and _FAILURE not in item.stash:
        item.stash[_FAILURE] = _said(call, report)
        report.sections += _records(item, servers)
    failure = item.stash.get(_FAILURE, None)
    if report.when == "call" and report.passed:
        item.stash[_PASSED] = True
    if report.when != "teardown" or not servers:
        return
    if traces.wanted(item.config, failed=failure is not None):
        path = traces.path_of(item)
        problem = traces.write(path, item.nodeid, servers, failure)
        if problem is None:
            setattr(report, TIMELINE, traces.shown(path, item.config))
        else:
            setattr(report, PROBLEM, problem)
    elif item.stash.get(_PASSED, False):
        traces.forget(item)


def _clear_up(item: pytest.Item) -> None:
    """Forget: a session has many tests, and another plugin may run this one again."""
    keys: tuple[pytest.StashKey[Any], ...] = (SERVERS, _FAILURE, _PASSED)
    for key in keys:
        if key in item.stash:
            del item.stash[key]


def _one_line(wrong: Exception) -> str:
    return printable(f"{type(wrong).__name__}: {wrong}")[:_WIDTH]


def _servers(item: pytest.Item) -> list[Surface]:
    shared = used_by(item)
    return [*item.stash.get(SERVERS, []), *([] if shared is None else [shared.apns])]


def _records(item: pytest.Item, servers: list[Surface]) -> list[tuple[str, str]]:
    shared = used_by(item)
    found = []
    for number, apns in enumerate(servers, start=1):
        text = record(apns)
        if shared is not None and apns is shared.apns:
            text = "\n".join([text, *shared.late()])
        title = "fakeapns ledger"
        found.append((title if len(servers) == 1 else titled(title, number, apns), text))
    if traces.wanted(item.config, failed=True):
        found.append(("fakeapns timeline", traces.shown(traces.path_of(item), item.config)))
    return [(readable(title), readable(text)) for title, text in found]


def _said(call: pytest.CallInfo[None], report: pytest.TestReport) -> str:
    text = report.longreprtext if call.excinfo is None else call.excinfo.exconly(tryshort=True)
    lines = text.splitlines() or ["failed"]
    return "\n".join(lines[:_SAID] + ["…"] * (len(lines) > _SAID))
