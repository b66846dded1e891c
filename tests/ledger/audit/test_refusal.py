"""Who may be sent again, and who is refused for good."""

from __future__ import annotations

import pytest

from fakeapns.ledger.audit import own_fault
from fakeapns.protocol import Status

from .told import ONE, Story


@pytest.mark.parametrize("status", Status)
def test_a_rejection_is_its_own_fault_where_the_status_says_so(status: Status) -> None:
    assert own_fault(Story().rejected(ONE, status.label)) == status.own_fault


def test_nothing_else_is() -> None:
    story = Story()
    cause = story.rejected(ONE)
    assert not own_fault(story.discarded(ONE, cause))
    assert not own_fault(story.came(ONE))
    assert not own_fault(story.rejected(ONE, "unassigned-9"))
