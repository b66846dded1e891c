"""What is wanted: how it is found, how it is said, and how something else differs from it."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import FakeAPNs, UsageError
from fakeapns.ledger.criteria import Wanted
from fakeapns.ledger.entries import Notification

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered


def notification(**facts: Any) -> Notification:
    """One that was accepted, but for these facts."""
    usual: dict[str, Any] = {
        "seq": 1,
        "t": 0.0,
        "wall": 0.0,
        "connection": 1,
        "ordinal": 1,
        "command": 2,
        "identifier": 1,
        "token_bytes": TOKEN,
        "topic": TOPIC,
        "payload_bytes": PAYLOAD,
        "expiration": None,
        "priority": None,
        "outcome": "accepted",
    }
    return Notification(**{**usual, **facts})


def differences(found: Notification, **criteria: Any) -> list[str]:
    """The differences in words."""
    return [str(each) for each in Wanted.of(**criteria).differences(found)]


def test_what_is_wanted_has_no_differences() -> None:
    criteria: dict[str, Any] = {
        "outcome": "accepted",
        "token": TOKEN.hex(),
        "topic": TOPIC,
        "payload": {"aps": {}},
        "where": lambda each: each.ordinal == 1,
    }
    assert differences(notification(), **criteria) == []
    assert Wanted.of(**criteria).holds(notification())
    assert differences(notification()) == []


@pytest.mark.parametrize(
    ("facts", "criteria", "said"),
    [
        (
            {"outcome": "rejected", "status": "invalid-token"},
            {"outcome": "accepted"},
            "outcome: expected accepted, is rejected (invalid-token)",
        ),
        (
            {"status": "invalid-token"},
            {"status": "missing-token"},
            "status: expected missing-token, is invalid-token",
        ),
        ({}, {"status": "missing-token"}, "status: expected missing-token, is none"),
        ({"token_bytes": b""}, {"token": "ff"}, "token: expected ff, is (none)"),
        ({}, {"topic": "com.example"}, f"topic: expected com.example, is {TOPIC}"),
        ({"topic": None}, {"topic": TOPIC}, f"topic: expected {TOPIC}, is None"),
        (
            {"payload_bytes": b"hello"},
            {"payload": {"aps": {}}},
            "payload: expected JSON that can be read, is 'hello'",
        ),
    ],
)
def test_each_difference_is_named(facts: Any, criteria: Any, said: str) -> None:
    assert differences(notification(**facts), **criteria) == [said]
    assert not Wanted.of(**criteria).holds(notification(**facts))


def test_payloads_differ_key_by_key() -> None:
    found = notification(payload_bytes=b'{"aps":{"alert":"Hi","badge":true,"n":[1]},"x":5}')
    wanted = {"aps": {"alert": "Ho", "badge": 1, "n": [1], "sound": "x"}, "x": {"y": 1}}
    assert differences(found, payload=wanted) == [
        "payload.aps.alert: expected 'Ho', is 'Hi'",
        "payload.aps.badge: expected 1, is True",
        "payload.aps.sound: expected 'x', is (absent)",
        "payload.x: expected {'y': 1}, is 5",
    ]


def test_a_function_is_named() -> None:
    def is_loud(each: Notification) -> bool:
        return False

    assert differences(notification(), where=is_loud) == [
        "where: expected is_loud to hold, is false"
    ]
    assert str(Wanted.of(where=is_loud, token="FF", topic=TOPIC)) == (
        " token='ff' topic='com.example.app' where='is_loud'"
    )


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({"outcome": "acepted"}, "did you mean accepted"),
        ({"status": "invalid_token"}, "did you mean invalid-token"),
        ({"payload": '{"aps":{}}'}, "is text: give the payload as Python has it"),
    ],
)
def test_what_can_never_be_is_refused(criteria: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Wanted.of(**criteria)


def deep(levels: int) -> list[Any]:
    """A list in a list, so often."""
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (10**5000, "it has a number of too many digits"),
        (-(10**5000), "it has a number of too many digits"),
        ({"aps": {"badge": 10**5000}}, "it has a number of too many digits"),
        ({"a": [1, {"b": (10**5000,)}]}, "it has a number of too many digits"),
        ({10**5000: 1}, "it has a number of too many digits"),
        (deep(100_000), "it is nested too deeply"),
    ],
    ids=["large", "small", "badge", "inside", "key", "deep"],
)
@pytest.mark.parametrize("name", ["payload", "topic", "where", "status", "outcome"])
def test_what_nobody_can_write_is_one_sentence(name: str, given: Any, why: str) -> None:
    criteria: Any = {name: given}
    with pytest.raises(UsageError, match=f"^nothing on record can have this {name}: {why}$"):
        Wanted.of(**criteria)


def test_a_status_may_be_given_by_apples_number() -> None:
    assert Wanted.of(status=8) == Wanted.of(status="invalid-token")


def test_a_function_is_only_asked_where_all_else_holds() -> None:
    def has_key(each: Notification) -> object:
        return each.payload["k"]

    assert differences(notification(), topic="com.example", where=has_key) == [
        f"topic: expected com.example, is {TOPIC}"
    ]
    assert differences(notification(), topic=TOPIC, where=has_key) == [
        "where: expected has_key to hold, is raised KeyError('k')"
    ]


def test_a_token_may_be_a_device() -> None:
    device = FakeAPNs().devices.add(TOPIC, numbered(3))
    assert Wanted.of(token=device) == Wanted.of(token=numbered(3))
    with pytest.raises(UsageError, match="is no device token"):
        Wanted.of(token="xyz")


def test_a_misspelt_criterion_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="criterion 'tokn' does not exist; did you mean token"):
        FakeAPNs().assert_accepted(tokn="ff")  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="criterion 'outcom' does not exist; did you mean out"):
        FakeAPNs().find(outcom="accepted")  # type: ignore[call-arg]
