"""What is to be sent: the story's devices first, then strangers; numbers that people can read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from fakeapns import ChannelEntry, DeviceEntry, FakeAPNs, PushEntry, Scenario, load_scenario
from fakeapns.chaos import work_for
from fakeapns.provider.work_list import SendItem, WorkItem

TOPIC = "com.example.app"
OTHER = "com.example.other"
NOW = 1_600_000_000


def work(scenario: Scenario, count: int) -> Sequence[WorkItem]:
    """The work of a story."""
    apns = FakeAPNs(scenario=scenario)
    return work_for(scenario, apns.settings, apns.topics[0], count, NOW)


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
    device = DeviceEntry(
        topic=TOPIC,
        token="1b",
        registered="-2h",
        push_type="background",
        priority=5,
        collapse_id="news",
        expires="1h",
    )
    first, second, *_ = work(story(device, DeviceEntry(topic=TOPIC, token="2c")), 3)
    assert first == SendItem(
        token="1b" * 32,
        topic=TOPIC,
        identifier=1,
        payload={"aps": {"content-available": 1}, "number": 1},
        push_type="background",
        registered=NOW - 7200,
        priority=5,
        collapse_id="news",
        expiration=NOW + 3600,
    )
    assert second == SendItem(
        token="2c" * 32, topic=TOPIC, identifier=2, payload={"aps": {"alert": "number 2"}}
    )


@pytest.mark.parametrize(
    ("expires", "moment"),
    [("-1h", NOW - 3600), ("90s", NOW + 90), ("0", 0), ("0s", NOW), (None, None)],
)
def test_when_something_expires_is_counted_from_the_start(
    expires: str | None, moment: int | None
) -> None:
    [item] = work(story(DeviceEntry(topic=TOPIC, token="1b", expires=expires)), 1)
    assert isinstance(item, SendItem)
    assert item.expiration == moment


CHANNEL = "dHN0LXNyY2gtY2hubA=="
LIVE = f"{TOPIC}.push-type.liveactivity"


def following(*pushes: PushEntry) -> Scenario:
    """A story with a phone that has a Live Activity, another one, a channel, and these pushes."""
    return Scenario(
        about="A test.",
        gateway={"tokens": "registered"},
        device=(
            DeviceEntry(topic=TOPIC, token="1b", start_token="5e", update_tokens=("a1",)),
            DeviceEntry(topic=TOPIC, token="2c", expires="1h"),
        ),
        channel=(ChannelEntry(topic=TOPIC, id=CHANNEL),),
        push=pushes,
    )


def test_a_story_says_itself_what_is_sent_in_its_order_and_shares_what_is_left() -> None:
    first, second, third = (PushEntry(to=(each,)) for each in ("1b", "2c", "1b"))
    one = PushEntry(to=("2c",), count=1)
    items = work(following(first, one, second, third), 9)
    assert [item.device[:2] for item in items] == ["1b"] * 3 + ["2c"] * 4 + ["1b"] * 2
    assert [item.identifier for item in items] == list(range(1, 10))
    assert len({str(item.payload) for item in items}) == 9


def test_each_of_what_a_story_says_is_sent_once_however_small_the_count() -> None:
    pushes = (PushEntry(to=("1b",), count=3), PushEntry(to=("2c",)), PushEntry())
    assert [item.device[:2] for item in work(following(*pushes), 1)] == ["1b"] * 3 + ["2c", "1b"]


def test_a_push_is_for_its_tokens_in_turn_with_what_their_devices_say() -> None:
    items = work(following(PushEntry(to=("1b", "2c"), priority=5)), 3)
    assert [(item.device[:2], item.priority, item.expiration) for item in sent(items)] == [
        ("1b", 5, None),
        ("2c", 5, NOW + 3600),
        ("1b", 5, None),
    ]


def test_what_is_for_a_live_activity_has_its_type_and_topic_and_a_timestamp() -> None:
    payload = {"aps": {"event": "start"}}
    start, update, odd = sent(
        work(
            following(
                PushEntry(to=("5e",), payload=payload),
                PushEntry(to=("a1",), payload={"aps": {"event": "update", "timestamp": 7}}),
                PushEntry(to=("a1",), topic=OTHER, push_type="alert", collapse_id="c"),
            ),
            3,
        )
    )
    assert (start.topic, start.push_type) == (LIVE, "liveactivity")
    assert start.payload == {"number": 1, "aps": {"event": "start", "timestamp": NOW}}
    assert update.payload["aps"] == {"event": "update", "timestamp": 7}
    assert (odd.topic, odd.push_type, odd.collapse_id) == (OTHER, "alert", "c")
    assert payload == {"aps": {"event": "start"}}


def test_a_broadcast_has_its_channel_and_the_topic_of_that() -> None:
    [item] = sent(work(following(PushEntry(channel=CHANNEL, expires="0")), 1))
    assert (item.token, item.channel, item.topic) == (None, CHANNEL, TOPIC)
    assert (item.push_type, item.expiration, item.priority) == ("liveactivity", 0, None)


def test_what_is_for_nobody_in_particular_is_for_who_would_get_it_anyway() -> None:
    items = work(following(PushEntry(payload={"aps": {"badge": 1}})), 3)
    assert [item.device[:2] for item in items] == ["1b", "2c", "1b"]
    stranger = work(Scenario(about="A test.", push=(PushEntry(to=("ff",)), PushEntry())), 2)
    assert stranger[0].token == "ff" * 32
    assert stranger[1].token == hashlib.sha256(b"1").hexdigest()


def sent(items: Sequence[WorkItem]) -> list[SendItem]:
    """The same, with all that is said of each."""
    return [item for item in items if isinstance(item, SendItem)]
