"""JUnit XML: what CI systems count, and that it is XML whatever a command has printed."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.chaos import CampaignResult
from fakeapns.chaos.findings import Findings
from fakeapns.chaos.reports import as_junit
from fakeapns.chaos.reports.junit import allowed
from fakeapns.ledger.audit import Finding, audit
from fakeapns.scenario.scenario import Expect

from ..results import ADVICE, EXPLAINED, OWN_ADVICE, campaign, lossy, result, trial

VERDICTS = ("crashed", "exit 3", "timeout", "nothing sent", "cannot start")


def suite_of(whole: CampaignResult) -> ElementTree.Element:
    """The suite in the document."""
    [suite] = ElementTree.fromstring(as_junit(whole))
    return suite


def test_the_numbers_are_those_of_the_run() -> None:
    document = ElementTree.fromstring(as_junit(campaign(result(), lossy(), result("timeout"))))
    [suite] = document
    for each in (document, suite):
        assert {name: each.get(name) for name in ("tests", "failures", "errors", "time")} == {
            "tests": "3",
            "failures": "1",
            "errors": "1",
            "time": "2.500",
        }
    assert suite.get("timestamp") == "2023-11-14T22:13:20"


def test_a_story_is_a_case() -> None:
    [case] = suite_of(campaign(result(trial=trial(label="slow-reader [seed 8]"))))
    assert case.attrib == {
        "classname": "fakeapns.chaos",
        "name": "slow-reader [seed 8]",
        "time": "1.250",
    }
    assert list(case) == []


def test_what_was_not_met_is_a_failure() -> None:
    [case] = suite_of(campaign(lossy()))
    [failure] = case
    assert (failure.tag, failure.get("type")) == ("failure", "failed")
    assert failure.get("message") == "lost 40, expected at most 0"
    assert failure.text is not None
    assert failure.text.splitlines()[1:] == [
        EXPLAINED,
        "cause: notifications never came, though nothing had kept them",
        f"what to do: {ADVICE}",
        f"the story's advice: {OWN_ADVICE}",
        "again: fakeapns chaos --scenario drop-by-reset --seed 7 --count 200 --timeout 60s "
        "-- ./sender --fast",
    ]


def test_an_allowance_is_told_of_what_is_green_too() -> None:
    allowing = audit([], [(b"1" * 32, b"{}")], expect=Expect(lost=1))
    [case] = suite_of(campaign(result(findings=Findings(reached=1, audit=allowing))))
    [[allowance]] = case
    assert allowance.attrib == {"name": "allowed", "value": "lost 1 of 1 allowed"}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_everything_else_is_an_error(verdict: str) -> None:
    findings = Findings(found=(Finding(kind="lost", text="lost 40, expected at most 0"),))
    [case] = suite_of(campaign(result(verdict, findings=findings, output="oh no\n")))
    error, printed = case
    assert (error.tag, error.get("type")) == ("error", verdict)
    assert error.get("message") == f"it is {verdict}"
    assert "lost 40" in (error.text or "")
    assert (printed.tag, printed.text) == ("system-out", "oh no\n")


@given(st.text())
def test_any_text_can_be_put_into_a_document(text: str) -> None:
    failed = result("exit 3", summary=f"!{text}", output=f"!{text}", trial=trial(label=f"!{text}"))
    [case] = suite_of(campaign(failed))
    printed = case.findtext("system-out")
    # A reader of XML takes every kind of line end for one.
    expected = allowed(text).replace("\r\n", "\n").replace("\r", "\n")
    assert printed == f"!{expected}"


def test_what_xml_forbids_is_replaced() -> None:
    assert allowed("a\x00\x1b\ud800\ufffe\tb\n") == "a\ufffd\ufffd\ufffd\ufffd\tb\n"
