"""Devices of a scenario are there from the start, as it says."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import DeviceEntry, FakeAPNs, PushEntry
from fakeapns.errors import ScenarioError
from fakeapns.fake.inhabitants import add_channels, add_devices, follow_channels
from fakeapns.push import Devices
from fakeapns.scenario import Scenario

from ..moments import WALL

TOLD = {
    "app": "force-quit",
    "online": False,
    "asleep": True,
    "low_power": True,
    "unlocked": False,
    "permission": False,
    "background_refresh": False,
}


def story(**tables: Any) -> Scenario:
    """A story with these, written as in a file."""
    return Scenario(about="A phone.", **tables)


def test_a_device_is_as_a_scenario_says_or_else_as_any_other() -> None:
    one = {"topic": "com.example.app", "token": "1b", **TOLD}
    device = [one, {"topic": "com.example.app", "token": "2c"}]
    devices, usual = Devices(lambda: WALL), Devices(lambda: WALL).add("com.example.app")
    add_devices(story(device=device), devices)
    apps = [devices.installation(each) for each in devices]
    for name, value in TOLD.items():
        found = [getattr(each, name, getattr(each.phone, name, None)) for each in (*apps, usual)]
        assert found[0] == value
        assert found[1] == found[2] != value


TOPIC, CHANNEL = "com.example.app", "AAAA"
FOLLOWS = {"topic": TOPIC, "token": "1b", "follows": [CHANNEL]}


def server(**device: object) -> FakeAPNs:
    """A server with one device, and a channel that it may follow."""
    phone = {"topic": TOPIC, "token": "1b", **device}
    return FakeAPNs(
        scenario=story(device=[phone], channel=[{"topic": TOPIC, "id": CHANNEL}]),
    )


def test_a_start_token_is_there_and_update_tokens_come_one_after_the_other() -> None:
    [phone] = server(start_token="5e", update_tokens=["a1", "b2"]).devices
    assert phone.start_token == "5e" * 32
    assert phone.activities == []
    activity = phone.start_activity("Match")
    assert activity.token == "a1" * 32
    activity.rotate_token()
    assert activity.token == "b2" * 32
    activity.rotate_token()
    assert len(set(activity.tokens)) == 3


def test_with_update_tokens_alone_a_live_activity_is_there() -> None:
    [phone] = server(update_tokens=["a1"]).devices
    [activity] = phone.activities
    assert (activity.token, activity.state) == ("a1" * 32, "active")


def test_a_device_follows_the_channels_that_it_says() -> None:
    devices = Devices(lambda: WALL)
    channel, other = {"topic": TOPIC, "id": CHANNEL}, {"topic": TOPIC, "token": "2c"}
    scenario = story(device=[FOLLOWS, other], channel=[channel])
    add_devices(scenario, devices)
    add_channels(scenario, devices.subscriptions.channels)
    follow_channels(scenario, devices)
    assert [each.number for each in devices.subscriptions.followers(TOPIC, CHANNEL)] == [1]


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (
            Scenario,
            {"about": "Wrong.", "device": [FOLLOWS]},
            f"topic {TOPIC} has no channel {CHANNEL}: add a [[channel]], device 1, follows",
        ),
        (
            Scenario,
            {"about": "Wrong.", "push": [{"channel": CHANNEL}]},
            f"there is no channel {CHANNEL}: add a [[channel]], push 1, channel",
        ),
        (
            Scenario,
            {
                "about": "Wrong.",
                "device": [
                    {"topic": TOPIC, "token": "1b", "start_token": "5e"},
                    {"topic": TOPIC, "token": "2c", "update_tokens": ["5e"]},
                ],
            },
            f"topic {TOPIC}.push-type.liveactivity has token 5e twice, device 2, token",
        ),
        (
            PushEntry,
            {"channel": CHANNEL, "to": ["1b"]},
            "to is for devices, and channel for a broadcast: leave one out, to",
        ),
        (
            PushEntry,
            {"channel": CHANNEL, "push_type": "alert"},
            "a broadcast is for Live Activities: leave push_type out",
        ),
        (
            PushEntry,
            {"channel": CHANNEL, "collapse_id": "a"},
            "a broadcast has no collapse id: leave collapse_id out",
        ),
        (
            DeviceEntry,
            {"topic": f"{TOPIC}.voip", "token": "1b", "start_token": "5e"},
            f"start_token is of the app itself, and not of the topic {TOPIC}.voip",
        ),
        (
            DeviceEntry,
            {**FOLLOWS, "state": "uninstalled"},
            "follows is of an app that is there: leave it out, or the state",
        ),
    ],
)
def test_what_contradicts_itself_is_told(kind: Any, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        kind(**given)
    assert str(refused.value) == said
