"""Devices of a scenario: what may be said of them, and that a server has them so."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.errors import ScenarioError
from fakeapns.scenario.inhabitants import DeviceEntry


def test_a_token_of_two_digits_stands_for_32_bytes() -> None:
    assert DeviceEntry(topic="a", token="1b").full_token == b"\x1b" * 32
    assert DeviceEntry(topic="a", token="1B1b").full_token == b"\x1b\x1b"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"topic": "a", "token": "1"},
            "'1' is wrong, token; allowed: 1 to 100 pairs of hex digits",
        ),
        ({"topic": "a", "token": ""}, "'' is wrong, token"),
        ({"topic": "", "token": "1b"}, "'' is wrong, topic; allowed: a bundle id such as com."),
        ({"topic": "../evil", "token": "1b"}, "'../evil' is wrong, topic"),
        ({"topic": "a", "token": "1b", "state": "gone"}, "allowed: active, uninstalled"),
        (
            {"topic": "a", "token": "1b", "since": "2"},
            "how long before the start, such as -2h or 2h",
        ),
        ({"topic": "a", "token": "1b", "since": "-2h"}, "since is for an app that was removed"),
        ({"topic": "a", "token": "ab" * 101}, "allowed: 1 to 100 pairs of hex digits"),
        ({"topic": "a", "token": "1b", "app": "open"}, "allowed: background, force-quit, foregrou"),
        ({"topic": "a", "token": "1b", "online": "no"}, "'no' is wrong, online; allowed: true, f"),
        (
            {"topic": "a", "token": "1b", "state": "uninstalled", "app": "foreground"},
            "^app is of an app that is there: leave it out, or the state$",
        ),
        (
            {"topic": "a", "token": "1b", "state": "uninstalled", "permission": False},
            "^permission is of an app that is there",
        ),
        (
            {"topic": "a", "token": "1b", "unlocked": False, "app": "foreground"},
            "a phone that nobody has unlocked shows no app: leave unlocked or app out, app",
        ),
    ],
)
def test_a_device_that_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        DeviceEntry(**given)
