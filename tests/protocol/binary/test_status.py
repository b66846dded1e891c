"""Apple's status table, complete."""

from __future__ import annotations

import pytest

from fakeapns.protocol import OWN_FAULT_LABELS, OWN_FAULTS, Status, status_label

TABLE = {
    0: "no-error",
    1: "processing-error",
    2: "missing-token",
    3: "missing-topic",
    4: "missing-payload",
    5: "invalid-token-size",
    6: "invalid-topic-size",
    7: "invalid-payload-size",
    8: "invalid-token",
    10: "shutdown",
    128: "protocol-error",
    255: "unknown",
}


def test_the_table_is_apples() -> None:
    assert {int(status): status.label for status in Status} == TABLE


@pytest.mark.parametrize(("code", "label"), TABLE.items())
def test_a_code_has_a_name_and_the_name_leads_back(code: int, label: str) -> None:
    assert status_label(code) == label
    assert Status.named(label) == code


@pytest.mark.parametrize("code", [9, 11, 127, 129, 254])
def test_a_code_that_apple_never_assigned_says_so(code: int) -> None:
    assert status_label(code) == f"unassigned-{code}"


def test_a_name_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(ValueError, match=r"'bad-token'; known: no-error, .*, unknown$"):
        Status.named("bad-token")


def test_only_faults_of_the_notification_itself_make_resending_pointless() -> None:
    assert set(OWN_FAULTS) == {2, 3, 4, 5, 6, 7, 8, 128}
    assert {status for status in Status if status.own_fault} == OWN_FAULTS
    assert {status.label for status in OWN_FAULTS} == OWN_FAULT_LABELS
