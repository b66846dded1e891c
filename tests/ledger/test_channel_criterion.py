"""Broadcasts as they are wanted: `channel=`, by id or as the channel itself."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import FakeAPNs, UsageError
from fakeapns.ledger import ApiNotification, Ledger, Wanted

from ..frames import TOKEN
from ..moments import at
from .pushes import push, push_facts

ID = "dHN0+XNy/2gtY2hubDEyMw=="
OTHER = "AAAAAAAAAAAAAAAAAAAAAA=="


def broadcast(channel: str | None = ID, **facts: Any) -> ApiNotification:
    """One with these facts."""
    return push(token_bytes=b"", channel=channel, **facts)


def said(wanted: Wanted, found: ApiNotification) -> list[str]:
    """In what it differs, in words."""
    return [str(each) for each in wanted.differences(found)]


def test_a_channel_finds_its_broadcasts_and_no_pushes_to_devices() -> None:
    ledger = Ledger()
    for facts in ({"channel": ID}, {"channel": OTHER}, {"token_bytes": TOKEN}):
        ledger.record(ApiNotification, at(0), **push_facts(**{"token_bytes": b"", **facts}))
    channel = FakeAPNs().channels.add(id=ID)
    for given in (ID, channel):
        assert [each.channel for each in Wanted.of(channel=given).find(ledger)] == [ID]
    assert Wanted.of(channel=channel) == Wanted.of(channel=ID)
    assert str(Wanted.of(channel=channel)) == f" channel={ID!r}"
    # What is no id may have been broadcast to all the same.
    assert Wanted.of(channel="no base64").find(ledger) == []


def test_two_channels_are_compared() -> None:
    wanted = Wanted.of(channel=ID)
    assert wanted.holds(broadcast())
    assert said(wanted, broadcast(OTHER)) == [f"channel: expected {ID}, is {OTHER}"]
    assert said(wanted, push()) == [f"channel: expected {ID}, is no broadcast"]
    assert said(wanted, broadcast(None)) == [f"channel: expected {ID}, is (none)"]
    assert said(Wanted.of(token=TOKEN), broadcast()) == [
        f"token: expected {TOKEN.hex()}, is (none)"
    ]


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        ("dHN0+XNy/2gtY2hubDEyMw", "the same but for the padding"),
        ("dHN0-XNy_2gtY2hubDEyMw==", "the same in another alphabet of base64"),
        ("dHN0-XNy_2gtY2hubDEyMw", "the same in another alphabet of base64"),
        ("dHN0%2BXNy%2F2gtY2hubDEyMw%3D%3D", "the same, percent-encoded"),
    ],
)
def test_an_id_in_another_spelling_is_near(sent: str, what: str) -> None:
    [difference] = Wanted.of(channel=ID).differences(broadcast(sent, reason="BadChannelId"))
    assert difference.near
    assert str(difference) == f"channel: expected {ID}, is {what}, {sent}"


def test_another_channel_is_far_and_the_right_one_near_whatever_became_of_it() -> None:
    apns = FakeAPNs()
    for facts in ({"channel": ID, "reason": "ChannelNotRegistered"}, {"channel": OTHER}):
        made = push_facts(**{"token_bytes": b"", "push_type": "liveactivity", **facts})
        apns.ledger.record(ApiNotification, at(0), **made)
    with pytest.raises(AssertionError) as failed:
        apns.assert_accepted(1, channel=apns.channels.add(id=ID), payload={"x": 1})
    assert str(failed.value).splitlines()[:2] == [
        f"expected exactly 1 accepted channel='{ID}' payload={{'x': 1}}, found 0",
        "nearest, number 1: rejected (400 ChannelNotRegistered) connection 1 stream 1 channel "
        f"{ID} topic com.example.app type liveactivity 'Hi'",
    ]


@pytest.mark.parametrize("given", [7, True, b"AAAA", "", " ", ["AAAA"], {}, str])
def test_what_is_no_channel_would_find_nothing_and_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="is no channel: give its id, which is text, or one of"):
        Wanted.of(channel=given)


def test_a_device_is_no_channel() -> None:
    apns = FakeAPNs()
    device: Any = apns.devices.add("com.example.app")
    with pytest.raises(UsageError, match=r"^<Device .*> is no channel: give its id"):
        apns.assert_rejected(channel=device)
