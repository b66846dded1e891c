"""Reasons of the provider API, and what the binary interface calls the same."""

from __future__ import annotations

from itertools import chain

import pytest

from fakeapns.protocol import MEANT, REASONS, Status, code_of, reason_of, translated


def test_every_reason_has_an_http_status_of_an_error() -> None:
    assert len(REASONS) == 41
    assert set(REASONS.values()) == {400, 403, 404, 405, 410, 413, 429, 500, 503}


def test_only_known_names_are_translated() -> None:
    assert set(MEANT) <= {status.label for status in Status}
    assert set(chain.from_iterable(MEANT.values())) <= REASONS.keys()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("BadCollapseId", "BadCollapseId"),
        ("invalid-token", "BadDeviceToken"),
        (8, "BadDeviceToken"),
        ("shutdown", "Shutdown"),
        ("unknown", None),
        (9, None),
        (400, "BadDeviceToken"),
        (403, "InvalidProviderToken"),
        (410, "Unregistered"),
        (503, "ServiceUnavailable"),
        (418, None),
        (599, None),
    ],
)
def test_the_reason_for_a_status_of_either_interface(status: str | int, reason: str | None) -> None:
    assert reason_of(status) == reason


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (9, 9),
        ("invalid-payload-size", 7),
        ("PayloadTooLarge", 7),
        ("BadDeviceToken", 8),
        ("Unregistered", 8),
        ("ServiceUnavailable", 1),
        (500, 1),
        ("BadPriority", None),
        (418, None),
    ],
)
def test_the_code_for_a_status_of_either_interface(status: str | int, code: int | None) -> None:
    assert code_of(status) == code


def test_a_name_of_neither_is_no_status() -> None:
    with pytest.raises(ValueError, match="no status is called 'nonsense'"):
        code_of("nonsense")


@pytest.mark.parametrize(
    ("name", "there"),
    [
        (
            "invalid-token",
            ("BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered", "ExpiredToken"),
        ),
        ("BadDeviceToken", ("invalid-token-size", "invalid-token")),
        ("Unregistered", ("invalid-token",)),
        ("invalid-token-size", ("BadDeviceToken",)),
        ("missing-payload", ("PayloadEmpty",)),
        ("Shutdown", ("shutdown",)),
        ("BadCollapseId", ()),
        ("protocol-error", ()),
        ("whatever", ()),
    ],
)
def test_what_one_interface_says_the_other_calls_so(name: str, there: tuple[str, ...]) -> None:
    assert translated(name) == there


def test_a_translation_leads_back_and_to_the_other_interface() -> None:
    for name in (*MEANT, *REASONS):
        for other in translated(name):
            assert name in translated(other)
            assert (other in REASONS) is (name in MEANT)
