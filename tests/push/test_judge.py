"""What a server decides: rules first, then steps, and what goes on the feedback list."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.protocol import NotificationReceived, Status
from fakeapns.push.chance import fraction
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge, Verdict, delay_parts
from fakeapns.push.triggers import Chosen, Plan
from fakeapns.scenario.faults import AfterNotifications, Delay, Drop, Fault, Reject, Shutdown, Stall
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import On, Step

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered

OTHER = "com.example.other"


class Court:
    """A judge with its devices and steps."""

    def __init__(self, *steps: Step, seed: int | None = None, **settings: Any) -> None:
        self.devices = Devices(lambda: 1000)
        self.plan = Plan(seed)
        for step in steps:
            self.plan.add(step)
        self.judge = Judge(Settings.of(settings), self.devices, self.plan, seed)
        self.ordinal = 0

    def verdict(
        self,
        topics: tuple[str, ...] = (TOPIC,),
        connection: int = 1,
        elapsed: float = 0.0,
        **fields: Any,
    ) -> Verdict:
        """The verdict on the next notification; `fields` change what was received."""
        self.ordinal += 1
        usual: dict[str, Any] = {"command": 2, "token": TOKEN, "payload": PAYLOAD, "identifier": 42}
        received = NotificationReceived(**(usual | fields))
        return self.judge.judge(received, topics, connection, self.ordinal, elapsed)

    def listed(self, topic: str = TOPIC) -> list[bytes]:
        """The tokens on the feedback list."""
        return [entry.token for _, entry in self.devices.feedback([topic])]


def test_a_sound_notification_is_fine() -> None:
    assert Court().verdict() == Verdict(TOPIC, ())


@pytest.mark.parametrize(
    ("settings", "fields", "topics", "status"),
    [
        ({"strict_payload": True}, {"payload": b"[]"}, (TOPIC,), Status.PROCESSING_ERROR),
        ({}, {"token": b"", "payload": b""}, (TOPIC,), Status.MISSING_TOKEN),
        ({}, {"token": b""}, (), Status.MISSING_TOPIC),
        ({}, {"payload": b""}, (TOPIC,), Status.MISSING_PAYLOAD),
        ({}, {"token": bytes(101)}, (TOPIC,), Status.INVALID_TOKEN_SIZE),
        ({}, {"token": b""}, ("x" * 256,), Status.INVALID_TOPIC_SIZE),
        ({}, {"payload": b"x" * 2049}, (TOPIC,), Status.INVALID_PAYLOAD_SIZE),
        ({"tokens": "registered"}, {}, (TOPIC,), Status.INVALID_TOKEN),
    ],
)
def test_each_status_of_the_table_can_be_provoked(
    settings: dict[str, Any], fields: dict[str, Any], topics: tuple[str, ...], status: Status
) -> None:
    verdict = Court(**settings).verdict(topics, **fields)
    assert verdict.status is status
    assert verdict.chosen is None


@pytest.mark.parametrize("status", list(Status))
def test_each_status_of_the_table_can_be_ordered(status: Status) -> None:
    verdict = Court(Step(Reject(status))).verdict()
    assert verdict.status == status
    assert verdict.chosen == Chosen(Reject(status), 1)


def test_content_mistakes_are_noted_on_what_is_fine_and_on_what_is_refused() -> None:
    warnings = ("payload has no aps: nothing is shown",)
    assert Court().verdict(payload=b"{}").warnings == warnings
    assert Court().verdict(payload=b"{}", token=b"").warnings == warnings


def test_the_rules_come_before_the_steps_but_every_judged_one_counts() -> None:
    court = Court(Step(Drop(), On(notification=2)), Step(Reject(1), On(notification=3)))
    found = [court.verdict(), court.verdict(token=b""), court.verdict()]
    assert [each.status for each in found] == [None, 2, 1]
    assert found[1].chosen is None


@pytest.mark.parametrize("fault", [Drop("reset"), Shutdown("1s"), Stall("2s")])
def test_a_fault_that_acts_behind_a_notification_leaves_its_verdict_alone(
    fault: Fault,
) -> None:
    assert Court(Step(fault)).verdict() == Verdict(TOPIC, (), chosen=Chosen(fault, 1))


def test_the_topic_is_that_of_the_device_or_the_first_of_the_certificate() -> None:
    court = Court()
    court.devices.add(OTHER, numbered(1))
    assert court.verdict((TOPIC, OTHER)).topic == TOPIC
    assert court.verdict((TOPIC, OTHER), token=numbered(1)).topic == OTHER
    assert court.verdict(()).topic is None


def test_what_is_not_judged_can_be_described_and_counts_for_nothing() -> None:
    court = Court(Step(Reject(), On(notification=1)), uninstalled="reject")
    court.devices.add(OTHER, TOKEN, "uninstalled")
    received = NotificationReceived(0, TOKEN, b"{}")
    assert court.judge.describe(received, (TOPIC, OTHER)) == (
        OTHER,
        ("payload has no aps: nothing is shown",),
    )
    assert court.listed(OTHER) == []
    assert court.verdict(token=numbered(1)).chosen == Chosen(Reject(), 1)


@pytest.mark.parametrize("uninstalled", ["accept", "reject"])
def test_a_send_to_a_removed_app_lists_it_whether_it_is_taken_or_not(uninstalled: str) -> None:
    court = Court(uninstalled=uninstalled)
    court.devices.add(TOPIC, TOKEN, "uninstalled")
    assert court.verdict().status == (None if uninstalled == "accept" else 8)
    assert court.listed() == [TOKEN]


@pytest.mark.parametrize("fields", [{"payload": b""}, {"payload": b"x" * 2049}])
def test_a_send_that_never_got_as_far_as_the_device_lists_nothing(fields: dict[str, Any]) -> None:
    court = Court()
    court.devices.add(TOPIC, TOKEN, "uninstalled")
    assert court.verdict(**fields).status is not None
    assert court.listed() == []


@pytest.mark.parametrize("uninstalled", ["accept", "reject"])
def test_a_device_of_the_other_environment_is_refused_and_not_listed(uninstalled: str) -> None:
    court = Court(uninstalled=uninstalled)
    court.devices.add(TOPIC, TOKEN, "uninstalled", environment="sandbox")
    assert court.verdict().status == Status.INVALID_TOKEN
    assert court.listed() == []
    # To the server of its own environment it is a device like any other.
    court = Court(uninstalled=uninstalled, environment="sandbox")
    court.devices.add(TOPIC, TOKEN, "uninstalled", environment="sandbox")
    court.verdict()
    assert court.listed() == [TOKEN]


def test_another_apps_device_is_not_listed() -> None:
    court = Court()
    court.devices.add(OTHER, TOKEN, "uninstalled")
    assert court.verdict().status == 8
    assert court.listed(OTHER) == []


@pytest.mark.parametrize("delay", ["1s", AfterNotifications(40)])
def test_the_delay_of_a_step_goes_before_that_of_the_server(delay: Delay) -> None:
    assert Court(Step(Reject(delay=delay)), error_delay="3s").verdict().delay == delay
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
    ("token", "status", "fault"),
    [
        ("ffff0008", 8, Reject(8)),
        ("ffff00ff0102", 255, Reject(255)),
        ("ffff0103", None, Stall("300ms")),
        ("ffff0200", None, Drop()),
        ("ffff00", 0, Reject(0)),
        ("ffff01", None, Stall("0ms")),
        ("ffff02", None, Drop()),
    ],
)
def test_a_token_may_carry_instructions(token: str, status: int | None, fault: Fault) -> None:
    verdict = Court(scripted_tokens=True).verdict(token=bytes.fromhex(token))
    assert (verdict.status, verdict.chosen) == (status, Chosen(fault, None))
    assert Court().verdict(token=bytes.fromhex(token)) == Verdict(TOPIC, ())


@pytest.mark.parametrize("token", ["ffff02", "ffff0200", "ffff0101"])
@pytest.mark.parametrize(
    ("payload", "status"),
    [(b"", Status.MISSING_PAYLOAD), (b"x" * 2049, Status.INVALID_PAYLOAD_SIZE)],
    ids=["empty", "too long"],
)
def test_a_token_that_asks_for_a_pause_or_the_end_is_checked_like_any_other(
    token: str, payload: bytes, status: Status
) -> None:
    verdict = Court(scripted_tokens=True).verdict(token=bytes.fromhex(token), payload=payload)
    assert (verdict.status, verdict.chosen) == (status, None)


def test_a_token_that_asks_for_a_status_gets_that_one_whatever_else_is_wrong() -> None:
    verdict = Court(scripted_tokens=True).verdict(token=bytes.fromhex("ffff0007"), payload=b"")
    assert (verdict.status, verdict.chosen) == (7, Chosen(Reject(7), None))


@pytest.mark.parametrize("token", ["ffff0300", "ffff03", "fffe0008", "ffff", "ff"])
def test_a_token_without_instructions_is_a_token(token: str) -> None:
    court = Court(scripted_tokens=True)
    assert court.verdict(token=bytes.fromhex(token)) == Verdict(TOPIC, ())


def test_a_delay_is_seconds_or_a_number_of_notifications() -> None:
    assert delay_parts(0.5) == (0.5, None)
    assert delay_parts("250ms") == (0.25, None)
    assert delay_parts(AfterNotifications(40)) == (0, 40)
