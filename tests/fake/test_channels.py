"""`apns.channels`: made, found, deleted, and what a scenario has from the start."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fakeapns import Channel, ChannelEntry, FakeAPNs, Scenario, ScenarioError, UsageError
from fakeapns.ledger import ApiNotification
from fakeapns.protocol import PUSH_TYPES

from ..frames import TOPIC
from ..ledger.pushes import push_facts
from ..moments import at

OTHER = "com.example.other"
ID = "dHN0LXNyY2gtY2hubDEyMw=="


def broadcast(apns: Any, channel: Channel | str, **facts: Any) -> None:
    """Put a broadcast on record."""
    told = {"token_bytes": b"", "channel": str(channel), "topic": TOPIC, **facts}
    apns.ledger.record(ApiNotification, at(0), **push_facts(**told))


def test_ids_are_made_as_apples_are_and_the_same_in_every_run() -> None:
    first, second = (FakeAPNs().channels for _ in range(2))
    ids = [first.add().id for _ in range(3)]
    assert ids == [second.add().id for _ in range(3)]
    assert len(set(ids)) == 3
    assert {len(each) for each in ids} == {24}
    # What one app makes changes no id of another.
    assert first.add(OTHER).id not in ids


def test_a_channel_is_of_the_first_topic_unless_it_is_said() -> None:
    apns = FakeAPNs(topics=[OTHER, TOPIC])
    assert apns.channels.add().topic == OTHER
    assert apns.channels.add(TOPIC, 1).storage_policy == 1
    assert [each.topic for each in apns.channels] == [OTHER, TOPIC]
    assert [each.topic for each in apns.channels.list(TOPIC)] == [TOPIC]
    assert len(apns.channels) == 2


def test_an_id_is_among_the_channels_as_its_channel_is_until_it_is_deleted() -> None:
    channels = FakeAPNs().channels
    assert ID not in channels
    mine, theirs = channels.add(id=ID), channels.add(OTHER, id=ID)
    mine.delete()
    assert ID in channels
    assert mine not in channels
    assert theirs in channels
    theirs.delete()
    assert ID not in channels
    assert theirs not in channels
    for wrong in ("", None, 5):
        with pytest.raises(UsageError, match="is no channel"):
            assert wrong not in channels


def test_a_channel_is_found_by_its_id_also_when_it_is_deleted() -> None:
    channels = FakeAPNs().channels
    mine, theirs = channels.add(id=ID), channels.add(OTHER, id=ID)
    assert channels.find(ID) is mine
    assert channels.find(ID, OTHER) is theirs
    assert channels.find("AAAA") is channels.find(ID, "com.example.none") is None
    mine.delete()
    assert mine.deleted is not None
    assert channels.find(ID, TOPIC) is mine
    assert channels.find(ID) is theirs
    assert list(channels) == [theirs]
    channels.delete(ID)
    channels.delete(theirs)
    assert len(channels) == 0
    assert channels.find(ID) is mine


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda on: on.add(id="no base64!"), "'no base64!' is no id of a channel: give base64"),
        (lambda on: on.add(storage_policy=True), "True is no storage policy: 0 stores nothing"),
        (lambda on: on.add(ID), f"'{ID}' is no topic: write a bundle id such as com.example.app"),
        (
            lambda on: on.add(f"{TOPIC}.push-type.liveactivity"),
            "a channel is of the app itself: leave .push-type.liveactivity out of com.example.app.",
        ),
        (lambda on: on.list(7), "7 is no topic: write a bundle id such as com.example.app"),
        (lambda on: on.disable(7), "7 is no topic: write a bundle id such as com.example.app"),
        (lambda on: on.delete("AAAA"), "there never was a channel AAAA: see apns.channels.list()"),
        (lambda on: on.find(7), "7 is no channel: give its id, which is text, or one of"),
        (lambda on: on.delete(None), "None is no channel: give its id, which is text, or one of"),
        (lambda on: on.sent_to(""), "'' is no channel: give its id, which is text, or one of"),
        (lambda on: on.sent_to(None), "None is no channel: give its id, which is text, or one of"),
    ],
)
def test_what_cannot_be_is_one_sentence(call: Any, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        call(FakeAPNs().channels)
    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("suffix", [each for each in PUSH_TYPES.values() if each])
def test_no_topic_has_channels_to_which_nothing_could_be_broadcast(suffix: str) -> None:
    topic = TOPIC + suffix
    with pytest.raises(UsageError, match=f"leave {suffix} out of {topic}"):
        FakeAPNs().channels.add(topic)
    with pytest.raises(UsageError, match=f"leave {suffix} out of {topic}"):
        FakeAPNs(topics=[topic]).channels.add()
    with pytest.raises(ScenarioError, match=f"leave {suffix} out"):
        ChannelEntry(topic=topic, id=ID)


def test_an_id_is_never_used_again_and_there_are_no_more_than_the_setting_allows() -> None:
    channels = FakeAPNs(max_channels=1).channels
    channels.add(id=ID).delete()
    with pytest.raises(UsageError, match="ids are never used again"):
        channels.add(id=ID)
    channels.add()
    with pytest.raises(UsageError, match="max_channels are no more: delete some"):
        channels.add()
    channels.add(OTHER)


def test_the_capability_is_there_but_for_the_setting_and_can_be_switched() -> None:
    channels = FakeAPNs(without_broadcast=["com.example.o*"]).channels
    assert channels.are_enabled()
    assert not channels.are_enabled(OTHER)
    channels.enable(OTHER)
    channels.disable()
    assert channels.are_enabled(OTHER)
    assert not channels.are_enabled(TOPIC)


STORY = Scenario(
    about="Three channels, of which one is gone.",
    gateway={"max_channels": 2},
    channel=(
        ChannelEntry(topic=OTHER, id="AAAA", storage_policy=1),
        ChannelEntry(topic=OTHER, id="AAAB"),
        ChannelEntry(topic=OTHER, id="AAAC", deleted=True),
    ),
)


async def test_a_scenario_has_channels_from_the_start_and_renew_brings_them_back() -> None:
    async with FakeAPNs(scenario=STORY) as apns:
        assert apns.topics == (TOPIC, OTHER)
        for _ in range(2):
            assert [(each.id, each.storage_policy) for each in apns.channels] == [
                ("AAAA", 1),
                ("AAAB", 0),
            ]
            gone = apns.channels.find("AAAC")
            assert gone is not None
            assert gone.deleted is not None
            for each in apns.channels:
                each.delete()
            apns.channels.disable(OTHER)
            made = apns.channels.add(OTHER)
            apns.reset()
            assert apns.channels.find(made.id) is made
            await apns.renew()
            assert apns.channels.find(made.id) is None
            assert apns.channels.are_enabled(OTHER)


def test_what_was_sent_to_it_is_there_whatever_became_of_it_also_once_the_server_is_gone() -> None:
    with FakeAPNs().in_thread() as apns:
        channel, other = apns.channels.add(), apns.channels.add()
        broadcast(apns, channel)
        broadcast(apns, other)
        broadcast(apns, channel, reason="ChannelNotRegistered")
        broadcast(apns, channel, topic=OTHER)
    for asked in (channel, channel.id):
        found = apns.channels.sent_to(asked)
        outcomes = [each.outcome for each in found if each.topic == TOPIC]
        assert outcomes == ["accepted", "rejected"]
    assert len(apns.channels.sent_to(channel)) == 2
    assert len(apns.channels.sent_to(channel.id)) == 3
    assert apns.channels.sent_to("AAAA") == []


CALLS = {
    "find": lambda apns, **criteria: apns.find(**criteria),
    "wait_for": lambda apns, **criteria: apns.wait_for(1, **criteria),
    "assert_accepted": lambda apns, **criteria: apns.assert_accepted(1, **criteria),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("by_id", [False, True])
def test_whatever_takes_criteria_takes_a_channel(name: str, by_id: bool) -> None:
    with FakeAPNs().in_thread() as apns:
        channel, other = apns.channels.add(), apns.channels.add()
        broadcast(apns, other)
        broadcast(apns, channel)
        given = channel.id if by_id else channel
        assert [each.channel for each in CALLS[name](apns, channel=given)] == [channel.id]


async def test_so_does_the_form_for_trio_and_twins_that_are_awaited() -> None:
    async with FakeAPNs() as apns:
        channel = apns.channels.add()
        broadcast(apns, channel, reason="ChannelNotRegistered")
        [found] = await apns.wait_for(1, outcome="rejected", channel=channel)
        assert apns.assert_rejected(1, channel=channel, reason="ChannelNotRegistered") == [found]
        assert apns.channels.sent_to(channel) == [found]
    with FakeAPNs().in_thread() as apns:
        channel = apns.channels.add()
        broadcast(apns, channel)
        assert await apns.find_async(channel=channel) == apns.accepted


def test_threads_may_make_and_delete_channels_while_others_look() -> None:
    channels = FakeAPNs().channels

    def make(_: int) -> str:
        made = channels.add()
        list(channels)
        made.delete()
        return made.id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(make, range(200)))
    assert len(set(ids)) == 200
    assert len(channels) == 0
    assert all(channels.find(each) for each in ids)
