"""The end of a session: servers that were left running, and where the timelines are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

#: Attributes of a report, which pytest-xdist takes along to where the summary is: the path of
#: the test's timeline, and what went wrong with its record.
TIMELINE = "fakeapns_timeline"
PROBLEM = "fakeapns_problem"

_LEFT: pytest.StashKey[list[str]] = pytest.StashKey()
_FEW = 10


def tell(config: pytest.Config, sentences: Iterable[str]) -> None:
    """Remember what has to be told at the end of the session."""
    config.stash.setdefault(_LEFT, []).extend(sentences)


def summarize(reporter: Any, config: pytest.Config) -> None:
    """Write what there is to say, if there is anything."""
    left = config.stash.get(_LEFT, [])
    reports = [each for found in reporter.stats.values() for each in found]
    timelines = [each for each in reports if hasattr(each, TIMELINE)]
    problems = [getattr(each, PROBLEM) for each in reports if hasattr(each, PROBLEM)]
    failed = {each.nodeid for each in reports if getattr(each, "failed", False)}
    if not (left or timelines or problems):
        return
    reporter.section("fakeapns")
    for line in (*left, *problems):
        reporter.write_line(line, yellow=True)
    # Those of the tests that failed are what people look for.
    timelines.sort(key=lambda each: each.nodeid not in failed)
    for each in timelines[:_FEW]:
        reporter.write_line(f"timeline: {getattr(each, TIMELINE)}")
    if len(timelines) > _FEW:
        reporter.write_line(f"… and {len(timelines) - _FEW} more timelines beside them")
