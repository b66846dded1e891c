"""What is to be sent: the story's devices first, then strangers; numbers that people can read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from fakeapns import DeviceEntry, FakeAPNs, Scenario, load_scenario
from fakeapns.chaos import work_for
from fakeapns.provider.work_list import SendItem, WorkItem

TOPIC = "com.example.app"
OTHER = "com.example.other"


def work(scenario: Scenario, count: int) -> Sequence[WorkItem]:
    """The work of a story."""
    apns = FakeAPNs(scenario=scenario)
    return work_for(apns.devices, apns.settings, apns.topics[0], count)


def story(*devices: DeviceEntry, **gateway: str) -> Scenario:
    """A story with these devices."""
    return Scenario(about="A test.", device=devices, gateway=gateway)


def test_a_story_without_devices_is_for_strangers() -> None:
    items = work(story(), 3)
    assert items == [
        SendItem(
            token=hashlib.sha256(str(number).encode()).hexdigest(),
            payload={"aps": {"alert": f"number {number}"}},
            identifier=number,
            topic=TOPIC,
        )
        for number in (1, 2, 3)
    ]


def test_devices_come_first_each_on_its_topic() -> None:
    devices = (
        DeviceEntry(topic=OTHER, token="1b", state="uninstalled"),
        DeviceEntry(topic=TOPIC, token="2C2c"),
    )
    items = work(story(*devices), 4)
    assert [(item.token, item.topic) for item in items[:2]] == [
        ("1b" * 32, OTHER),
        ("2c2c", TOPIC),
    ]
    assert [item.identifier for item in items] == [1, 2, 3, 4]
    assert {item.topic for item in items[2:]} == {TOPIC}
    assert len({item.token for item in items}) == 4


def test_every_device_gets_one_however_small_the_count() -> None:
    scenario = load_scenario("feedback-long")
    assert len(work(scenario, 1)) == len(scenario.device) == 60


def test_where_only_registered_tokens_are_good_devices_with_the_app_take_turns() -> None:
    devices = (
        DeviceEntry(topic=TOPIC, token="1b"),
        DeviceEntry(topic=TOPIC, token="2c", state="uninstalled"),
        DeviceEntry(topic=OTHER, token="3d"),
    )
    items = work(story(*devices, tokens="registered"), 6)
    assert [item.device[:2] for item in items] == ["1b", "2c", "3d", "1b", "3d", "1b"]
    assert len({str(item.payload) for item in items}) == 6


def test_without_any_device_strangers_are_all_there_is() -> None:
    assert len({item.token for item in work(story(tokens="registered"), 5)}) == 5


def test_what_a_device_says_of_itself_stands_in_the_list() -> None:
    device = DeviceEntry(topic=TOPIC, token="1b", registered="-2h", push_type="background")
    apns = FakeAPNs(scenario=story(device, DeviceEntry(topic=TOPIC, token="2c")))
    first, second, *_ = work_for(apns.devices, apns.settings, TOPIC, 3)
    assert (first.push_type, first.payload) == (
        "background",
        {"aps": {"content-available": 1}, "number": 1},
    )
    assert first.registered is not None
    assert -2 <= first.registered - (apns.devices.now() - 7200) <= 0
    assert (second.push_type, second.registered) == (None, None)
