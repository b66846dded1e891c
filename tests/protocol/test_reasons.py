"""Apple's reasons, and what the two services call the same."""

from __future__ import annotations

import pytest

from fakeapns.protocol import REASONS, Status, translated

LABELS = {status.label for status in Status}


def test_each_reason_has_an_http_status_of_an_error() -> None:
    assert {400, 403, 404, 405, 410, 413, 429, 500, 503} == set(REASONS.values())
    assert not LABELS & REASONS.keys()


@pytest.mark.parametrize(
    ("name", "there"),
    [
        (
            "invalid-token",
            ("BadDeviceToken", "Unregistered", "DeviceTokenNotForTopic", "ExpiredToken"),
        ),
        ("BadDeviceToken", ("invalid-token", "invalid-token-size")),
        ("Unregistered", ("invalid-token",)),
        ("invalid-token-size", ("BadDeviceToken",)),
        ("missing-token", ("MissingDeviceToken",)),
        ("missing-topic", ("MissingTopic",)),
        ("missing-payload", ("PayloadEmpty",)),
        ("invalid-payload-size", ("PayloadTooLarge",)),
        ("invalid-topic-size", ("BadTopic",)),
        ("processing-error", ("InternalServerError",)),
        ("shutdown", ("Shutdown",)),
        ("BadCollapseId", ()),
        ("protocol-error", ()),
        ("whatever", ()),
    ],
)
def test_what_one_service_says_the_other_calls_so(name: str, there: tuple[str, ...]) -> None:
    assert translated(name) == there


def test_a_translation_leads_back_and_to_the_other_service() -> None:
    for name in (*LABELS, *REASONS):
        for other in translated(name):
            assert name in translated(other)
            assert other in (REASONS if name in LABELS else LABELS)
