"""To whom something was sent though they were known to be gone, by whatever was said of them."""

from __future__ import annotations

from typing import Any

from fakeapns.ledger.audit import Audit, audit

from .told import ONE, TWO, Story
from .told_over_http2 import Pushes

#: When the device was registered first, and when again.
REGISTERED, AGAIN = 1000, 2000


def meant(*registered: int | None) -> list[dict[str, Any]]:
    """A push each to one device, whose app had registered last then."""
    return [
        {"token": ONE[0].hex(), "payload": pair[1], "registered": moment}
        for pair, moment in zip(pairs(len(registered)), registered, strict=True)
    ]


def pairs(count: int) -> list[tuple[bytes, bytes]]:
    """As many pushes to one device."""
    return [(ONE[0], b'{"aps":{"badge":%d}}' % number) for number in range(count)]


def refused(story: Pushes, pair: tuple[bytes, bytes], since: int) -> None:
    """One is answered 410, gone since."""
    story.answers(story.came_over(pair, "Unregistered", answered=None), since * 1000)


def judged(story: Story, *registered: int | None) -> Audit:
    return audit(story, meant(*registered))


def test_a_410_counts_that_was_heard_though_a_reset_has_swallowed_one_before() -> None:
    first, second, third = pairs(3)
    story = Pushes()
    refused(story, first, REGISTERED)
    story.closed("fault", how="reset")
    story.opened("api")
    refused(story, second, REGISTERED)
    assert judged(story, None, None, None).sent_after_gone == 0
    story.came_over(third, "Unregistered")
    assert judged(story, None, None, None).sent_after_gone == 1


def test_each_push_is_held_against_the_registration_that_its_own_line_has() -> None:
    first, second = pairs(2)
    story = Pushes()
    refused(story, first, REGISTERED)
    story.came_over(second)
    assert judged(story, REGISTERED, REGISTERED).sent_after_gone == 1
    assert judged(story, REGISTERED, AGAIN).sent_after_gone == 0


def test_who_withholds_what_its_line_says_is_for_a_device_that_is_back_has_lost_it() -> None:
    first, second = pairs(2)
    story = Pushes()
    refused(story, first, REGISTERED)
    found = judged(story, REGISTERED, AGAIN)
    assert (len(found.lost), len(found.withheld)) == (1, 0)
    assert len(judged(story, REGISTERED, None).withheld) == 1
    story.came_over(second)
    assert judged(story, REGISTERED, AGAIN).ok


def test_what_the_gateway_calls_invalid_may_be_the_fault_of_who_sends() -> None:
    first, second = pairs(2)
    story = Story()
    story.opened()
    story.rejected(first)
    story.answered()
    story.closed()
    story.opened()
    story.came(second)
    assert judged(story, None, None).sent_after_gone == 0


def test_one_that_feedback_has_listed_is_found_whoever_meant_what_came() -> None:
    story = Story()
    story.opened()
    story.listed(TWO)
    story.came(TWO)
    found = audit(story, [ONE])
    assert found.sent_after_feedback == 1
    assert [each.token for each in found.unexpected] == [TWO[0].hex()]
