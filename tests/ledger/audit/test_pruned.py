"""A token that was registered since a time that was told of it is alive, and has to be kept."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.ledger.audit import Audit, advice_on, audit
from fakeapns.scenario.scenario import Expect

from .told import ONE, THREE, TWO, Story
from .told_over_http2 import Pushes

#: When TWO was registered.
REGISTERED = 1000


def meant(registered: int | None = REGISTERED) -> list[dict[str, Any]]:
    """Three, the second of whose devices says when it was registered, if it does."""
    items = [{"token": token.hex(), "payload": payload} for token, payload in (ONE, TWO, THREE)]
    return [items[0], items[1] | {"registered": registered}, items[2]]


def judged(story: Story, registered: int | None = REGISTERED) -> Audit:
    return audit(story, meant(registered), expect=Expect(live_tokens_kept=True))


def who_struck_it_off(since: int) -> Story:
    """Feedback lists TWO, which never comes, and the rest does."""
    story = Story()
    story.opened()
    story.came(ONE)
    story.listed(TWO, since)
    story.came(THREE)
    return story


def test_who_strikes_off_a_live_token_for_an_older_time_of_feedback_is_found() -> None:
    found = judged(who_struck_it_off(REGISTERED - 1))
    assert [each.number for each in found.pruned] == [2]
    assert found.withheld == ()
    assert found.shortfalls == (
        "lost 1, expected at most 0",
        "1 never came to live tokens that were struck off, expected none",
    )
    said = (
        "number 2 (token …00000002) never came, though others behind it did: feedback had listed "
        "its token as gone since a time before its last registration"
    )
    assert [each.explanations for each in found.findings] == [(said,), (said,)]
    assert found.lessons == (
        advice_on("lost", "pruned-too-soon"),
        advice_on("live_tokens_kept"),
    )


@pytest.mark.parametrize("since", [REGISTERED, REGISTERED + 3600])
def test_who_strikes_off_one_that_went_since_it_was_registered_is_right(since: int) -> None:
    found = judged(who_struck_it_off(since))
    assert found.ok
    assert [each.number for each in found.withheld] == [2]
    assert found.pruned == ()


def test_nobody_is_held_to_what_nobody_has_said_of_a_registration() -> None:
    assert judged(who_struck_it_off(0), registered=None).ok


def test_without_later_sends_nothing_shows_it() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.came(THREE)
    story.listed(TWO, 0)
    found = judged(story)
    assert [each.kind for each in found.findings] == ["lost"]
    assert found.pruned == ()


def test_what_an_error_has_swallowed_was_not_struck_off() -> None:
    story = Story()
    story.opened()
    cause = story.rejected(ONE)
    story.discarded(TWO, cause)
    story.answered()
    story.listed(TWO, 0)
    story.opened()
    story.came(THREE)
    assert judged(story).pruned == ()


def test_who_strikes_it_off_for_an_older_410_is_found() -> None:
    again = [*meant()[:2], {**meant()[1], "payload": b'{"aps":{"badge":2}}'}, meant()[2]]
    story = Pushes()
    story.came_over(ONE)
    refused = story.came_over(TWO, "Unregistered", answered=None)
    story.answers(refused, (REGISTERED - 1) * 1000)
    story.came_over(THREE)
    found = audit(story, again, expect=Expect(live_tokens_kept=True))
    [_, finding] = found.findings
    assert finding.kind == "live_tokens_kept"
    assert finding.reasons == ("by-answer",)
    assert "a 410 had told of its token as gone since a time before" in finding.explanations[0]
    story = Pushes()
    story.came_over(ONE)
    story.answers(story.came_over(TWO, "Unregistered", answered=None), REGISTERED * 1000)
    story.came_over(THREE)
    assert audit(story, again, expect=Expect(live_tokens_kept=True)).ok


def test_who_goes_on_sending_to_a_live_token_that_feedback_has_listed_is_right() -> None:
    story = Story()
    story.opened()
    story.listed(TWO, REGISTERED - 1)
    for each in (ONE, TWO, THREE):
        story.came(each)
    assert judged(story).ok
    assert judged(story).sent_after_feedback == 0
    assert judged(story, registered=None).sent_after_feedback == 1


def test_who_is_told_by_the_gateway_that_a_token_is_invalid_may_strike_it_off() -> None:
    again = [*meant()[:2], {**meant()[1], "payload": b'{"aps":{"badge":2}}'}, meant()[2]]
    story = Story()
    story.opened()
    story.came(ONE)
    story.rejected(TWO)
    story.answered(identifier=2)
    story.closed()
    story.opened()
    story.came(THREE)
    found = audit(story, again)
    assert found.ok
    assert [each.number for each in found.withheld] == [3]
