"""The end of a session: servers that were left running, and where the timelines are."""

from __future__ import annotations

from typing import Any

#: The same as in `reports`, which a run without any server need not import.
_TIMELINE = "fakeapns_timeline"
_PROBLEM = "fakeapns_problem"
_FEW = 10


def summarize(reporter: Any, left: list[str]) -> None:
    """Write what there is to say, if there is anything."""
    reports = [each for found in reporter.stats.values() for each in found]
    timelines = [each for each in reports if hasattr(each, _TIMELINE)]
    problems = [getattr(each, _PROBLEM) for each in reports if hasattr(each, _PROBLEM)]
    failed = {each.nodeid for each in reports if getattr(each, "failed", False)}
    if not (left or timelines or problems):
        return
    reporter.section("fakeapns")
    for line in (*left, *problems):
        reporter.write_line(line, yellow=True)
    # Those of the tests that failed are what people look for.
    timelines.sort(key=lambda each: each.nodeid not in failed)
    for each in timelines[:_FEW]:
        reporter.write_line(f"timeline: {getattr(each, _TIMELINE)}")
    if len(timelines) > _FEW:
        reporter.write_line(f"… and {len(timelines) - _FEW} more timelines beside them")
