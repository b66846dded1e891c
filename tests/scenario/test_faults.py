"""Faults as values: what they mean, and what cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.errors import ScenarioError
from fakeapns.protocol import REASONS, Status, code_of
from fakeapns.scenario.faults import (
    ALERTS,
    BY_NAME,
    FAULTS,
    AfterNotifications,
    Alert,
    BadCertificate,
    Blackhole,
    Drop,
    Fault,
    FeedbackCut,
    Garbage,
    ReconnectBlock,
    Refuse,
    Reject,
    Shutdown,
    SlowHandshake,
    Stall,
    Throttle,
    bytes_in,
    seconds_in,
)
from fakeapns.scenario.problems import fields
from fakeapns.scenario.toml import parse_scenario

NAMES = [
    "reject",
    "drop",
    "shutdown",
    "acknowledge",
    "garbage",
    "stall",
    "blackhole",
    "throttle",
    "refuse",
    "slow_handshake",
    "alert",
    "accept_then_close",
    "bad_certificate",
    "reconnect_block",
    "goaway",
    "reset_stream",
    "unanswered",
    "late_answer",
    "partial_answer",
    "settings",
    "no_credit",
    "no_settings",
    "deaf_ping",
    "wedge",
    "device",
    "feedback_cut",
    "feedback_split",
    "feedback_delay",
    "feedback_repeat",
    "feedback_stale",
    "feedback_silent",
]


def test_names_of_faults_change_on_purpose() -> None:
    assert [each.__struct_config__.tag for each in FAULTS] == NAMES
    assert list(BY_NAME) == NAMES


@pytest.mark.parametrize(
    ("fault", "name"),
    [(Reject(), "reject"), (Drop(), "drop"), (Shutdown(), "shutdown"), (Stall(), "stall")],
)
def test_a_fault_has_the_name_it_has_in_a_scenario(fault: Fault, name: str) -> None:
    assert fault.name == name


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_says_what_it_does(fault: type[Fault]) -> None:
    assert (fault.__doc__ or "").strip().endswith(".")


# ---- statuses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("invalid-token", 8),
        ("unknown", 255),
        (Status.PROTOCOL_ERROR, 128),
        (0, 0),
        (9, 9),
        (255, 255),
    ],
)
def test_a_status_is_apples_name_or_any_number_that_fits(given: Any, code: int) -> None:
    assert code_of(Reject(given).status) == code


def test_a_status_given_as_one_is_shown_by_its_name() -> None:
    assert Reject(Status.SHUTDOWN) == Reject("shutdown")
    assert Reject(Status.SHUTDOWN).status == "shutdown"


def test_a_status_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(ScenarioError) as refused:
        Reject("invalid-tokn")  # type: ignore[arg-type]
    names = ", ".join((*sorted(status.label for status in Status), *sorted(REASONS)))
    assert str(refused.value) == (
        f"'invalid-tokn' is wrong, status; allowed: {names}, 0 to 599; did you mean invalid-token?"
    )


@pytest.mark.parametrize("status", list(Status))
def test_every_status_of_the_table_has_its_name(status: Status) -> None:
    assert code_of(Reject(status).status) == status
    assert code_of(Reject(status.label).status) == status  # type: ignore[arg-type]


# ---- delays -------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Reject, Shutdown])
@pytest.mark.parametrize(
    ("given", "means"),
    [
        (None, None),
        ("250ms", "250ms"),
        (AfterNotifications(40), AfterNotifications(40)),
        ({"notifications": 40}, AfterNotifications(40)),
        ({"notifications": 0}, AfterNotifications(0)),
    ],
)
def test_a_delay_is_time_or_a_number_of_notifications(
    fault: type[Reject | Shutdown], given: Any, means: Any
) -> None:
    assert fault(delay=given).delay == means


@pytest.mark.parametrize("fault", [Reject, Shutdown])
@pytest.mark.parametrize(
    "delay",
    [
        "40",
        40,
        "75ms..500ms",
        {"notifications": -1},
        {"notifications": "many"},
        {"frames": 3},
        {"notifications": 3, "seconds": 1},
        {},
    ],
)
def test_any_other_delay_is_refused(fault: type[Reject | Shutdown], delay: Any) -> None:
    with pytest.raises(ScenarioError) as refused:
        fault(delay=delay)
    [said] = str(refused.value).splitlines()
    assert " is wrong, delay; allowed: " in said
    assert "a duration such as 250ms or 1h30m" in said
    assert "{ notifications = … }" in said


def test_a_number_of_notifications_is_not_negative() -> None:
    with pytest.raises(ScenarioError, match="-1 is wrong, notifications; allowed: a number from 0"):
        AfterNotifications(-1)


# ---- everything else ------------------------------------------------------------------------


@pytest.mark.parametrize("close", ["graceful", "reset", "no-close-notify", "half", "keep"])
def test_a_connection_can_be_dropped_in_five_ways(close: Any) -> None:
    assert Drop(close).close == Reject(close=close).close == close


def test_there_is_no_sixth_way() -> None:
    with pytest.raises(ScenarioError) as refused:
        Drop("halv")  # type: ignore[arg-type]
    assert str(refused.value) == (
        "'halv' is wrong, close; allowed: graceful, half, keep, no-close-notify, reset; "
        "did you mean half?"
    )


@pytest.mark.parametrize(
    ("kind", "given", "allowed"),
    [
        (Stall, {"for_": "5"}, "a duration such as 250ms or 1h30m"),
        (Stall, {"for_": 5}, "a duration such as 250ms or 1h30m"),
        (Blackhole, {"after": "soon"}, "a duration such as 250ms or 1h30m"),
        (Throttle, {"bytes_per_second": 0}, "a number from 1, a size such as 16KiB"),
        (Throttle, {"bytes_per_second": "1kB"}, "a number from 1, a size such as 16KiB"),
        (Drop, {"after_bytes": -1}, "a number from 0, a size such as 16KiB"),
        (FeedbackCut, {"after_tuples": "3"}, "a number from 0"),
        (SlowHandshake, {"seconds": -1}, "a duration such as 250ms or 1h30m"),
        (Alert, {"alert": 256}, "0 to 255"),
        (Alert, {"alert": "certificate-lost"}, "certificate-revoked"),
        (BadCertificate, {"how": "broken"}, "expired, old-chain, untrusted, wrong-host"),
        (Refuse, {"how": "never"}, "before-handshake, close, reset"),
        (ReconnectBlock, {"connections": 0}, "a number from 1"),
        (Reject, {"identifier": "mine"}, "last-accepted, own, zero, 0 to 4294967295"),
        (Reject, {"identifier": 2**32}, "0 to 4294967295"),
        (Reject, {"split": 1}, "true, false"),
        (Reject, {"answer_on": "that"}, "next-connection, this"),
        (Garbage, {"bytes_": "8"}, "pairs of hex digits, and id for the identifier"),
        (Garbage, {"bytes_": ""}, "pairs of hex digits, and id for the identifier"),
        (Garbage, {"bytes_": "08\n"}, "pairs of hex digits, and id for the identifier"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_can(
    kind: type[Fault], given: dict[str, Any], allowed: str
) -> None:
    with pytest.raises(ScenarioError) as refused:
        kind(**given)
    [name] = given
    assert f" is wrong, {name.rstrip('_')}; allowed: " in str(refused.value)
    assert allowed in str(refused.value)


def test_all_values_that_cannot_be_are_named_at_once() -> None:
    with pytest.raises(ScenarioError) as refused:
        Reject("no", "1", close="no", split="no")  # type: ignore[arg-type]
    named = [line.partition(";")[0].partition(", ")[2] for line in str(refused.value).splitlines()]
    assert named == ["status", "delay", "close", "split"]


def test_quantities_may_be_numbers_where_the_key_names_the_unit() -> None:
    assert [seconds_in(3), seconds_in(0.5), seconds_in("1m")] == [3, 0.5, 60]
    assert [bytes_in(3), bytes_in("3B"), bytes_in("16KiB"), bytes_in("1MiB")] == [
        3,
        3,
        16_384,
        1_048_576,
    ]


def test_an_alert_is_a_name_or_a_number() -> None:
    assert Alert().number == 44
    assert Alert("unknown-ca").number == 48
    assert Alert(45).number == ALERTS["certificate-expired"]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("48 54 54 50", b"HTTP"),
        ("4854 5450", b"HTTP"),
        ("08 08 id", b"\x08\x08\x00\x01\xe2\x40"),
        ("0808id0808id", b"\x08\x08\x00\x01\xe2\x40" * 2),
    ],
)
def test_garbage_is_hex_with_a_place_for_the_identifier(given: str, sent: bytes) -> None:
    assert Garbage(given).content(123_456) == sent


def test_faults_are_values() -> None:
    assert Reject("shutdown", "1s") == Reject("shutdown", "1s")
    assert Reject() != Reject(delay="1s")
    with pytest.raises(AttributeError):
        Drop().close = "reset"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ('fault = "drop"', Drop()),
        ('fault = "stall"\nfor = "3s"', Stall("3s")),
        (
            'fault = "reject"\nstatus = 1\ndelay = { notifications = 2 }',
            Reject(1, AfterNotifications(2)),
        ),
        ('fault = "shutdown"\ndelay = "1s"', Shutdown("1s")),
        ('fault = "garbage"\nbytes = "08 08 id"', Garbage("08 08 id")),
        ('fault = "drop"\nafter_bytes = "1KiB"', Drop(after_bytes="1KiB")),
    ],
)
def test_faults_can_be_read_from_a_file(given: str, fault: Fault) -> None:
    [step] = parse_scenario(f'about = "One fault."\n[[step]]\n{given}').step
    assert step.fault == fault


@pytest.mark.parametrize("fault", FAULTS)
def test_a_key_is_no_word_of_python_that_a_file_would_have_to_escape(fault: type[Fault]) -> None:
    assert all(field.key == field.name.rstrip("_") for field in fields(fault))


def test_a_key_that_the_fault_does_not_have_is_refused() -> None:
    with pytest.raises(
        ScenarioError,
        match=r"unknown key 'closes' of the fault drop, step 1; .*; did you mean close\?",
    ):
        parse_scenario('about = "A typo."\n[[step]]\nfault = "drop"\ncloses = "reset"')
