"""Start tokens and what they start, and update tokens that change and end."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.push import AppState, Shown

from ....frames import TOPIC
from .screens import LIVE, SCORE, START, LiveWorld, without

OLD = "the start token is an old one: Apple takes it, and it reaches nobody"


@pytest.fixture
def world() -> LiveWorld:
    return LiveWorld()


def test_a_push_to_the_start_token_starts_one_with_a_token_of_its_own(world: LiveWorld) -> None:
    phone = world.phone()
    token = phone.live.start_token.token_bytes
    landed = world.push(token, {**START, "stale-date": world.now + 60})
    assert (landed.fate, landed.detail) == ("delivered", "a Live Activity was started")
    assert (landed.device, landed.topic) == (phone.number, LIVE)
    assert landed.shown == Shown({"title": "Kick-off", "body": "A against B"})
    [activity] = phone.live.activities
    assert (activity.number, activity.attributes_type) == (1, "MatchAttributes")
    assert (activity.attributes, activity.content_state) == ({"home": "A"}, SCORE)
    assert world.push(activity, {"content-state": {"score": "2:0"}}).fate == "delivered"
    assert activity.content_state == {"score": "2:0"}
    assert phone.live.start_token.token_bytes == token
    world.push(token, START)
    assert [each.number for each in phone.live.activities] == [1, 2]


def test_its_timestamp_and_stale_date_count_from_the_start(world: LiveWorld) -> None:
    phone = world.phone()
    world.push(
        phone.live.start_token.token_bytes,
        {**START, "timestamp": 100, "stale-date": world.now + 60},
    )
    [activity] = phone.live.activities
    assert world.push(activity, {"timestamp": 99}).fate == "dropped"
    world.now += 60
    assert activity.state == "stale"


@pytest.mark.parametrize(
    ("aps", "why"),
    [
        (without("alert", START), "aps.alert is missing, and without one none is started"),
        ({**START, "alert": {}}, "aps.alert is missing, and without one none is started"),
        (without("attributes", START), "aps.attributes is missing, or is no object"),
        ({**START, "attributes": []}, "aps.attributes is missing, or is no object"),
        (without("attributes-type", START), "aps.attributes-type is missing, or is no text"),
        ({**START, "attributes-type": 7}, "aps.attributes-type is missing, or is no text"),
        (without("content-state", START), "aps.content-state is missing, or is no object"),
        ({**START, "input-push-channel": 1}, "aps.input-push-channel is no text"),
        (
            {**START, "input-push-channel": "AAAA"},
            "aps.input-push-channel is no channel of the app, so none is started",
        ),
        (
            {"event": "update"},
            "its event is update, and its token is one that starts Live Activities",
        ),
        ({"event": "end"}, "its event is end, and its token is one that starts Live Activities"),
    ],
)
def test_what_starts_none_is_taken_and_dropped(
    world: LiveWorld, aps: dict[str, Any], why: str
) -> None:
    phone = world.phone()
    landed = world.push(phone.live.start_token.token_bytes, aps)
    assert (landed.fate, landed.detail, landed.woke) == ("dropped", why, None)
    assert phone.live.activities == []
    assert phone.wakes == []


@pytest.mark.parametrize(
    ("app", "woke"),
    [("background", 30), ("not-running", 30), ("foreground", None), ("force-quit", None)],
)
def test_starting_one_wakes_the_app_unless_its_user_has_ended_it(
    world: LiveWorld, app: AppState, woke: float | None
) -> None:
    phone = world.phone()
    phone.put(app)
    landed = world.push(phone.live.start_token.token_bytes, START)
    assert (landed.fate, landed.woke) == ("delivered", woke)
    assert len(phone.live.activities) == 1
    assert len(phone.wakes) == (1 if woke else 0)


def test_one_may_be_started_for_a_channel_and_for_a_token_besides(world: LiveWorld) -> None:
    phone = world.phone()
    channel = world.channels.add(TOPIC)
    start = phone.live.start_token.token_bytes
    asked: list[dict[str, Any]] = [
        {},
        {"input-push-token": 1},
        {"input-push-channel": channel.id},
        {"input-push-channel": channel.id, "input-push-token": 1},
        {"input-push-channel": channel.id, "input-push-token": 0},
    ]
    for each in asked:
        world.push(start, {**START, **each})
    assert [(each.channel, len(each.tokens)) for each in phone.live.activities] == [
        (None, 1),
        (None, 1),
        (channel.id, 0),
        (channel.id, 1),
        (channel.id, 0),
    ]
    channel.delete()
    assert world.push(start, {**START, "input-push-channel": channel.id}).fate == "dropped"


def test_a_start_that_waited_starts_one_when_the_phone_is_back(world: LiveWorld) -> None:
    phone = world.phone()
    phone.phone.online = False
    assert world.push(phone.live.start_token.token_bytes, START).fate == "stored"
    assert phone.live.activities == []
    world.now += 7200
    phone.phone.online = True
    [landed] = phone.look_again()
    assert (landed.fate, landed.woke) == ("delivered", 30)
    [activity] = phone.live.activities
    assert activity.began == world.now


# ---- tokens -------------------------------------------------------------------------------------


def test_tokens_are_registered_under_the_topic_of_live_activities(world: LiveWorld) -> None:
    phone = world.phone()
    start, activity = phone.live.start_token, world.activity(phone)
    for token in (start, *activity.tokens):
        assert world.devices.find(token.token_bytes) == {LIVE: token}
        assert token.number == phone.number
        assert world.devices.installation(token) is phone
        assert (token.state, token.is_expired) == ("active", False)
    assert phone.registrations == [phone.registration]
    assert world.devices.numbers() == {phone.number}


def test_tokens_are_the_same_in_every_run() -> None:
    def tokens() -> list[str]:
        world = LiveWorld()
        phone = world.phone()
        world.push(phone.live.start_token.token_bytes, START)
        return [each.token for each in world.devices]

    assert tokens() == tokens()
    assert len(set(tokens())) == 3


def test_a_token_that_was_replaced_updates_nothing(world: LiveWorld) -> None:
    phone = world.phone()
    activity = world.activity(phone)
    world.now += 60
    assert phone.live.rotate(activity) == []
    old, new = activity.tokens
    assert (old.since, old.is_expired, new.since) == (world.now, False, None)
    late = world.push(old.token_bytes)
    assert (late.fate, late.detail) == ("dropped", "the token was replaced by another one")
    assert world.push(new.token_bytes).fate == "delivered"
    world.now += 9 * 3600
    assert not old.is_expired
    assert (new.since, new.is_expired) == (activity.began + 8 * 3600, True)
    with pytest.raises(UsageError, match="8 hours are the most: it gets no further token"):
        phone.live.rotate(activity)


def test_what_waits_under_a_token_that_is_replaced_is_dropped(world: LiveWorld) -> None:
    phone = world.phone()
    first, second = world.activity(phone), world.activity(phone)
    phone.phone.online = False
    world.push(first)
    assert phone.live.rotate(second) == []
    [landed] = phone.live.rotate(first)
    assert (landed.fate, landed.detail) == ("dropped", "the token was replaced by another one")


def test_a_token_ends_with_its_activity_which_is_no_matter_of_time(world: LiveWorld) -> None:
    phone = world.phone()
    ended, dismissed = world.activity(phone), world.activity(phone)
    world.now += 60
    world.push(ended, {"event": "end"})
    dismissed.dismiss()
    for each, why in ((ended, "the Live Activity has ended"), (dismissed, "the Live Activity was")):
        [token] = each.tokens
        assert (token.since, token.is_expired, token.state) == (world.now, False, "uninstalled")
        assert token.why_gone.startswith(why)
    world.now += 9 * 3600
    assert not ended.tokens[0].is_expired
    assert not dismissed.tokens[0].is_expired


def test_that_its_time_is_over_nobody_has_to_notice() -> None:
    world = LiveWorld(notice_after="1h")
    phone = world.phone()
    timed, dismissed = (world.activity(phone).tokens[0] for _ in range(2))
    phone.live.activities[1].dismiss()
    assert world.devices.noticed(dismissed) is None
    world.now += 8 * 3600
    assert world.devices.noticed(timed) == world.now
    assert world.devices.noticed(dismissed) == world.now - 7 * 3600


def test_feedback_tells_of_apps_alone(world: LiveWorld) -> None:
    phone = world.phone()
    token = world.activity(phone).tokens[0]
    phone.uninstall()
    for each in (token, phone.registration):
        world.devices.report(each)
    listed = world.devices.feedback([TOPIC, LIVE])
    assert [(topic, entry.token) for topic, entry in listed] == [(TOPIC, phone.token_bytes)]


@pytest.mark.parametrize("away", [False, True])
def test_an_old_start_token_reaches_nobody(world: LiveWorld, away: bool) -> None:
    phone = world.phone()
    old = phone.live.start_token
    world.devices.reinstall(phone)
    assert phone.live.start_token is not old
    assert old.since is None
    phone.phone.online = not away
    landed = world.push(old.token_bytes, START)
    assert (landed.fate, landed.detail) == ("dropped", OLD)


def test_a_phone_that_was_restored_has_other_tokens_and_no_activities(world: LiveWorld) -> None:
    phone = world.phone()
    start, activity = phone.live.start_token, world.activity(phone)
    device = phone.token
    phone.phone.online = False
    world.push(activity)
    [lost] = world.devices.restore(phone)
    assert (lost.fate, lost.detail) == ("dropped", "the phone was restored from a backup")
    assert phone.token != device
    assert phone.live.start_token is not start
    assert activity.state == "dismissed"


def test_another_device_token_changes_nothing_about_activities(world: LiveWorld) -> None:
    phone = world.phone()
    start, activity = phone.live.start_token, world.activity(phone)
    world.devices.replace_token(phone)
    assert phone.live.start_token is start
    assert world.push(activity).fate == "delivered"
