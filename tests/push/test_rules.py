"""Every status that a notification's meaning can get, and which comes first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from fakeapns.push.devices import Devices
from fakeapns.push.refusal import Refusal
from fakeapns.push.rules import Rules
from fakeapns.scenario.settings import Settings

from ..frames import PAYLOAD, TOKEN, TOPIC
from .pushes import push

OTHER = "com.example.other"


class Situation:
    """A notification that is fine, until something is changed."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.devices = Devices(lambda: 1000)
        self.topic: str | None = TOPIC
        self.token = TOKEN
        self.payload = PAYLOAD
        self.warnings: tuple[str, ...] = ()

    def check(self) -> Refusal | None:
        """Why it is refused."""
        return next(iter(self.violations()), None)

    def violations(self) -> list[Refusal]:
        """All that is wrong with it, in the order in which it is looked at."""
        rules = Rules.of("gateway", Settings.of(self.settings))
        made = push(self.token, self.payload, topic=self.topic)
        known = self.devices.find(self.token)
        gone = any(self.devices.noticed(each) is not None for each in known.values())
        return list(rules.violations(made, known, self.warnings, gone=gone))


class Defect(NamedTuple):
    """Something that makes a push wrong."""

    refusal: Refusal
    bring_about: Callable[[Situation], None]


def no_topic(situation: Situation) -> None:
    situation.topic = None


def long_topic(situation: Situation) -> None:
    situation.topic = "x" * 256


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


def foreign_token(situation: Situation) -> None:
    situation.devices.add(OTHER, TOKEN)


def token_of_the_sandbox(situation: Situation) -> None:
    situation.devices.add(TOPIC, TOKEN, environment="sandbox")


def removed_app(situation: Situation) -> None:
    situation.settings["uninstalled"] = "reject"
    situation.devices.add(TOPIC, TOKEN, "uninstalled")


#: In the order of the checks.
DEFECTS = [
    Defect(Refusal.MISSING_TOPIC, no_topic),
    Defect(Refusal.TOPIC_TOO_LONG, long_topic),
    Defect(Refusal.MISSING_TOKEN, no_token),
    Defect(Refusal.TOKEN_SIZE, wrong_token_size),
    Defect(Refusal.MISSING_PAYLOAD, no_payload),
    Defect(Refusal.PAYLOAD_TOO_LARGE, long_payload),
    Defect(Refusal.CONTENT, content_mistake),
    Defect(Refusal.TOKEN_UNKNOWN, unknown_token),
    Defect(Refusal.TOKEN_OF_OTHER_TOPIC, foreign_token),
    Defect(Refusal.TOKEN_OF_OTHER_ENVIRONMENT, token_of_the_sandbox),
    Defect(Refusal.UNINSTALLED, removed_app),
]
#: A certificate has no topic or a long one, never both, and a token has one fate with devices.
FATES = {unknown_token, foreign_token, token_of_the_sandbox, removed_app}
PAIRS = [
    (first, second)
    for first, second in combinations(DEFECTS, 2)
    if (first.bring_about, second.bring_about) != (no_topic, long_topic)
    and not {first.bring_about, second.bring_about} <= FATES
]


def test_a_sound_push_is_not_refused() -> None:
    assert Situation().check() is None


def test_the_table_of_refusals_is_complete_and_in_the_order_of_the_checks() -> None:
    # Those behind it are what only a front can find, which says so with a `Flaw`.
    assert [each.refusal for each in DEFECTS] == list(Refusal)[: len(DEFECTS)]
    # Only tokens of Live Activities expire: see devices/live.
    further = list(Refusal)[len(DEFECTS) :]
    assert further[:2] == [Refusal.TOKEN_EXPIRED, Refusal.REPEATED]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.refusal.name)
def test_each_refusal_has_its_cause(defect: Defect) -> None:
    situation = Situation()
    defect.bring_about(situation)
    assert situation.check() is defect.refusal


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda each: each.refusal.name)
def test_of_two_mistakes_the_one_that_is_looked_at_first_counts(
    first: Defect, second: Defect
) -> None:
    situation = Situation()
    second.bring_about(situation)
    first.bring_about(situation)
    assert situation.check() is first.refusal


def test_all_that_is_wrong_can_be_had() -> None:
    situation = Situation()
    for bring_about in (long_topic, wrong_token_size, no_payload, content_mistake, unknown_token):
        bring_about(situation)
    assert situation.violations() == [
        Refusal.TOPIC_TOO_LONG,
        Refusal.TOKEN_SIZE,
        Refusal.MISSING_PAYLOAD,
        Refusal.CONTENT,
        Refusal.TOKEN_UNKNOWN,
    ]


@pytest.mark.parametrize(
    ("topic", "refusal"),
    [
        ("x" * 255, None),
        ("x" * 256, Refusal.TOPIC_TOO_LONG),
        # Bytes count, not characters.
        ("é" * 127, None),
        ("é" * 128, Refusal.TOPIC_TOO_LONG),
    ],
    ids=["255", "256", "254-in-two-byte-letters", "256-in-two-byte-letters"],
)
def test_a_topic_has_at_most_255_bytes(topic: str, refusal: Refusal | None) -> None:
    situation = Situation()
    situation.topic = topic
    assert situation.check() is refusal


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
    assert situation.check() is (None if fits else Refusal.TOKEN_SIZE)


@pytest.mark.parametrize("limit", [256, 2048, 4096])
def test_the_payload_limit_is_a_setting_and_the_limit_itself_fits(limit: int) -> None:
    situation = Situation()
    if limit != 2048:
        situation.settings["payload_limit"] = limit
    situation.payload = bytes(limit)
    assert situation.check() is None
    situation.payload = bytes(limit + 1)
    assert situation.check() is Refusal.PAYLOAD_TOO_LARGE


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
    assert situation.check() is Refusal.TOKEN_OF_OTHER_TOPIC


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_a_token_of_the_other_environment_is_wrong(environment: str) -> None:
    for device_environment in ("production", "sandbox", None):
        situation = Situation()
        situation.settings["environment"] = environment
        situation.devices.add(TOPIC, TOKEN, environment=device_environment)
        right = device_environment in (environment, None)
        assert situation.check() is (None if right else Refusal.TOKEN_OF_OTHER_ENVIRONMENT)


@pytest.mark.parametrize(
    ("uninstalled", "refusal"), [("accept", None), ("reject", Refusal.UNINSTALLED)]
)
def test_whether_a_removed_app_is_an_error_is_a_setting(
    uninstalled: str, refusal: Refusal | None
) -> None:
    situation = Situation()
    situation.settings["uninstalled"] = uninstalled
    device = situation.devices.add(TOPIC, TOKEN, "uninstalled")
    assert situation.check() is refusal
    device.install()
    assert situation.check() is None
