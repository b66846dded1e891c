"""Stories that have a cause in common, and which are worth the most."""

from __future__ import annotations

import pytest

from fakeapns.chaos.cause import of_verdict
from fakeapns.chaos.findings import Findings
from fakeapns.chaos.groups import groups
from fakeapns.chaos.verdict import CRASHED, NOT_PLAYED, TIMEOUT
from fakeapns.ledger.audit import Finding

from .results import lossy, result, trial


def test_what_turns_most_green_comes_first_and_what_was_not_played_last() -> None:
    found = groups(
        [
            result("not played", name="a", cause=of_verdict(NOT_PLAYED)),
            result("not played", name="b", cause=of_verdict(NOT_PLAYED)),
            result("timeout", name="c", cause=of_verdict(TIMEOUT)),
            lossy(trial=trial("d")),
            lossy(trial=trial("e")),
            result(name="green"),
        ]
    )
    assert [(each.cause.name, each.gain, each.labels) for each in found] == [
        ("failed/lost", 2, ("d", "e")),
        ("timeout", 1, ("c",)),
        ("not played", 0, ("a", "b")),
    ]


def test_a_story_with_two_causes_would_be_turned_green_by_neither() -> None:
    both = result(
        "failed",
        findings=Findings(
            found=(
                Finding(kind="lost", text="lost 1"),
                Finding(kind="feedback_read", text="feedback was not read"),
            )
        ),
    )
    assert [(each.gain, len(each.results)) for each in groups([both, lossy()])] == [(1, 2), (0, 1)]


def test_what_ends_a_command_is_the_cause_whatever_else_was_found() -> None:
    crashed = lossy(cause=of_verdict(CRASHED))
    [group] = groups([crashed])
    assert group.cause.name == "crashed"


@pytest.mark.parametrize("verdict", [TIMEOUT, CRASHED, "exit 1"])
def test_what_was_done_too_much_does_not_come_of_an_end_and_is_a_cause_too(verdict: str) -> None:
    found = (
        Finding(kind="lost", text="lost 1"),
        Finding(kind="max_provider_tokens", text="provider tokens 13325"),
    )
    both = result(verdict, findings=Findings(found=found), cause=of_verdict(verdict))
    assert [each.name for each in both.causes] == [verdict, "failed/max_provider_tokens"]


def test_a_verdict_without_a_cause_has_a_group_all_the_same() -> None:
    assert [each.cause.name for each in groups([result("failed"), result("exit 9")])] == [
        "failed",
        "exit 9",
    ]


def test_the_story_advises_only_where_it_has_to_do_with_it() -> None:
    for verdict, reason, concerned in (
        ("nothing sent", "gave-up", True),
        ("nothing sent", "connected", False),
        ("not played", "", False),
        ("cannot start", "", False),
        ("timeout", "", True),
        ("exit 3", "", True),
    ):
        told = result(verdict, cause=of_verdict(verdict, reason)).what_to_do()
        assert any("the story's advice" in line for line in told) is concerned, verdict
        assert told[0].startswith("what to do: ")
