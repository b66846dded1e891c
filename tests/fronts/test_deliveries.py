"""What a push leads to on a device is on record behind it, whichever service it came by."""

from __future__ import annotations

import pytest

from fakeapns.ledger import Delivery, Ledger, Notification
from fakeapns.push import Devices

from ..frames import TOPIC, framed, numbered
from .api.dialogue import Dialogue
from .gateway.conversation import Conversation

PHONE = numbered(7)


def told(ledger: Ledger) -> list[tuple[int, str, str]]:
    """Each delivery: of the notification with which ordinal, to what token, and how it ended."""
    pushes = {each.seq: each for each in ledger.of(Notification)}
    found: list[tuple[int, str, str]] = []
    for each in ledger.of(Delivery):
        push = pushes[each.notification]
        assert push.token == each.token
        assert push.seq < each.seq
        found.append((push.ordinal, each.fate, each.detail))
    return found


def add_phone(devices: Devices, *, online: bool = False) -> None:
    phone = devices.add(TOPIC, PHONE)
    phone.phone.online = online


# With tokens that ask for an answer each is judged by itself.
@pytest.mark.parametrize("bundles", [True, False])
def test_at_the_gateway_those_for_a_device_are_delivered(bundles: bool) -> None:
    talk = Conversation(scripted_tokens=not bundles)
    add_phone(talk.devices)
    talk.write(*(framed(number, numbered(5 + number % 3)) for number in range(1, 7)))
    assert told(talk.ledger) == [
        (2, "stored", "the phone is offline"),
        (2, "replaced", "replaced by number 6"),
        (5, "stored", "the phone is offline"),
    ]


@pytest.mark.parametrize("bundles", [True, False])
def test_over_the_api_those_for_a_device_are_delivered(bundles: bool) -> None:
    talk = Dialogue(bundles=bundles)
    add_phone(talk.devices, online=True)
    talk.push(PHONE.hex())
    for token in (numbered(1), PHONE, numbered(2), PHONE):
        talk.begin(token.hex())
    talk.flow()
    assert [each[:2] for each in told(talk.ledger)] == [
        (1, "delivered"),
        (3, "delivered"),
        (5, "delivered"),
    ]


def test_nothing_is_delivered_of_what_was_not_accepted() -> None:
    talk = Dialogue()
    add_phone(talk.devices, online=True)
    talk.push(PHONE.hex(), b"x" * 5000)
    talk.push(PHONE.hex(), apns_topic="com.example.other")
    assert told(talk.ledger) == []
