"""What became of what was meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns.ledger.audit import Meant, audit
from fakeapns.scenario.scenario import Expect

from ...frames import numbered
from .told import ONE, THREE, TWO, Story, audited


def numbers(found: tuple[Meant, ...]) -> list[int | None]:
    """Which notifications a finding names."""
    return [each.number for each in found]


def test_all_is_well_when_each_was_accepted_once() -> None:
    found = audited(ONE, TWO, THREE)
    assert found.ok
    assert (found.intended, found.accepted, found.accepted_once) == (3, 3, 3)
    assert str(found) == (
        "intended 3, accepted 3\nlost 0\nduplicated 0\nrefused 0\nresent_after_refusal 0\n"
        "out_of_order 0\nunexpected 0\nconnections 1\nfeedback not read"
    )


def test_what_never_came_is_lost() -> None:
    found = audited(ONE, THREE)
    assert found.lost == (Meant(2, TWO[0].hex(), {"aps": {"alert": "Hi"}}),)
    assert not found.ok
    assert found.shortfalls == ("lost 1, expected at most 0",)


def test_what_was_discarded_is_lost_unless_it_comes_again() -> None:
    story = Story()
    story.opened()
    story.discarded(TWO, story.rejected(ONE))
    assert numbers(audit(story, [ONE, TWO]).lost) == [2]
    story.came(TWO)
    assert audit(story, [ONE, TWO]).ok


@pytest.mark.parametrize("status", ["processing-error", "unknown", "shutdown", "unassigned-9"])
def test_what_was_rejected_for_no_fault_of_its_own_is_lost_and_may_be_resent(status: str) -> None:
    story = Story()
    story.rejected(ONE, status)
    assert numbers(audit(story, [ONE]).lost) == [1]
    story.came(ONE)
    found = audit(story, [ONE])
    assert found.ok
    assert found.refused == ()


@pytest.mark.parametrize(
    "status",
    [
        "missing-token",
        "missing-topic",
        "missing-payload",
        "invalid-token-size",
        "invalid-topic-size",
        "invalid-payload-size",
        "invalid-token",
        "protocol-error",
    ],
)
def test_what_was_rejected_for_its_own_fault_is_refused_and_not_lost(status: str) -> None:
    story = Story()
    story.rejected(ONE, status)
    found = audit(story, [ONE])
    assert (numbers(found.refused), found.lost) == ([1], ())
    assert found.ok


@pytest.mark.parametrize("again", ["accepted", "rejected", "discarded"])
def test_what_was_refused_must_not_come_again(again: Any) -> None:
    story = Story()
    story.rejected(ONE)
    story.answered()
    story.came(ONE, again, "invalid-token" if again == "rejected" else None, cause=99)
    found = audit(story, [ONE])
    assert numbers(found.resent_after_refusal) == [1]
    assert not found.ok


def test_what_came_before_the_refusal_is_no_resending() -> None:
    story = Story()
    story.discarded(ONE, story.fault("drop"))
    story.rejected(ONE)
    found = audit(story, [ONE])
    assert found.resent_after_refusal == ()
    assert found.ok


def test_what_was_meant_twice_may_be_refused_twice_and_not_three_times() -> None:
    story = Story()
    for _ in range(2):
        story.opened()
        story.rejected(ONE)
        story.answered()
    found = audit(story, [ONE, ONE])
    assert (found.ok, numbers(found.refused)) == (True, [1, 1])
    story.opened()
    story.rejected(ONE)
    assert numbers(audit(story, [ONE, ONE]).resent_after_refusal) == [1]


def test_one_refusal_excuses_no_other_loss_of_the_same() -> None:
    story = Story()
    story.opened()
    for _ in range(9):
        story.came(ONE)
    cause = story.rejected(ONE)
    for _ in range(50):
        story.discarded(ONE, cause)
    found = audit(story, [ONE] * 60)
    assert (len(found.lost), found.delivered) == (50, 9)
    assert not found.ok


def test_what_is_meant_several_times_counts_as_often() -> None:
    found = audited(*[ONE] * 130, intended=[ONE] * 100)
    assert (found.delivered, found.accepted, found.accepted_once) == (100, 130, 70)
    assert len(found.duplicated) == 30
    found = audited(*[ONE] * 60, intended=[ONE] * 100)
    assert (len(found.lost), found.delivered, found.accepted_once) == (40, 60, 60)


def test_what_was_accepted_more_often_than_meant_is_duplicated() -> None:
    assert numbers(audited(ONE, ONE, intended=[ONE]).duplicated) == [1]
    assert audited(ONE, ONE, intended=[ONE, ONE]).ok
    found = audited(ONE, intended=[ONE, ONE])
    assert (numbers(found.lost), found.accepted_once) == ([1], 1)


def test_what_nobody_meant_is_unexpected_once_accepted() -> None:
    story = Story()
    for _ in range(2):
        story.came(THREE)
    story.rejected(TWO)
    story.came(ONE)
    found = audit(story, [ONE])
    assert found.unexpected == (Meant(None, THREE[0].hex(), {"aps": {"alert": "Hi"}}),)
    assert (found.accepted, found.duplicated, found.refused) == (3, (), ())
    assert not found.ok


def test_what_came_only_behind_something_that_was_meant_later_is_out_of_order() -> None:
    found = audited(TWO, ONE, THREE)
    assert numbers(found.out_of_order) == [1]
    assert found.ok
    assert audited(ONE, TWO, THREE, ONE).out_of_order == ()


def test_json_has_everything() -> None:
    found = json.loads(json.dumps(audited(ONE, ONE).as_dict()))
    assert found["ok"] is False
    assert found["intended"] == 3
    assert found["duplicated"] == [
        {"number": 1, "token": ONE[0].hex(), "payload": {"aps": {"alert": "Hi"}}}
    ]
    assert found["expect"]["lost"] == 0
    assert len(found["explanations"]) == 3
    assert [each["kind"] for each in found["findings"]] == ["lost", "duplicated"]
    assert found["findings"][1]["reasons"] == ["same-connection"]
    assert found["findings"][1]["advice"][0].startswith("Take a notification off the list")


def test_a_long_list_is_shown_in_part() -> None:
    meant = [(numbered(number, 2), b"x" * 100) for number in range(7)]
    lines = str(audit([], meant)).splitlines()
    assert lines[:3] == [
        "intended 7, accepted 0",
        "lost 7",
        f"  number 1 token 0000 payload {'x' * 59}…",
    ]
    assert lines[7] == "  … and 2 more"


def test_a_short_list_is_shown_whole_and_the_expectation_beside_it() -> None:
    found = audit([], [ONE, TWO], expect=Expect(lost=1))
    lines = str(found).splitlines()
    assert lines[1:4] == [
        "lost 2 of 1 allowed",
        f'  number 1 token …{ONE[0].hex()[-8:]} payload {{"aps":{{"alert":"Hi"}}}}',
        f'  number 2 token …{TWO[0].hex()[-8:]} payload {{"aps":{{"alert":"Hi"}}}}',
    ]
    assert "- lost 2, expected at most 1" in lines


def test_an_audit_that_fails_says_what_to_do_and_what_the_story_advises() -> None:
    story = Story()
    story.opened()
    story.discarded(ONE, story.fault("drop"))
    lines = str(audit(story, [ONE], advice="Write it down.")).splitlines()
    assert lines[-4] == "- lost 1, expected at most 0"
    assert lines[-2].startswith("  what to do: Where a connection ends without an answer")
    assert lines[-1] == "the story's advice: Write it down."
    assert "advice" not in str(audit(story, [ONE], expect=Expect(lost=1), advice="Write it down."))


def test_what_feedback_had_listed_is_withheld_and_not_lost() -> None:
    story = Story()
    story.listed(ONE)
    story.came(TWO)
    found = audit(story, [ONE, TWO])
    assert found.ok
    assert (numbers(found.withheld), found.lost, found.sent_after_feedback) == ([1], (), 0)
    assert "\nwithheld 1\n" in str(found)


def test_what_an_error_swallowed_need_not_come_again_once_feedback_has_listed_it() -> None:
    story = Story()
    story.opened()
    story.discarded(TWO, story.rejected(ONE))
    story.listed(TWO)
    found = audit(story, [ONE, TWO])
    assert (numbers(found.withheld), found.lost) == ([2], ())


def test_only_what_was_listed_is_withheld() -> None:
    story = Story()
    story.listed(THREE)
    story.came(TWO)
    assert numbers(audit(story, [ONE, TWO]).lost) == [1]
