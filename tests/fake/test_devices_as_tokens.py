"""A device stands for its token wherever a token is taken."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import Device, DeviceEntry, FakeAPNs, On, Reject, Scenario, Step, UsageError
from fakeapns.push import parse_token

from ..frames import TOPIC, framed
from .callers import send

PAYLOAD = {"aps": {"alert": "Hi"}}


def test_criteria_triggers_and_intended_notifications_take_a_device() -> None:
    with FakeAPNs().in_thread() as apns:
        good, bad = apns.devices.add(TOPIC), apns.devices.add(TOPIC)
        apns.inject(Reject(), token=bad)
        send(apns, framed(1, good.token_bytes), framed(2, bad.token_bytes))
        apns.wait_for(token=good)
        apns.wait_for(token=bad, outcome="rejected")
        apns.assert_accepted(1, token=good)
        apns.assert_rejected(1, token=bad)
        assert apns.find(token=good) == apns.accepted
        assert [each.matches(token=good) for each in apns.notifications] == [True, False]
        assert apns.ledger.notifications(token=bad) == apns.rejected
        intended: list[Any] = [(good, PAYLOAD), {"token": bad, "payload": PAYLOAD}]
        audit = apns.assert_audit(intended)
        assert [each.token for each in audit.refused] == [bad.token]
        assert apns.audit(intended, key="aps.alert").ok


def test_scenario_objects_take_a_device_or_bytes() -> None:
    device = FakeAPNs().devices.add(TOPIC)
    assert On(token=device) == On(token=device.token) == On(token=device.token_bytes)  # type: ignore[arg-type]
    entry = DeviceEntry(topic=TOPIC, token=device)  # type: ignore[arg-type]
    assert entry.full_token == device.token_bytes
    story = Scenario(about="…", device=(entry,), step=(Step(Reject(), On(token=device.token)),))
    with FakeAPNs(scenario=story).in_thread() as apns:
        send(apns, framed(1, device.token_bytes))
        apns.wait_for(token=device, outcome="rejected")


def test_a_notification_stands_for_its_token_too() -> None:
    with FakeAPNs().in_thread() as apns:
        send(apns, framed(1))
        [found] = apns.wait_for()
        device: Device = apns.devices.add(TOPIC, found)
        assert device.token == found.token


def test_what_is_no_token_is_said_to_be_none() -> None:
    with pytest.raises(UsageError) as raised:
        parse_token(7)  # type: ignore[arg-type]
    assert str(raised.value) == (
        "7 is no device token: write an even number of hex digits, or give a device"
    )
