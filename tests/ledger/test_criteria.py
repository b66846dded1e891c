"""What is wanted: how it is found, how it is said, and how something else differs from it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

import pytest

from fakeapns import FakeAPNs, UsageError
from fakeapns.ledger import ApiNotification, Ledger
from fakeapns.ledger.criteria import Wanted
from fakeapns.ledger.entries import Notification

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered
from ..moments import at
from .pushes import APNS_ID, push, push_facts


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


@pytest.mark.parametrize("name", ["priority", "http_status"])
def test_what_is_no_criterion_and_yet_on_record_can_be_looked_for(name: str) -> None:
    with pytest.raises(UsageError, match=rf"not exist.*; write where=lambda push: push\.{name} =="):
        Wanted.of(**{name: 5})  # type: ignore[arg-type]


# ---- the provider API -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "criteria", "said"),
    [
        ({"push_type": "alert"}, {"push_type": "voip"}, "push_type: expected voip, is alert"),
        ({"collapse_id": "a"}, {"collapse_id": "b"}, "collapse_id: expected b, is a"),
        ({}, {"collapse_id": "b"}, "collapse_id: expected b, is None"),
        ({}, {"service": "gateway"}, "service: expected gateway, is api"),
        (
            {"reason": "BadPriority"},
            {"reason": "BadTopic"},
            "reason: expected BadTopic, is BadPriority",
        ),
        ({}, {"status": 410}, "status: expected 410, is 200"),
        ({}, {"apns_id": "x"}, f"apns_id: expected x, is {APNS_ID}"),
    ],
)
def test_what_the_api_has_is_wanted_as_it_is(facts: Any, criteria: Any, said: str) -> None:
    found = push(**facts)
    assert differences(found, **criteria) == [said]
    [(name, value)] = criteria.items()
    assert str(Wanted.of(**criteria)) == f" {name}={value!r}"
    ledger = Ledger()
    ledger.record(ApiNotification, at(0.0), **push_facts(**facts))
    assert not Wanted.of(**criteria).find(ledger)
    own = {name: getattr(found, "http_status" if name == "status" else name)}
    if own[name] is not None and own[name] != 200:
        assert len(Wanted.of(**own).find(ledger)) == 1


def test_an_id_is_the_same_in_large_letters_and_as_a_uuid() -> None:
    found = push(apns_id=APNS_ID.upper())
    for given in (APNS_ID, APNS_ID.upper(), UUID(APNS_ID)):
        assert Wanted.of(apns_id=given).holds(found)
    # What is no UUID was refused for that, and is found as it came.
    assert Wanted.of(apns_id="Order-7").holds(push(apns_id="Order-7"))
    assert not Wanted.of(apns_id="order-7").holds(push(apns_id="Order-7"))
    assert not Wanted.of(apns_id=APNS_ID).holds(notification())


def test_a_token_that_is_no_hex_is_near_the_one_that_it_stands_for() -> None:
    text = b64encode(TOKEN).decode()
    found = push(token_bytes=b"", token_text=text, reason="BadDeviceToken")
    [difference] = Wanted.of(token=TOKEN).differences(found)
    assert difference.near
    assert difference.found == f"the wanted token as base64 text, {text}"


@pytest.mark.parametrize(
    ("status", "reasons", "labels"),
    [
        ("BadDeviceToken", ["BadDeviceToken"], ["invalid-token", "invalid-token-size"]),
        ("Unregistered", ["Unregistered"], ["invalid-token"]),
        ("invalid-token", ["BadDeviceToken", "Unregistered"], ["invalid-token"]),
        (8, ["BadDeviceToken", "Unregistered"], ["invalid-token"]),
        ("BadPriority", ["BadPriority"], []),
        ("protocol-error", [], ["protocol-error"]),
        (400, ["BadDeviceToken", "BadPriority"], []),
        (410, ["Unregistered"], []),
    ],
)
def test_a_status_finds_what_means_the_same_on_the_other_service(
    status: str | int, reasons: list[str], labels: list[str]
) -> None:
    known = {"BadDeviceToken": 400, "Unregistered": 410, "BadPriority": 400}
    pushes = [push(reason=name, http_status=code) for name, code in known.items()]
    names = ["invalid-token", "invalid-token-size", "protocol-error"]
    frames = [notification(outcome="rejected", status=name) for name in names]
    wanted = Wanted.of(status=status)
    found = [each.status for each in (*pushes, *frames) if wanted.holds(each)]
    assert found == [*reasons, *labels]


def test_a_reason_is_exactly_that_and_of_the_api_alone() -> None:
    wanted = Wanted.of(reason="BadDeviceToken")
    assert wanted.holds(push(reason="BadDeviceToken"))
    assert not wanted.holds(push(reason="Unregistered"))
    assert not wanted.holds(notification(outcome="rejected", status="invalid-token"))


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({"status": "BadDevicetoken"}, "did you mean BadDeviceToken"),
        ({"reason": "Unregistred"}, "did you mean Unregistered"),
        ({"reason": "invalid-token"}, "reason 'invalid-token' does not exist"),
        # No criterion is a pattern.
        ({"reason": "Bad*"}, r"reason 'Bad\*' does not exist"),
        ({"service": "feedback"}, "service 'feedback' does not exist"),
        ({"service": "apis"}, "did you mean api"),
        ({"status": 300}, "300 is no status: codes of the gateway are 0 to 255"),
        ({"push_typ": "alert"}, "did you mean push_type"),
    ],
)
def test_what_no_service_knows_is_refused(criteria: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Wanted.of(**criteria)
