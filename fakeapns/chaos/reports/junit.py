"""The results as JUnit XML, which CI systems show."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

from ..result import CampaignResult, TrialResult
from ..verdict import FAILED, NOT_PLAYED
from .table import advice, explanation

NAME = "fakeapns.chaos"

#: All that XML 1.0 does not allow, not even escaped, and of the rest what a terminal obeys.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def as_junit(campaign: CampaignResult) -> bytes:
    """The document, UTF-8. An expectation that was not met is a failure, a story that was not
    played is skipped, all else is an error; so is an interruption.
    """
    failures = sum(result.verdict == FAILED for result in campaign.results)
    totals = {
        "tests": str(len(campaign.results) + campaign.interrupted),
        "failures": str(failures),
        "errors": str(campaign.failed - failures + campaign.interrupted),
        "time": f"{campaign.seconds:.3f}",
    }
    began = datetime.fromtimestamp(campaign.started, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suites = ElementTree.Element("testsuites", {"name": NAME, **totals})
    suite = ElementTree.SubElement(
        suites,
        "testsuite",
        {"name": NAME, **totals, "skipped": str(campaign.not_played), "timestamp": began},
    )
    for result in campaign.results:
        _add(suite, result)
    if campaign.interrupted:
        left = campaign.planned - len(campaign.results)
        case = ElementTree.SubElement(suite, "testcase", {"classname": NAME, "name": "the rest"})
        what = f"interrupted: {left} of {campaign.planned} scenarios were not played"
        ElementTree.SubElement(case, "error", {"type": "interrupted", "message": what})
    ElementTree.indent(suites)
    document: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _add(suite: ElementTree.Element, result: TrialResult) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        {"classname": NAME, "name": allowed(result.trial.label), "time": f"{result.seconds:.3f}"},
    )
    allowances = list(result.findings.allowed())
    if allowances:
        properties = ElementTree.SubElement(case, "properties")
        for text in allowances:
            ElementTree.SubElement(properties, "property", {"name": "allowed", "value": text})
    if not result.ok:
        lines = explanation(result)
        kind = {FAILED: "failure", NOT_PLAYED: "skipped"}.get(result.verdict, "error")
        wrong = ElementTree.SubElement(
            case, kind, {"type": result.verdict, "message": allowed(lines[0])}
        )
        causes = [f"cause: {cause.what}" for cause in result.causes]
        told = [*lines, *causes, *advice(result), f"again: {result.rerun}"]
        wrong.text = allowed("\n".join(told))
    if result.output:
        ElementTree.SubElement(case, "system-out").text = allowed(result.output)


def allowed(text: str) -> str:
    """The text with a replacement character for each that has no place in a report."""
    return _FORBIDDEN.sub("\ufffd", text)
