"""Every status that a notification's meaning can get, and which comes first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from fakeapns.protocol import NotificationReceived, Status
from fakeapns.push.devices import Devices
from fakeapns.push.rules import Rules
from fakeapns.scenario.settings import Settings

from ..frames import PAYLOAD, TOKEN, TOPIC

OTHER = "com.example.other"


class Situation:
    """A notification that is fine, until something is changed."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.devices = Devices(lambda: 1000)
        self.topics: tuple[str, ...] = (TOPIC,)
        self.token = TOKEN
        self.payload = PAYLOAD
        self.warnings: tuple[str, ...] = ()

    def check(self) -> Status | None:
        """The status, whatever the command."""
        rules = Rules(Settings.of(self.settings), self.devices)
        device = rules.device(self.topics, self.token)
        found = {
            rules.check(
                NotificationReceived(command, self.token, self.payload),
                self.topics,
                device,
                self.warnings,
            )
            for command in (0, 1, 2)
        }
        [status] = found
        return status


class Defect(NamedTuple):
    """Something that makes a notification wrong."""

    status: Status
    bring_about: Callable[[Situation], None]


def no_topic(situation: Situation) -> None:
    situation.topics = ()


def long_topic(situation: Situation) -> None:
    situation.topics = ("x" * 256,)


def no_token(situation: Situation) -> None:
    situation.token = b""


def wrong_token_size(situation: Situation) -> None:
    situation.settings["token_sizes"] = "33..100"


def no_payload(situation: Situation) -> None:
    situation.payload = b""


def long_payload(situation: Situation) -> None:
    situation.settings["payload_limit"] = len(PAYLOAD) - 1


def content_mistake(situation: Situation) -> None:
    situation.settings["strict_payload"] = True
    situation.warnings = ("payload is not an object: nothing is shown",)


def unknown_token(situation: Situation) -> None:
    situation.settings["tokens"] = "registered"


#: In the order of the checks.
DEFECTS = [
    Defect(Status.MISSING_TOPIC, no_topic),
    Defect(Status.INVALID_TOPIC_SIZE, long_topic),
    Defect(Status.MISSING_TOKEN, no_token),
    Defect(Status.INVALID_TOKEN_SIZE, wrong_token_size),
    Defect(Status.MISSING_PAYLOAD, no_payload),
    Defect(Status.INVALID_PAYLOAD_SIZE, long_payload),
    Defect(Status.PROCESSING_ERROR, content_mistake),
    Defect(Status.INVALID_TOKEN, unknown_token),
]
#: A certificate has no topic or a long one, never both.
PAIRS = [
    (first, second)
    for first, second in combinations(DEFECTS, 2)
    if (first.bring_about, second.bring_about) != (no_topic, long_topic)
]


def test_a_sound_notification_has_no_status() -> None:
    assert Situation().check() is None


def test_the_table_of_statuses_is_complete() -> None:
    assert sorted(each.status for each in DEFECTS) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.status.label)
def test_each_status_has_its_cause(defect: Defect) -> None:
    situation = Situation()
    defect.bring_about(situation)
    assert situation.check() is defect.status


@pytest.mark.parametrize(
    ("first", "second"), PAIRS, ids=lambda each: each.status.label.replace("-", "_")
)
def test_of_two_mistakes_the_one_that_is_looked_at_first_counts(
    first: Defect, second: Defect
) -> None:
    situation = Situation()
    second.bring_about(situation)
    first.bring_about(situation)
    assert situation.check() is first.status


@pytest.mark.parametrize(
    ("topic", "status"),
    [
        ("x" * 255, None),
        ("x" * 256, Status.INVALID_TOPIC_SIZE),
        # Bytes count, not characters.
        ("é" * 127, None),
        ("é" * 128, Status.INVALID_TOPIC_SIZE),
    ],
    ids=["255", "256", "254-in-two-byte-letters", "256-in-two-byte-letters"],
)
def test_a_topic_has_at_most_255_bytes(topic: str, status: Status | None) -> None:
    situation = Situation()
    situation.topics = (topic,)
    assert situation.check() is status


@pytest.mark.parametrize(
    ("sizes", "size", "fits"),
    [
        ("1..100", 1, True),
        ("1..100", 36, True),
        ("1..100", 100, True),
        ("1..100", 101, False),
        ("32", 31, False),
        ("32", 32, True),
        ("32", 33, False),
        ("32..", 1000, True),
    ],
)
def test_the_allowed_token_sizes_are_a_setting(sizes: str, size: int, fits: bool) -> None:
    situation = Situation()
    situation.settings["token_sizes"] = sizes
    situation.token = bytes(size)
    assert situation.check() is (None if fits else Status.INVALID_TOKEN_SIZE)


@pytest.mark.parametrize("limit", [256, 2048, 4096])
def test_the_payload_limit_is_a_setting_and_the_limit_itself_fits(limit: int) -> None:
    situation = Situation()
    if limit != 2048:
        situation.settings["payload_limit"] = limit
    situation.payload = bytes(limit)
    assert situation.check() is None
    situation.payload = bytes(limit + 1)
    assert situation.check() is Status.INVALID_PAYLOAD_SIZE


def test_content_mistakes_are_no_reason_to_refuse_unless_strict() -> None:
    situation = Situation()
    situation.warnings = ("payload has no aps: nothing is shown",)
    assert situation.check() is None


def test_strict_refuses_nothing_that_has_no_warning() -> None:
    situation = Situation()
    situation.settings["strict_payload"] = True
    assert situation.check() is None


@pytest.mark.parametrize("tokens", ["any", "registered"])
def test_a_device_of_this_topic_is_right(tokens: str) -> None:
    situation = Situation()
    situation.settings["tokens"] = tokens
    situation.devices.add(TOPIC, TOKEN)
    situation.devices.add(OTHER, TOKEN)
    assert situation.check() is None


@pytest.mark.parametrize("tokens", ["any", "registered"])
def test_a_token_of_another_app_is_wrong_whoever_else_is_let_in(tokens: str) -> None:
    situation = Situation()
    situation.settings["tokens"] = tokens
    situation.devices.add(OTHER, TOKEN)
    assert situation.check() is Status.INVALID_TOKEN


def test_any_topic_of_the_certificate_will_do() -> None:
    situation = Situation()
    situation.topics = (TOPIC, OTHER)
    situation.devices.add(OTHER, TOKEN)
    assert situation.check() is None


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_a_token_of_the_other_environment_is_wrong(environment: str) -> None:
    for device_environment in ("production", "sandbox", None):
        situation = Situation()
        situation.settings["environment"] = environment
        situation.devices.add(TOPIC, TOKEN, environment=device_environment)
        right = device_environment in (environment, None)
        assert situation.check() is (None if right else Status.INVALID_TOKEN)


@pytest.mark.parametrize(
    ("uninstalled", "status"), [("accept", None), ("reject", Status.INVALID_TOKEN)]
)
def test_whether_a_removed_app_is_an_error_is_a_setting(
    uninstalled: str, status: Status | None
) -> None:
    situation = Situation()
    situation.settings["uninstalled"] = uninstalled
    device = situation.devices.add(TOPIC, TOKEN, "uninstalled")
    assert situation.check() is status
    device.install()
    assert situation.check() is None
