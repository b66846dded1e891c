"""Criteria that are none: each is one sentence, and never a search that finds nothing."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import FakeAPNs, UsageError
from fakeapns.ledger.criteria import Wanted


@pytest.mark.parametrize("given", [1.5, True, b"x", ["invalid-token"], {"a": 1}, {1}, (1, 2), str])
def test_a_status_that_is_neither_name_nor_number_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="is no status: write one by its name or its number"):
        Wanted.of(status=given)


@pytest.mark.parametrize("name", ["unassigned-", "unassigned-x", "unassigned-8", "unassigned-256"])
def test_only_codes_without_a_name_are_called_unassigned(name: str) -> None:
    assert Wanted.of(status="unassigned-9") == Wanted.of(status=9)
    with pytest.raises(UsageError, match=f"status '{name}' does not exist"):
        Wanted.of(status=name)


@pytest.mark.parametrize(
    "name", ["outcome", "topic", "push_type", "collapse_id", "apns_id", "reason", "service"]
)
@pytest.mark.parametrize("given", [1.5, False, 7, b"x", ["x"], {"a": 1}, {"x"}, str])
def test_what_is_no_text_would_find_nothing_and_is_refused(name: str, given: Any) -> None:
    criteria: Any = {name: given}
    with pytest.raises(UsageError, match=f" is no {name}: write one, as text$"):
        Wanted.of(**criteria)


@pytest.mark.parametrize("given", [1.5, False, "len", ["x"], {}])
def test_a_where_that_nobody_can_call_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="is no function: write one of a notification"):
        Wanted.of(where=given)


def test_an_assertion_that_names_an_outcome_takes_no_other() -> None:
    apns: Any = FakeAPNs()
    with pytest.raises(UsageError, match="assert_accepted means those that were accepted: leave"):
        apns.assert_accepted(1, outcome="rejected")
    with pytest.raises(UsageError, match="assert_rejected means those that were rejected: leave"):
        apns.assert_rejected(outcome="rejected")
