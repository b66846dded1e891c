"""Channels that phones follow, and what becomes of broadcasts to them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.push import Channel, Installation, Shown, StoragePolicy

from ....frames import TOPIC
from .screens import SCORE, START, LiveWorld

OTHER = "com.example.other"
HOUR = 3600


@pytest.fixture
def world() -> LiveWorld:
    return LiveWorld()


def follower(world: LiveWorld, policy: StoragePolicy = 1) -> tuple[Installation, Channel]:
    """A phone that follows a channel."""
    phone, channel = world.phone(), world.channels.add(TOPIC, policy)
    phone.live.channels.begin(channel.id)
    return phone, channel


def test_a_broadcast_updates_those_who_follow_the_channel_and_nobody_else(world: LiveWorld) -> None:
    channel, other = world.channels.add(TOPIC), world.channels.add(TOPIC)
    phones = [world.phone() for _ in range(3)]
    first, second = (world.activity(each, channel=channel.id) for each in phones[:2])
    beside = world.activity(phones[2], channel=other.id)
    landings = world.broadcast(channel)
    assert [(each.device, each.fate) for each in landings] == [(1, "delivered"), (2, "delivered")]
    assert {(each.token_bytes, each.topic, each.detail) for each in landings} == {
        (b"", TOPIC, "the Live Activity was updated")
    }
    assert first.content_state == second.content_state == SCORE
    assert beside.content_state == {"score": "0:0"}


def test_one_delivery_tells_of_all_activities_of_an_app(world: LiveWorld) -> None:
    phone, channel = follower(world)
    for _ in range(2):
        world.activity(phone, channel=channel.id)
    [landed] = world.broadcast(channel, {"alert": "Goal"})
    assert (landed.fate, landed.detail) == ("delivered", "2 Live Activities were updated")
    assert landed.shown == Shown("Goal")
    [landed] = world.broadcast(channel, {"event": "end"})
    assert landed.detail == "2 Live Activities were ended"
    assert {each.state for each in phone.live.activities} == {"ended"}


def test_what_the_app_follows_by_itself_updates_activities_that_follow_nothing(
    world: LiveWorld,
) -> None:
    phone, channel = follower(world)
    other = world.channels.add(TOPIC)
    bound, free = world.activity(phone, channel=other.id), world.activity(phone)
    world.broadcast(channel, {"content-state": {"n": 1}})
    assert (free.content_state, bound.content_state) == ({"n": 1}, {"score": "0:0"})
    world.broadcast(other, {"content-state": {"n": 2}})
    assert (free.content_state, bound.content_state) == ({"n": 1}, {"n": 2})


def test_it_is_delivered_where_there_is_nothing_to_update(world: LiveWorld) -> None:
    phone, channel = follower(world)
    [landed] = world.broadcast(channel)
    assert landed.fate == "delivered"
    assert landed.detail == "the app follows the channel, and has no Live Activity to update"
    activity = world.activity(phone)
    activity.dismiss()
    assert [each.detail for each in world.broadcast(channel)] == [landed.detail]


def test_who_followed_with_an_activity_hears_nothing_once_that_is_over(world: LiveWorld) -> None:
    channel = world.channels.add(TOPIC)
    world.activity(world.phone(), channel=channel.id)
    world.now += 8 * HOUR
    assert world.broadcast(channel) == []


def test_a_broadcast_starts_none_and_what_a_device_cannot_take_is_dropped(world: LiveWorld) -> None:
    phone, channel = follower(world)
    [landed] = world.broadcast(channel, START)
    assert landed.fate == "dropped"
    assert landed.detail == "its event is start, and a broadcast starts no Live Activity"
    assert phone.live.activities == []
    world.activity(phone)
    [landed] = world.broadcast(channel, {"content-state": None})
    assert landed.detail == "aps.content-state is missing, or is no object"


def test_an_older_one_is_ignored_by_those_who_know_a_newer_one(world: LiveWorld) -> None:
    phone, channel = follower(world)
    first = world.activity(phone)
    world.broadcast(channel, {"timestamp": 100})
    [landed] = world.broadcast(channel, {"timestamp": 99})
    assert landed.fate == "dropped"
    assert "its timestamp is older" in landed.detail
    second = world.activity(phone)
    [landed] = world.broadcast(channel, {"timestamp": 99, "content-state": {"n": 1}})
    assert (landed.fate, landed.detail) == ("delivered", "the Live Activity was updated")
    assert (first.content_state, second.content_state) == (SCORE, {"n": 1})


def test_a_broadcast_may_have_5120_bytes(world: LiveWorld) -> None:
    phone, channel = follower(world)
    activity = world.activity(phone)
    aps: dict[str, Any] = {"timestamp": 1, "event": "update", "content-state": {"x": "y" * 5000}}
    payload = json.dumps({"aps": aps}).encode()
    assert 4096 < len(payload) <= 5120
    assert [each.fate for each in world.broadcast(channel, payload_bytes=payload)] == ["delivered"]
    assert activity.content_state == {"x": "y" * 5000}


# ---- phones that are away -----------------------------------------------------------------------


def test_a_channel_that_stores_keeps_the_newest_for_a_phone_that_is_away(world: LiveWorld) -> None:
    phone, channel = follower(world)
    activity = world.activity(phone)
    phone.phone.online = False
    assert [each.fate for each in world.broadcast(channel)] == ["stored"]
    newest = world.broadcast(channel, {"content-state": {"n": 2}})
    assert [(each.seq, each.fate) for each in newest] == [(1, "replaced"), (2, "stored")]
    phone.phone.online = True
    assert [(each.seq, each.fate) for each in phone.look_again()] == [(2, "delivered")]
    assert activity.content_state == {"n": 2}
    assert phone.look_again() == []


def test_of_each_channel_one_is_kept_and_it_takes_the_place_of_no_other(world: LiveWorld) -> None:
    phone, channel = follower(world)
    other = world.channels.add(TOPIC, 1)
    phone.live.channels.begin(other.id)
    phone.phone.online = False
    for each in (channel, other):
        assert [landed.fate for landed in world.broadcast(each)] == ["stored"]
    world.send(phone)
    phone.phone.online = True
    assert [each.fate for each in phone.look_again()] == ["delivered"] * 3


def test_a_channel_that_stores_nothing_is_lost_on_a_phone_that_is_away(world: LiveWorld) -> None:
    phone, channel = follower(world, 0)
    phone.phone.online = False
    [landed] = world.broadcast(channel)
    assert landed.fate == "not-stored"
    assert landed.detail == "the phone is offline, and the channel stores nothing"


def test_a_broadcast_that_expires_at_once_is_stored_nowhere(world: LiveWorld) -> None:
    phone, channel = follower(world)
    phone.phone.online = False
    [landed] = world.broadcast(channel, expiration=0)
    assert (landed.fate, landed.detail) == (
        "not-stored",
        "the phone is offline, and its expiration is 0",
    )


@pytest.mark.parametrize(
    ("lasts", "kept", "why"),
    [
        (HOUR, HOUR, "its time was over"),
        (8 * HOUR, 8 * HOUR, "its time was over"),
        (24 * HOUR, 8 * HOUR, "8 hours were over"),
    ],
)
def test_nothing_is_kept_by_a_channel_for_more_than_eight_hours(
    world: LiveWorld, lasts: int, kept: int, why: str
) -> None:
    phone, channel = follower(world)
    phone.phone.online = False
    world.broadcast(channel, expiration=int(world.now) + lasts)
    world.now += kept - 1
    assert phone.look_again() == []
    world.now += 1
    assert [(each.fate, each.detail) for each in phone.look_again()] == [("expired", why)]


def test_to_delete_a_channel_recalls_nothing(world: LiveWorld) -> None:
    phone, channel = follower(world)
    activity = world.activity(phone)
    phone.phone.online = False
    world.broadcast(channel)
    channel.delete()
    phone.phone.online = True
    assert [each.fate for each in phone.look_again()] == ["delivered"]
    assert activity.content_state == SCORE


# ---- who follows --------------------------------------------------------------------------------


def test_who_follows_no_more_hears_no_more_and_gets_nothing_that_was_kept(world: LiveWorld) -> None:
    phone, channel = follower(world)
    bound = world.activity(phone, channel=channel.id)
    phone.phone.online = False
    world.broadcast(channel)
    [lost] = phone.live.channels.end(channel.id)
    assert (lost.fate, lost.detail) == ("dropped", "the phone follows the channel no more")
    assert bound.channel is None
    assert world.broadcast(channel) == []
    assert phone.live.channels.end(channel.id) == []
    phone.live.channels.begin(channel.id)
    assert [each.fate for each in world.broadcast(channel)] == ["stored"]


def test_what_was_kept_for_an_activity_that_is_over_meanwhile_is_dropped(world: LiveWorld) -> None:
    phone, channel = world.phone(), world.channels.add(TOPIC, 1)
    activity = world.activity(phone, channel=channel.id)
    phone.phone.online = False
    world.broadcast(channel)
    activity.dismiss()
    phone.phone.online = True
    [landed] = phone.look_again()
    assert landed.fate == "dropped"
    assert landed.detail == "nothing on the phone follows the channel any more"


def test_with_the_app_all_that_it_follows_is_forgotten(world: LiveWorld) -> None:
    phone, channel = follower(world)
    phone.phone.online = False
    world.broadcast(channel)
    assert [each.detail for each in phone.uninstall()] == ["the app was uninstalled"]
    assert world.broadcast(channel) == []


def test_a_channel_of_another_app_and_one_that_is_gone_cannot_be_followed(world: LiveWorld) -> None:
    phone, gone = world.phone(), world.channels.add(TOPIC)
    gone.delete()
    for id in (world.channels.add(OTHER).id, gone.id, "AAAA"):
        with pytest.raises(UsageError, match=r"has no channel \S+: make it first"):
            phone.live.channels.check(id)


def test_apps_that_share_the_id_of_a_channel_do_not_share_what_is_sent_there(
    world: LiveWorld,
) -> None:
    ours, theirs = (world.channels.add(app, id="AAAA") for app in (TOPIC, OTHER))
    phone = world.phone()
    phone.live.channels.begin(ours.id)
    assert world.broadcast(theirs) == []
    assert len(world.broadcast(ours)) == 1
