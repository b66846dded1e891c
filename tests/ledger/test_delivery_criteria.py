"""What is wanted of a delivery: what it says, whether or not it was shown, and its notification."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import UsageError
from fakeapns.ledger import Delivery, Ledger, Notification, WantedDelivery
from fakeapns.push import Fate, Shown

from ..frames import TOKEN, TOPIC
from ..moments import at


def landed(payload: bytes, shown: Shown | None, fate: Fate = "delivered") -> Ledger:
    """A record of a notification and of what it led to."""
    ledger = Ledger()
    facts = {"connection": 1, "ordinal": 1, "command": 2, "identifier": 1, "token_bytes": TOKEN}
    facts |= {"topic": TOPIC, "payload_bytes": payload, "expiration": None, "priority": None}
    push = ledger.record(Notification, at(0.0), outcome="accepted", **facts)
    about = {"notification": push.seq, "device": 1, "topic": TOPIC, "token": TOKEN.hex()}
    ledger.record(Delivery, at(0.0), fate=fate, detail="why", shown=shown, **about)
    return ledger


def found(ledger: Ledger, **criteria: Any) -> int:
    """How many deliveries are wanted."""
    return len(WantedDelivery.of(**criteria).find(ledger.of(Delivery), ledger))


IN_FULL = Shown({"title": "Shop", "body": "Tea"}, 3, {"name": "bell", "critical": 1})
PAYLOAD = (
    b'{"aps":{"alert":{"title":"Shop","body":"Tea"},"badge":3,'
    b'"sound":{"name":"bell","critical":1}},"order":7}'
)


@pytest.mark.parametrize(
    ("criteria", "is_it"),
    [
        ({"alert": "Tea"}, True),
        ({"alert": "Shop"}, False),
        ({"alert": {"title": "Shop"}}, True),
        ({"alert": {"title": "Other"}}, False),
        ({"badge": 3}, True),
        ({"badge": 0}, False),
        ({"sound": "bell"}, True),
        ({"sound": {"critical": 1}}, True),
        ({"sound": "default"}, False),
        ({"alert": "Tea", "badge": 4}, False),
        ({"payload": {"order": 7}, "topic": TOPIC}, True),
        ({"payload": {"order": 8}}, False),
        ({"token": TOKEN.hex()}, True),
        ({"where": lambda push: push.connection == 2}, False),
        ({}, True),
    ],
)
@pytest.mark.parametrize("shown", [IN_FULL, None], ids=["shown", "not shown"])
def test_it_is_what_the_push_says_that_counts(
    shown: Shown | None, criteria: dict[str, Any], is_it: bool
) -> None:
    assert found(landed(PAYLOAD, shown), **criteria) == is_it


def test_a_text_is_found_where_the_push_has_a_text() -> None:
    ledger = landed(b'{"aps":{"alert":"Tea","sound":"bell"}}', None)
    assert found(ledger, alert="Tea", sound="bell")
    assert not found(ledger, alert={"body": "Tea"})


def test_differences_are_told_field_by_field() -> None:
    ledger = landed(b'{"aps":{"alert":"Tea"}}', None, "stored")
    [push] = ledger.notifications()
    wanted = WantedDelivery.of(alert="Coffee", badge=2, topic="com.example.other")
    [entry] = ledger.of(Delivery)
    assert [str(each) for each in wanted.differences(entry, push)] == [
        "topic: expected com.example.other, is com.example.app",
        "alert: expected 'Coffee', is 'Tea'",
        "badge: expected 2, is none",
    ]
    assert str(wanted) == " alert='Coffee' badge=2 topic='com.example.other'"


def test_of_a_notification_that_was_forgotten_the_screen_is_still_known() -> None:
    ledger = landed(PAYLOAD, IN_FULL)
    [entry] = ledger.of(Delivery)
    ledger.reset()
    assert WantedDelivery.of(alert="Tea").find([entry], ledger) == [entry]
    wanted = WantedDelivery.of(topic=TOPIC)
    assert [str(each) for each in wanted.differences(entry, None)] == [
        "notification: expected topic='com.example.app', is on record no more"
    ]


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({"alert": 3}, "3 is no alert: write its text, or a dictionary that it has to contain"),
        ({"sound": b"x"}, "b'x' is no sound"),
        ({"badge": True}, "True is no badge: write a number, as in badge=3"),
        ({"badge": "3"}, "'3' is no badge"),
        ({"alarm": "x"}, "criterion 'alarm' does not exist; did you mean alert?"),
        ({"ordinal": 3}, "write where=lambda push: push.ordinal == …"),
        ({"topic": 3}, "3 is no topic"),
        ({"badge": 10**5000}, "nothing on record can have this badge"),
    ],
)
def test_what_cannot_be_is_one_sentence(criteria: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as raised:
        WantedDelivery.of(**criteria)
    assert said in str(raised.value)
