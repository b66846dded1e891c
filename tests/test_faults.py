"""Faults as values: what they mean, and what cannot be meant."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fakeapns.errors import UsageError
from fakeapns.faults import AfterNotifications, AnyFault, Drop, Reject, Shutdown, Stall
from fakeapns.protocol import Status


@pytest.mark.parametrize(
    ("fault", "name"),
    [(Reject(), "reject"), (Drop(), "drop"), (Shutdown(), "shutdown"), (Stall(), "stall")],
)
def test_a_fault_has_the_name_it_has_in_a_scenario(fault: AnyFault, name: str) -> None:
    assert fault.name == name


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
def test_a_status_is_apples_name_or_any_number_that_fits(given: str | int, code: int) -> None:
    assert Reject(given).code == code


def test_a_status_given_as_one_is_shown_by_its_name() -> None:
    assert Reject(Status.SHUTDOWN) == Reject("shutdown")
    assert Reject(Status.SHUTDOWN).status == "shutdown"


@pytest.mark.parametrize("status", [256, -1])
def test_a_status_has_to_fit_a_byte(status: int) -> None:
    with pytest.raises(UsageError, match=f"status {status} does not fit a byte"):
        Reject(status)


def test_a_status_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"'bad-token'; known: no-error, .*invalid-token"):
        Reject("bad-token")


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
    ("delay", "said"),
    [
        ("40", "is no duration"),
        (40, "is no duration"),
        ("75ms..500ms", "is no duration"),
        (AfterNotifications(-1), "count from 0"),
        ({"notifications": -1}, "count from 0"),
        ({"notifications": "many"}, "write notifications = 40"),
        ({"frames": 3}, "write notifications = 40"),
        ({"notifications": 3, "seconds": 1}, "write notifications = 40"),
        ({}, "write notifications = 40"),
    ],
)
def test_any_other_delay_is_refused(fault: type[Reject | Shutdown], delay: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        fault(delay=delay)


@pytest.mark.parametrize("close", ["graceful", "reset", "no-close-notify"])
def test_a_connection_can_be_dropped_in_three_ways(close: Any) -> None:
    assert Drop(close).close == close


def test_there_is_no_fourth_way() -> None:
    with pytest.raises(
        UsageError, match="closed 'half'; allowed: graceful, reset, no-close-notify"
    ):
        Drop("half")  # type: ignore[arg-type]


def test_a_stall_is_a_duration() -> None:
    assert Stall("1m").for_ == "1m"
    with pytest.raises(UsageError, match="is no duration"):
        Stall("5")


def test_faults_are_values() -> None:
    assert Reject("shutdown", "1s") == Reject("shutdown", "1s")
    assert Reject() != Reject(delay="1s")
    with pytest.raises(AttributeError):
        Drop().close = "reset"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"fault": "drop"}, Drop()),
        ({"fault": "stall", "for": "3s"}, Stall("3s")),
        (
            {"fault": "reject", "status": 1, "delay": {"notifications": 2}},
            Reject(1, AfterNotifications(2)),
        ),
        ({"fault": "shutdown", "delay": "1s"}, Shutdown("1s")),
    ],
)
def test_faults_can_be_read_from_plain_data(given: dict[str, Any], fault: AnyFault) -> None:
    assert msgspec.convert(given, AnyFault) == fault


def test_plain_data_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `closes`"):
        msgspec.convert({"fault": "drop", "closes": "reset"}, AnyFault)
