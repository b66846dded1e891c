"""Pushes to Live Activities and broadcasts to phones: answered, and on record as deliveries."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns.ledger import Delivery
from fakeapns.push import Installation, LiveActivity, Shown

from ...frames import TOPIC
from ...moments import WALL
from .channels import broadcast, create, manage
from .dialogue import NOBODY, Dialogue, Heard, signed

LIVE = f"{TOPIC}.push-type.liveactivity"
UPDATE = {"event": "update", "content-state": {"score": "1:0"}}
START = {
    "event": "start",
    "attributes-type": "MatchAttributes",
    "attributes": {},
    "content-state": {},
    "alert": {"title": "Kick-off"},
}
HOUR = 3600


class Match:
    """A phone whose app can show a match, and a connection to the API."""

    def __init__(self, **how: Any) -> None:
        self.talk = Dialogue(provider=NOBODY, **how)
        self.phone: Installation = self.talk.devices.add(TOPIC)

    def begin(self, ago: float = 0.0, **how: Any) -> LiveActivity:
        """The app has started one so many seconds ago."""
        activity = self.phone.live.begin("MatchAttributes", {}, {}, **how)
        # The clock of a dialogue's devices stands still.
        activity.began -= ago
        return activity

    def push(self, token: str, aps: dict[str, Any] = UPDATE, **headers: Any) -> Heard:
        """Send to a token of a Live Activity."""
        body = json.dumps({"aps": {"timestamp": int(WALL), **aps}}).encode()
        usual = {"apns_topic": LIVE, "apns_push_type": "liveactivity", "signed": signed()}
        return self.talk.push(token, body, **usual | headers)

    @property
    def deliveries(self) -> list[Delivery]:
        return self.talk.ledger.of(Delivery)

    @property
    def latest(self) -> tuple[str, str]:
        """The fate of the last one, and why."""
        return self.deliveries[-1].fate, self.deliveries[-1].detail


@pytest.mark.parametrize("bundles", [True, False])
def test_from_start_to_end_by_pushes_alone(bundles: bool) -> None:
    match = Match(bundles=bundles, tokens="registered")
    start = match.phone.live.start_token.token
    assert match.push(start, START).status == 200
    [activity] = match.phone.live.activities
    for score in ("1:0", "2:0"):
        token = activity.tokens[-1].token
        assert match.push(token, {**UPDATE, "content-state": {"score": score}}).status == 200
        assert activity.content_state == {"score": score}
        match.phone.live.rotate(activity)
    assert match.push(activity.tokens[0].token).reason == "Unregistered"
    assert match.talk.latest.why == "the token was replaced by another one"
    assert match.push(activity.tokens[-1].token, {"event": "end"}).status == 200
    assert activity.state == "ended"
    told = [(each.fate, each.detail, each.topic, each.token) for each in match.deliveries]
    updated = ("delivered", "the Live Activity was updated", LIVE)
    assert told == [
        ("delivered", "a Live Activity was started", LIVE, start),
        (*updated, activity.tokens[0].token),
        (*updated, activity.tokens[1].token),
        ("delivered", "the Live Activity was ended", LIVE, activity.tokens[2].token),
    ]
    assert {each.device for each in match.deliveries} == {match.phone.number}
    assert match.deliveries[0].shown == Shown({"title": "Kick-off"})
    assert match.deliveries[0].woke == 30


@pytest.mark.parametrize(
    ("leave_out", "why"),
    [
        ("alert", "aps.alert is missing, and without one none is started"),
        ("attributes", "aps.attributes is missing, or is no object"),
        ("attributes-type", "aps.attributes-type is missing, or is no text"),
    ],
)
def test_a_start_that_lacks_something_is_taken_and_starts_none(leave_out: str, why: str) -> None:
    match = Match()
    aps = {key: value for key, value in START.items() if key != leave_out}
    assert match.push(match.phone.live.start_token.token, aps).status == 200
    assert match.latest == ("dropped", why)
    assert match.phone.live.activities == []


def test_an_old_start_token_is_answered_200_and_reaches_nobody() -> None:
    match = Match(tokens="registered")
    old = match.phone.live.start_token.token
    match.phone.uninstall()
    assert match.push(old, START).status == 200
    assert match.latest[0] == "dropped"
    assert match.phone.live.activities == []


def test_an_update_token_is_expired_after_eight_hours() -> None:
    match = Match()
    activity = match.begin(ago=8 * HOUR)
    heard = match.push(activity.tokens[-1].token)
    assert (heard.status, heard.reason) == (410, "ExpiredToken")
    assert heard.json["timestamp"] == int(WALL * 1000)
    assert match.talk.latest.why == "the Live Activity has ended: 8 hours are the most"
    assert match.deliveries == []


def test_a_token_is_good_for_a_second_less() -> None:
    match = Match()
    assert match.push(match.begin(ago=8 * HOUR - 1).tokens[-1].token).status == 200


def test_the_token_of_one_that_has_ended_is_good_no_more() -> None:
    match = Match()
    activity = match.begin()
    token = activity.tokens[-1].token
    assert match.push(token, {"event": "end"}).status == 200
    heard = match.push(token)
    assert (heard.status, heard.reason) == (410, "Unregistered")
    assert match.talk.latest.why == "the Live Activity has ended"


def test_tokens_of_live_activities_are_of_their_topic_and_no_other() -> None:
    match = Match()
    token = match.begin().tokens[-1].token
    assert match.push(token, apns_topic=TOPIC).reason == "DeviceTokenNotForTopic"
    assert match.push(match.phone.token).reason == "DeviceTokenNotForTopic"
    assert match.talk.latest.why == f"the token is that of {TOPIC}, and apns-topic is for {LIVE}"
    assert match.deliveries == []


def test_a_push_of_another_type_is_taken_and_dropped() -> None:
    match = Match()
    token = match.begin().tokens[-1].token
    assert match.push(token, apns_push_type="alert").status == 200
    assert match.latest[0] == "dropped"


def test_a_token_of_the_sandbox_has_live_activities_of_the_sandbox() -> None:
    match = Match(environment="sandbox")
    elsewhere = match.talk.devices.add(TOPIC, environment="production")
    token = elsewhere.live.begin("T", {}, {}).tokens[-1].token
    assert match.push(token).reason == "BadDeviceToken"


# ---- broadcasts ---------------------------------------------------------------------------------


def test_a_broadcast_is_delivered_to_those_who_follow_its_channel() -> None:
    talk = Dialogue()
    channel = create(talk, 1)
    phones = [talk.devices.add(TOPIC) for _ in range(3)]
    activity = phones[0].live.begin("T", {}, {}, channel, has_token=False)
    phones[1].live.channels.begin(channel)
    phones[1].phone.online = False
    assert broadcast(talk, channel, apns_expiration=str(int(WALL) + 60)).status == 200
    told = talk.ledger.of(Delivery)
    assert [(each.device, each.fate, each.token, each.topic) for each in told] == [
        (1, "delivered", "", TOPIC),
        (2, "stored", "", TOPIC),
    ]
    assert {each.notification for each in told} == {talk.latest.seq}
    assert activity.content_state == {"score": "1:0"}


def test_nothing_is_delivered_of_a_broadcast_that_was_not_accepted() -> None:
    talk = Dialogue()
    channel = create(talk)
    talk.devices.add(TOPIC).live.channels.begin(channel)
    assert manage(talk, "DELETE", channel).status == 204
    assert broadcast(talk, channel).reason == "ChannelNotRegistered"
    assert talk.ledger.of(Delivery) == []


def test_a_broadcast_that_nobody_follows_is_accepted_and_that_is_all() -> None:
    talk = Dialogue()
    talk.devices.add(TOPIC)
    assert broadcast(talk, create(talk)).status == 200
    assert talk.ledger.of(Delivery) == []


def test_a_channel_whose_sender_starts_with_it_is_followed_from_then_on() -> None:
    match = Match()
    channel = match.talk.api.judge.channels.add(TOPIC, 1)
    start = match.phone.live.start_token.token
    assert match.push(start, {**START, "input-push-channel": channel.id}).status == 200
    assert broadcast(match.talk, channel.id, signed=signed()).status == 200
    [activity] = match.phone.live.activities
    assert (activity.tokens, activity.content_state) == ([], {"score": "1:0"})
    assert [each.fate for each in match.deliveries] == ["delivered", "delivered"]
