"""How many ended in which way on devices, and whether each was sent as it was listed."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import Expect
from fakeapns.errors import ScenarioError
from fakeapns.ledger import Delivery
from fakeapns.ledger.audit import Audit, advice_on, audit
from fakeapns.push import Fate, Shown
from fakeapns.scenario import Fates

from .told import ONE, TWO, Story
from .told_over_http2 import Pushes


def landed(story: Story, notification: int, fate: Fate, detail: str = "why", **facts: Any) -> None:
    """What became of a notification on the only device."""
    told: dict[str, Any] = {
        "topic": "com.example.app",
        "token": "1b",
        "device": 1,
        "fate": fate,
        "detail": detail,
    }
    story.append(
        Delivery(seq=len(story) + 1, t=0.0, wall=0.0, notification=notification, **told | facts)
    )


def a_phone_that_was_off() -> Story:
    story = Story()
    story.opened()
    story.came(ONE)
    landed(story, 2, "stored", "the phone is offline")
    story.came(TWO)
    landed(story, 2, "replaced", "replaced by number 4")
    landed(story, 4, "stored")
    return story


def judged(story: Story, intended: Any = (ONE, TWO), **expect: Any) -> Audit:
    return audit(story, intended, expect=Expect(**expect))


def test_each_counts_once_by_its_end_and_as_stored_while_it_waits() -> None:
    story = a_phone_that_was_off()
    assert judged(story).fates == {"replaced": 1, "shown": 0, "stored": 1}
    landed(story, 4, "delivered", shown=Shown("Hello"))
    assert judged(story).fates == {"replaced": 1, "delivered": 1, "shown": 1, "stored": 0}
    assert judged(story, fates={"delivered": 1, "stored": 0, "shown": "1.."}).ok


@pytest.mark.parametrize(
    ("fates", "said"),
    [
        ({"stored": 0}, "on devices stored 1, expected 0"),
        ({"delivered": "1.."}, "on devices delivered 0, expected 1 or more"),
        ({"replaced": "2..5"}, "on devices replaced 1, expected 2 to 5"),
        (
            {"not-stored": 1, "expired": 1},
            "on devices expired 0, expected 1; on devices not-stored 0, expected 1",
        ),
    ],
)
def test_too_many_and_too_few_are_found(fates: Any, said: str) -> None:
    found = judged(a_phone_that_was_off(), fates=fates)
    [finding] = found.findings
    assert (finding.kind, finding.text) == ("fates", said)
    assert finding.explanations == (
        "the first that was stored: the phone is offline",
        "the first that was replaced: replaced by number 4",
    )
    assert found.lessons == (advice_on("fates"),)


def test_fates_that_cannot_be_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"the range '5\.\.2' runs backwards"):
        Expect(fates=Fates(shown="5..2"))
    with pytest.raises(ScenarioError, match=r"is wrong, fates; allowed: \{ delivered = …, stored"):
        Expect(fates={"lost": 1})  # type: ignore[arg-type]


LISTED = {"token": ONE[0], "payload": ONE[1]}


@pytest.mark.parametrize(
    ("said", "came", "what"),
    [
        ({"expiration": 9}, {}, "is listed with expiration 9, and came without one"),
        ({"expiration": 9}, {"expiration": 0}, "is listed with expiration 9, and came with 0"),
        ({"expiration": 999}, {"expiration": 1060}, "with expiration 999, and came with 1060"),
        ({"priority": 5}, {"priority": 10}, "is listed with priority 5, and came with 10"),
        ({"collapse_id": "a"}, {}, "is listed with collapse id a, and came without one"),
    ],
)
def test_what_came_otherwise_than_listed_is_found(
    said: dict[str, Any], came: dict[str, Any], what: str
) -> None:
    story = Pushes()
    story.came_over(ONE, **came)
    found = judged(story, [LISTED | said], sent_as_listed=True)
    [finding] = found.findings
    assert finding.text == "sent 1 otherwise than listed, expected none"
    assert finding.explanations[0].startswith("number 1 (token …00000001) is listed with ")
    assert finding.explanations[0].endswith(what)
    assert found.lessons == (advice_on("sent_as_listed"),)
    assert judged(story, [LISTED | said]).ok


def test_a_push_that_says_no_priority_has_that_of_10() -> None:
    story = Pushes()
    story.came_over(ONE)
    assert judged(story, [LISTED | {"priority": 10}], sent_as_listed=True).ok
    assert not judged(story, [LISTED | {"priority": 5}], sent_as_listed=True).ok


def test_what_is_listed_of_headers_is_nothing_to_the_gateway() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    item = LISTED | {"collapse_id": "a", "push_type": "alert", "expiration": None}
    assert judged(story, [item], sent_as_listed=True).ok


def test_some_seconds_are_no_other_expiration() -> None:
    story = Pushes()
    story.came_over(ONE, expiration=1059)
    assert judged(story, [LISTED | {"expiration": 999}], sent_as_listed=True).ok
