"""What a server decides: rules first, then steps, and what goes on the feedback list."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.protocol import Status
from fakeapns.push.chance import fraction
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge, Verdict
from fakeapns.push.refusal import Refusal
from fakeapns.push.rules import Rules
from fakeapns.push.triggers import Chosen, Triggers
from fakeapns.scenario.faults import (
    AfterNotifications,
    Drop,
    Fault,
    Reject,
    Shutdown,
    Stall,
    delay_parts,
)
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import On, Step

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered
from .pushes import push

OTHER = "com.example.other"


class Court:
    """A judge with its devices and steps."""

    def __init__(self, *steps: Step, seed: int | None = None, **settings: Any) -> None:
        self.devices = Devices(lambda: 1000)
        self.triggers = Triggers(seed)
        for step in steps:
            self.triggers.add(step)
        given = Settings.of(settings)
        self.judge = Judge(given, self.devices, self.triggers, seed)
        self.rules = Rules.of("gateway", given)
        self.ordinal = 0

    def verdict(self, chosen: Chosen | None = None, **fields: Any) -> Verdict:
        """The verdict on the next push; `fields` change it."""
        self.ordinal += 1
        made = push(ordinal=self.ordinal, **fields)
        return self.judge.judge(made, self.rules, self.ordinal, 0.0, chosen)

    def listed(self, topic: str = TOPIC) -> list[bytes]:
        """The tokens on the feedback list."""
        return [entry.token for _, entry in self.devices.feedback([topic])]


def test_a_sound_notification_is_fine() -> None:
    assert Court().verdict() == Verdict(())


@pytest.mark.parametrize(
    ("settings", "fields", "refusal"),
    [
        ({"strict_payload": True}, {"payload": b"[]"}, Refusal.CONTENT),
        ({}, {"token": b"", "payload": b""}, Refusal.MISSING_TOKEN),
        ({}, {"token": b"", "topic": None}, Refusal.MISSING_TOPIC),
        ({}, {"payload": b""}, Refusal.MISSING_PAYLOAD),
        ({}, {"token": bytes(101)}, Refusal.TOKEN_SIZE),
        ({}, {"token": b"", "topic": "x" * 256}, Refusal.TOPIC_TOO_LONG),
        ({}, {"payload": b"x" * 2049}, Refusal.PAYLOAD_TOO_LARGE),
        ({"tokens": "registered"}, {}, Refusal.TOKEN_UNKNOWN),
    ],
)
def test_a_push_can_be_refused_for_each_reason_that_needs_no_device(
    settings: dict[str, Any], fields: dict[str, Any], refusal: Refusal
) -> None:
    verdict = Court(**settings).verdict(**fields)
    assert verdict.refusal is refusal
    assert verdict.chosen is None


@pytest.mark.parametrize("status", list(Status))
def test_each_status_of_the_table_can_be_ordered(status: Status) -> None:
    verdict = Court(Step(Reject(status))).verdict()
    assert verdict.refusal is None
    assert verdict.decided
    assert verdict.chosen == Chosen(Reject(status), 1)


def test_content_mistakes_are_noted_on_what_is_fine_and_on_what_is_refused() -> None:
    warnings = ("payload has no aps: nothing is shown",)
    assert Court().verdict(payload=b"{}").warnings == warnings
    assert Court().verdict(payload=b"{}", token=b"").warnings == warnings


def test_the_rules_come_before_the_steps_but_every_judged_one_counts() -> None:
    court = Court(Step(Drop(), On(notification=2)), Step(Reject(1), On(notification=3)))
    found = [court.verdict(), court.verdict(token=b""), court.verdict()]
    assert [each.refusal for each in found] == [None, Refusal.MISSING_TOKEN, None]
    assert [each.chosen for each in found] == [None, None, Chosen(Reject(1), 2)]


@pytest.mark.parametrize("fault", [Drop("reset"), Shutdown("1s"), Stall("2s")])
def test_a_fault_that_acts_behind_a_notification_leaves_its_verdict_alone(
    fault: Fault,
) -> None:
    assert Court(Step(fault)).verdict() == Verdict((), chosen=Chosen(fault, 1))


def test_what_is_not_judged_can_be_described_and_counts_for_nothing() -> None:
    court = Court(Step(Reject(), On(notification=1)), uninstalled="reject")
    court.devices.add(OTHER, TOKEN, "uninstalled")
    described = court.judge.warnings(push(payload=b"{}", topic=OTHER))
    assert described == ("payload has no aps: nothing is shown",)
    assert court.listed(OTHER) == []
    assert court.verdict(token=numbered(1)).chosen == Chosen(Reject(), 1)


@pytest.mark.parametrize("uninstalled", ["accept", "reject"])
def test_a_send_to_a_removed_app_lists_it_whether_it_is_taken_or_not(uninstalled: str) -> None:
    court = Court(uninstalled=uninstalled)
    court.devices.add(TOPIC, TOKEN, "uninstalled")
    wanted = None if uninstalled == "accept" else Refusal.UNINSTALLED
    assert court.verdict().refusal is wanted
    assert court.listed() == [TOKEN]


@pytest.mark.parametrize("fields", [{"payload": b""}, {"payload": b"x" * 2049}])
def test_a_send_that_never_got_as_far_as_the_device_lists_nothing(fields: dict[str, Any]) -> None:
    court = Court()
    court.devices.add(TOPIC, TOKEN, "uninstalled")
    assert court.verdict(**fields).refusal is not None
    assert court.listed() == []


@pytest.mark.parametrize("uninstalled", ["accept", "reject"])
def test_a_device_of_the_other_environment_is_refused_and_not_listed(uninstalled: str) -> None:
    court = Court(uninstalled=uninstalled)
    court.devices.add(TOPIC, TOKEN, "uninstalled", environment="sandbox")
    assert court.verdict().refusal is Refusal.TOKEN_OF_OTHER_ENVIRONMENT
    assert court.listed() == []
    # To the server of its own environment it is a device like any other.
    court = Court(uninstalled=uninstalled, environment="sandbox")
    court.devices.add(TOPIC, TOKEN, "uninstalled", environment="sandbox")
    court.verdict()
    assert court.listed() == [TOKEN]


def test_another_apps_device_is_not_listed() -> None:
    court = Court()
    court.devices.add(OTHER, TOKEN, "uninstalled")
    assert court.verdict().refusal is Refusal.TOKEN_OF_OTHER_TOPIC
    assert court.listed(OTHER) == []


def test_an_answer_takes_as_long_as_the_server_says_for_a_refusal_and_for_a_step() -> None:
    assert Court(Step(Reject()), error_delay="3s").verdict().delay == 3
    assert Court(error_delay="3s").verdict(token=b"").delay == 3


def test_a_delay_within_a_range_can_be_repeated() -> None:
    def delays() -> list[Any]:
        court = Court(seed=7, error_delay="75ms..500ms")
        bad = [court.verdict(token=b"", identifier=each).delay for each in (1, 2, 1, 1)]
        return [*bad, court.judge.error_delay(b"\xff")]

    first = delays()
    assert first == delays()
    again = fraction(7, 0, TOPIC, b"", PAYLOAD, 1, repetition=1)
    assert first[2] == 0.075 + (0.5 - 0.075) * again
    assert len(set(first)) == 5
    assert all(0.075 <= each < 0.5 for each in first)


@pytest.mark.parametrize(
    ("payload", "refusal"),
    [(b"", Refusal.MISSING_PAYLOAD), (b"x" * 2049, Refusal.PAYLOAD_TOO_LARGE)],
    ids=["empty", "too long"],
)
def test_what_a_push_asks_for_behind_it_is_checked_like_any_other(
    payload: bytes, refusal: Refusal
) -> None:
    asked_for = Chosen(Drop(), None)
    verdict = Court().verdict(asked_for, payload=payload)
    assert (verdict.refusal, verdict.chosen) == (refusal, None)
    assert Court(Step(Stall())).verdict(asked_for).chosen == asked_for


def test_an_answer_that_a_push_asks_for_is_given_whatever_else_is_wrong() -> None:
    verdict = Court().verdict(Chosen(Reject(7), None), payload=b"")
    assert (verdict.refusal, verdict.decided) == (None, True)


def test_a_delay_is_seconds_or_a_number_of_notifications() -> None:
    assert delay_parts(0.5) == (0.5, None)
    assert delay_parts("250ms") == (0.25, None)
    assert delay_parts(AfterNotifications(40)) == (0, 40)


def test_a_delay_is_drawn_for_each_channel_as_for_each_token() -> None:
    def delay(channel: str) -> float:
        return Court(seed=7, error_delay="75ms..500ms").verdict(token=b"", channel=channel).delay

    assert delay("b3Vycw==") == delay("b3Vycw==") != delay("dGhlaXJz")
