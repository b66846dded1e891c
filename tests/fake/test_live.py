"""Live Activities and subscriptions as tests hold them, in both forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from fakeapns import Activity, Channel, Device, FakeAPNs, ThreadedAPNs, UsageError

from ..frames import TOPIC

LIVE = f"{TOPIC}.push-type.liveactivity"
START = {
    "event": "start",
    "attributes-type": "MatchAttributes",
    "attributes": {"home": "A"},
    "content-state": {"score": "0:0"},
    "alert": {"title": "Kick-off"},
}


@pytest.fixture
def apns() -> Iterator[ThreadedAPNs]:
    with FakeAPNs().in_thread() as apns:
        yield apns


def post(apns: ThreadedAPNs, path: str, aps: dict[str, Any], **headers: str) -> httpx.Response:
    """Send with a token, as a provider."""
    said = {
        "authorization": f"bearer {apns.provider_key().token()}",
        "apns-push-type": "liveactivity",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    usual = {"timestamp": 1_700_000_000, "event": "update", "content-state": {"score": "1:0"}}
    with httpx.Client(http2=True, verify=apns.ssl_context(certificate=False)) as client:
        body = json.dumps({"aps": {**usual, **aps}})
        return client.post(f"{apns.api.url}{path}", headers=said, content=body)


def push(apns: ThreadedAPNs, token: str | None, **aps: Any) -> int:
    """Send to a token of a Live Activity; the status."""
    told = {key.replace("_", "-"): value for key, value in aps.items()}
    return post(apns, f"/3/device/{token}", told, apns_topic=LIVE).status_code


def broadcast(apns: ThreadedAPNs, channel: str, expiration: str = "0", **aps: Any) -> int:
    """Send to a channel; the status."""
    return post(
        *(apns, f"/4/broadcasts/apps/{TOPIC}", aps),
        apns_channel_id=channel,
        apns_expiration=expiration,
        apns_priority="10",
    ).status_code


def test_a_live_activity_from_its_start_to_its_end(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    assert push(apns, phone.start_token, **START) == 200
    [activity] = phone.activities
    assert isinstance(activity, Activity)
    assert (activity.number, activity.topic, activity.channel) == (1, LIVE, None)
    assert (activity.attributes_type, activity.attributes) == ("MatchAttributes", {"home": "A"})
    assert repr(activity) == "<Activity 1 MatchAttributes active>"
    assert push(apns, activity.token) == 200
    assert activity.content_state == {"score": "1:0"}
    old = activity.token
    activity.rotate_token()
    assert [(each.token, each.until is None) for each in activity.tokens] == [
        (old, False),
        (activity.token, True),
    ]
    assert push(apns, old) == 410
    assert push(apns, activity.token, event="end", dismissal_date=1) == 200
    assert activity.state == "dismissed"
    assert push(apns, activity.token) == 410
    assert [each.detail for each in phone.inbox] == [
        "a Live Activity was started",
        "the Live Activity was updated",
        "the Live Activity was ended",
    ]
    assert not phone.notification_center


def test_a_live_activity_is_as_good_as_its_token(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    activity = phone.start_activity("MatchAttributes", {"home": "A"}, {"score": "0:0"})
    push(apns, activity.token)
    apns.assert_accepted(1, token=activity, topic=activity.topic)
    assert apns.devices.find(activity) == phone
    assert activity in apns.devices
    assert [each.token for each in phone.tokens] == [phone.token]
    assert phone.activities == [activity]
    assert hash(phone.activities[0]) == hash(activity)
    assert len(apns.devices) == 1


def test_a_live_activity_that_its_user_dismisses_is_gone(apns: ThreadedAPNs) -> None:
    activity = apns.devices.add(TOPIC).start_activity("MatchAttributes")
    activity.dismiss()
    assert activity.state == "dismissed"
    assert push(apns, activity.token) == 410


def test_a_phone_that_was_off_gets_the_newest_of_a_channel(apns: ThreadedAPNs) -> None:
    phone, channel = apns.devices.add(TOPIC), apns.channels.add(storage_policy=1)
    activity = phone.start_activity("MatchAttributes", channel=channel)
    assert (activity.channel, activity.token, activity.tokens) == (channel.id, None, [])
    phone.go_offline()
    later = str(int(apns.devices.now()) + 3600)
    for number in range(3):
        assert broadcast(apns, channel.id, later, **{"content-state": {"n": number}}) == 200
    assert not activity.content_state
    phone.go_online()
    assert activity.content_state == {"n": 2}
    assert [each.fate for each in phone.deliveries] == [
        *("stored", "replaced", "stored", "replaced", "stored", "delivered")
    ]


def test_a_phone_follows_a_channel_until_it_does_not(apns: ThreadedAPNs) -> None:
    phone, channel = apns.devices.add(TOPIC), apns.channels.add(storage_policy=1)
    phone.subscribe(channel)
    assert broadcast(apns, channel.id) == 200
    assert [(each.fate, each.token, each.topic) for each in phone.inbox] == [
        ("delivered", "", TOPIC)
    ]
    phone.go_offline()
    broadcast(apns, channel.id, str(int(apns.devices.now()) + 3600))
    phone.unsubscribe(channel.id)
    phone.unsubscribe(channel)
    phone.go_online()
    assert broadcast(apns, channel.id) == 200
    assert [each.fate for each in phone.deliveries] == ["delivered", "stored", "dropped"]
    channel.delete()
    with pytest.raises(UsageError, match=r"com\.example\.app has no channel"):
        phone.subscribe(channel)
    assert broadcast(apns, channel.id) == 400


@pytest.mark.parametrize(
    "act",
    [
        lambda phone, _: phone.start_activity("MatchAttributes"),
        lambda phone, channel: phone.subscribe(channel),
        lambda phone, _: phone.start_token,
    ],
    ids=["start_activity", "subscribe", "start_token"],
)
def test_an_app_that_is_gone_starts_nothing(
    apns: ThreadedAPNs, act: Callable[[Device, Channel], object]
) -> None:
    phone, channel = apns.devices.add(TOPIC, "ab"), apns.channels.add()
    phone.uninstall()
    with pytest.raises(UsageError, match="has removed its app: install it first"):
        act(phone, channel)


def test_what_makes_no_sense_is_said_in_one_sentence(apns: ThreadedAPNs) -> None:
    phone: Any = apns.devices.add(TOPIC)
    wrong: Any
    for wrong in ("", None, 5):
        with pytest.raises(UsageError, match="is no type of attributes: give its name"):
            phone.start_activity(wrong)
    for wrong in ([], "text", 5):
        with pytest.raises(UsageError, match="is no content: give a dictionary"):
            phone.start_activity("MatchAttributes", wrong)
    with pytest.raises(UsageError, match="has no channel AAAA: make it first"):
        phone.start_activity("MatchAttributes", channel="AAAA")
    with pytest.raises(UsageError, match="5 is no channel"):
        phone.unsubscribe(5)
    assert phone.activities == []
    activity = phone.start_activity("MatchAttributes", channel=apns.channels.add())
    with pytest.raises(UsageError, match="follows a channel, and has no token: broadcast to that"):
        apns.assert_accepted(token=activity)
    with pytest.raises(UsageError, match="has no token to replace"):
        activity.rotate_token()
    with pytest.raises(UsageError, match=r"is no app: leave \.voip out"):
        apns.devices.add(f"{TOPIC}.voip").start_activity("MatchAttributes")


def test_the_phone_that_was_restored_has_another_start_token(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    old, activity = phone.start_token, phone.start_activity("MatchAttributes")
    assert phone.start_token == old
    phone.restore_from_backup()
    assert phone.start_token != old
    assert activity.state == "dismissed"
    assert push(apns, old, **START) == 200
    assert [each.fate for each in phone.deliveries] == ["dropped"]


async def test_in_trio_s_form_it_is_the_same() -> None:
    async with FakeAPNs() as apns:
        phone, channel = apns.devices.add(TOPIC), apns.channels.add()
        phone.subscribe(channel)
        activity = phone.start_activity("MatchAttributes", channel=channel.id)
        assert phone.activities == [activity]
        assert len(phone.start_token) == 64
        phone.unsubscribe(channel)
        assert activity.channel is None


# ---- with what else devices do ------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"notice_after": "2h"}])
def test_eight_hours_pass_by_the_clock_of_the_server(settings: dict[str, Any]) -> None:
    with FakeAPNs(**settings).in_thread() as apns:
        activity = apns.devices.add(TOPIC).start_activity("MatchAttributes")
        apns.clock.advance("7h")
        assert push(apns, activity.token) == 200
        states = [activity.state]
        apns.clock.advance("1h")
        states.append(activity.state)
        assert push(apns, activity.token) == 410
        apns.assert_rejected(1, token=activity, reason="ExpiredToken")
        apns.clock.advance("4h")
        assert [*states, activity.state] == ["active", "ended", "dismissed"]


def test_one_that_is_dismissed_is_noticed_as_late_as_any_token() -> None:
    with FakeAPNs(notice_after="2h").in_thread() as late:
        phone = late.devices.add(TOPIC)
        activity = phone.start_activity("MatchAttributes")
        activity.dismiss()
        assert push(late, activity.token) == 200
        assert [each.detail for each in phone.deliveries] == ["the Live Activity was dismissed"]
        late.clock.advance("2h")
        assert push(late, activity.token) == 410


def test_what_a_channel_keeps_is_over_when_the_clock_says_so(apns: ThreadedAPNs) -> None:
    phone, channel = apns.devices.add(TOPIC), apns.channels.add(storage_policy=1)
    phone.subscribe(channel)
    phone.go_offline()
    broadcast(apns, channel.id, str(int(apns.devices.now()) + 86_400))
    apns.clock.advance("8h")
    assert [(each.fate, each.detail) for each in phone.deliveries] == [
        ("stored", "the phone is offline"),
        ("expired", "8 hours were over"),
    ]


def test_an_app_is_woken_for_the_start_of_one_and_for_no_update(apns: ThreadedAPNs) -> None:
    phone, channel = apns.devices.add(TOPIC), apns.channels.add()
    told: list[str | None] = []
    phone.on_wake(lambda phone, push: told.append(phone.activities[-1].token))
    push(apns, phone.start_token, **START)
    apns.settle()
    [activity] = phone.activities
    assert told == [activity.token]
    assert [wake.seconds for wake in phone.wakes] == [30]
    phone.assert_woken(1)
    phone.assert_shown(1, alert={"title": "Kick-off"})
    phone.subscribe(channel)
    phone.launch()
    push(apns, activity.token)
    broadcast(apns, channel.id)
    apns.settle()
    assert told == [activity.token]


def test_a_failure_tells_what_became_of_a_start(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    push(apns, phone.start_token, **{**START, "alert": None})
    with pytest.raises(AssertionError, match=r"dropped: aps\.alert is missing, and without one"):
        phone.assert_delivered()
