"""Live Activities by their update tokens: what they show, and how they end."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.push import LiveActivity, Shown

from .screens import SCORE, START, LiveWorld, state_of, without

HOUR = 3600
ENDED = "the Live Activity has ended"


@pytest.fixture
def world() -> LiveWorld:
    return LiveWorld()


@pytest.fixture
def activity(world: LiveWorld) -> LiveActivity:
    return world.activity(world.phone())


def test_an_update_is_on_the_screen_and_no_card(world: LiveWorld) -> None:
    phone = world.phone()
    activity = world.activity(phone)
    assert activity.content_state == {"score": "0:0"}
    landed = world.push(activity)
    assert (landed.fate, landed.detail) == ("delivered", "the Live Activity was updated")
    assert (landed.device, landed.shown, landed.woke) == (phone.number, None, None)
    assert activity.content_state == SCORE
    assert phone.screen.cards == []
    assert (activity.number, activity.state) == (1, "active")


def test_an_alert_in_it_is_shown_with_the_sound_that_it_has(
    world: LiveWorld, activity: LiveActivity
) -> None:
    alert = {"title": "Goal", "body": "1:0", "sound": "goal.aiff"}
    assert world.push(activity, {"alert": alert}).shown == Shown(alert, None, "goal.aiff")
    beside = world.push(activity, {"alert": "Goal", "sound": "default"})
    assert beside.shown == Shown("Goal", None, "default")
    assert world.push(activity, {"alert": {}}).shown is None
    assert world.push(activity, {"alert": 1}).shown is None


def test_what_is_older_by_its_timestamp_is_ignored(
    world: LiveWorld, activity: LiveActivity
) -> None:
    world.push(activity, {"timestamp": 100, "content-state": {"n": 1}})
    late = world.push(activity, {"timestamp": 99, "content-state": {"n": 2}})
    assert late.fate == "dropped"
    assert late.detail == "its timestamp is older than that of the last one, so it is ignored"
    assert activity.content_state == {"n": 1}
    assert world.push(activity, {"timestamp": 99, "event": "end"}).fate == "dropped"
    assert state_of(activity) == "active"
    assert world.push(activity, {"timestamp": 100, "content-state": {"n": 3}}).fate == "delivered"
    assert activity.content_state == {"n": 3}


@pytest.mark.parametrize(
    ("aps", "why"),
    [
        ({"timestamp": None}, "aps.timestamp is missing, or is no number"),
        ({"timestamp": True}, "aps.timestamp is missing, or is no number"),
        ({"event": None}, "aps.event is none of start, update, end"),
        ({"event": "stop"}, "aps.event is none of start, update, end"),
        ({"content-state": None}, "aps.content-state is missing, or is no object"),
        ({"content-state": "1:0"}, "aps.content-state is missing, or is no object"),
        ({"event": "end", "content-state": 1}, "aps.content-state is missing, or is no object"),
        (START, "its event is start, and its token is that of a Live Activity that has begun"),
    ],
)
def test_what_a_device_cannot_take_changes_nothing(
    world: LiveWorld, activity: LiveActivity, aps: dict[str, Any], why: str
) -> None:
    landed = world.push(activity, aps)
    assert (landed.fate, landed.detail) == ("dropped", why)
    assert activity.content_state == {"score": "0:0"}
    assert state_of(activity) == "active"


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"push_type": "alert"}, "it has the type alert, and for a Live Activity that is to be"),
        ({"push_type": None}, "it has no type, and for a Live Activity that is to be liveactivity"),
        ({"payload_bytes": b"x" * 4097}, "it has 4,097 bytes, and a phone takes no more than"),
        ({"payload_bytes": b"[]"}, "its payload is no JSON object with an aps"),
        ({"payload_bytes": b"\xff"}, "its payload is no JSON object with an aps"),
        ({"payload_bytes": b"{}"}, "its payload has no aps"),
    ],
)
def test_what_is_no_push_to_a_live_activity_is_dropped(
    world: LiveWorld, activity: LiveActivity, what: dict[str, Any], why: str
) -> None:
    landed = world.push(activity, **what)
    assert landed.fate == "dropped"
    assert landed.detail.startswith(why)


def test_behind_its_stale_date_it_is_stale_until_an_update_says_otherwise(
    world: LiveWorld, activity: LiveActivity
) -> None:
    world.push(activity, {"stale-date": world.now + 60})
    assert state_of(activity) == "active"
    world.now += 60
    assert state_of(activity) == "stale"
    assert world.push(activity, {"stale-date": "soon"}).fate == "delivered"
    assert state_of(activity) == "active"


def test_one_that_ends_stays_for_four_hours_with_its_last_content(
    world: LiveWorld, activity: LiveActivity
) -> None:
    world.push(activity)
    landed = world.push(activity, {"event": "end", "content-state": None})
    assert (landed.fate, landed.detail) == ("delivered", "the Live Activity was ended")
    assert activity.content_state == SCORE
    world.now += 4 * HOUR - 1
    assert state_of(activity) == "ended"
    world.now += 1
    assert state_of(activity) == "dismissed"


@pytest.mark.parametrize(
    ("after", "stays"),
    [(-60, 0), (0, 0), (HOUR, HOUR), (4 * HOUR, 4 * HOUR), (9 * HOUR, 4 * HOUR)],
)
def test_a_dismissal_date_says_when_it_leaves_the_screen(
    world: LiveWorld, activity: LiveActivity, after: int, stays: int
) -> None:
    world.push(activity, {"event": "end", "dismissal-date": world.now + after})
    if stays:
        world.now += stays - 1
        assert state_of(activity) == "ended"
        world.now += 1
    assert state_of(activity) == "dismissed"


def test_a_dismissal_date_counts_where_one_ends_and_nowhere_else(
    world: LiveWorld, activity: LiveActivity
) -> None:
    world.push(activity, {"dismissal-date": 1})
    assert state_of(activity) == "active"
    world.push(activity, {"event": "end"})
    assert state_of(activity) == "ended"


def test_one_is_active_for_eight_hours_at_most_and_on_the_screen_for_twelve(
    world: LiveWorld, activity: LiveActivity
) -> None:
    world.now += 8 * HOUR - 1
    assert world.push(activity).fate == "delivered"
    world.now += 1
    assert state_of(activity) == "ended"
    late = world.push(activity)
    assert (late.fate, late.detail) == ("dropped", f"{ENDED}: 8 hours are the most")
    world.now += 4 * HOUR
    assert state_of(activity) == "dismissed"


def test_one_that_its_user_dismisses_is_gone_at_once(
    world: LiveWorld, activity: LiveActivity
) -> None:
    activity.dismiss()
    assert state_of(activity) == "dismissed"
    assert world.push(activity).detail == "the Live Activity was dismissed"


def test_one_that_has_ended_may_be_dismissed_before_it_leaves_by_itself(
    world: LiveWorld, activity: LiveActivity
) -> None:
    world.push(activity, {"event": "end"})
    world.now += HOUR
    activity.dismiss()
    activity.dismiss()
    assert state_of(activity) == "dismissed"
    assert activity.why_over == ENDED


def test_with_the_app_all_are_gone(world: LiveWorld) -> None:
    phone = world.phone()
    first, second = world.activity(phone), world.activity(phone)
    world.push(first, {"event": "end"})
    phone.uninstall()
    assert [each.state for each in phone.live.activities] == ["dismissed", "dismissed"]
    assert world.push(second).detail == "the app was uninstalled"


# ---- a phone that is away -----------------------------------------------------------------------


def test_a_phone_that_is_away_gets_the_newest_of_all_its_activities(world: LiveWorld) -> None:
    phone = world.phone()
    first, second = world.activity(phone), world.activity(phone)
    phone.phone.online = False
    assert [each.fate for each in world.push_all(first)] == ["stored"]
    assert [(each.seq, each.fate) for each in world.push_all(second)] == [
        (1, "replaced"),
        (2, "stored"),
    ]
    phone.phone.online = True
    [landed] = phone.look_again()
    assert (landed.seq, landed.fate) == (2, "delivered")
    assert (first.content_state, second.content_state) == ({"score": "0:0"}, SCORE)


def test_what_waits_for_an_activity_takes_no_place_of_a_notification(world: LiveWorld) -> None:
    phone = world.phone()
    activity = world.activity(phone)
    phone.phone.online = False
    world.send(phone)
    assert [each.fate for each in world.push_all(activity)] == ["stored"]
    phone.phone.online = True
    assert [each.fate for each in phone.look_again()] == ["delivered", "delivered"]


def test_priority_5_waits_for_a_phone_that_sleeps(world: LiveWorld) -> None:
    phone = world.phone()
    activity = world.activity(phone)
    phone.phone.asleep = True
    assert world.push(activity, priority=10).fate == "delivered"
    assert world.push(activity, priority=5).fate == "stored"
    assert phone.look_again() == []
    phone.phone.asleep = False
    assert [each.fate for each in phone.look_again()] == ["delivered"]


def test_what_came_too_late_for_its_activity_is_dropped(world: LiveWorld) -> None:
    phone = world.phone()
    activity = world.activity(phone)
    phone.phone.online = False
    world.push(activity)
    world.now += 8 * HOUR
    phone.phone.online = True
    assert [(each.fate, each.detail) for each in phone.look_again()] == [
        ("dropped", f"{ENDED}: 8 hours are the most")
    ]


@pytest.mark.parametrize(
    ("expiration", "fate"), [(0, "not-stored"), (1, "expired"), (None, "stored")]
)
def test_an_expiration_counts_as_with_any_notification(
    world: LiveWorld, expiration: int | None, fate: str
) -> None:
    phone = world.phone()
    activity = world.activity(phone)
    phone.phone.online = False
    assert world.push(activity, expiration=expiration).fate == fate


def test_what_waits_is_lost_with_the_app(world: LiveWorld) -> None:
    phone = world.phone()
    activity = world.activity(phone)
    phone.phone.online = False
    world.push(activity)
    [landed] = phone.uninstall()
    assert (landed.fate, landed.detail) == ("dropped", "the app was uninstalled")


# ---- one that only follows a channel ------------------------------------------------------------


def test_one_that_only_follows_a_channel_has_no_token_to_rotate(world: LiveWorld) -> None:
    phone = world.phone()
    activity = world.activity(phone, channel="AAAA", has_token=False)
    assert activity.tokens == []
    with pytest.raises(UsageError, match="follows a channel, and has no token to replace"):
        phone.live.rotate(activity)


def test_a_type_of_push_is_no_app(world: LiveWorld) -> None:
    phone = world.phone("com.example.app.voip")
    with pytest.raises(UsageError, match=r"is no app: leave \.voip out"):
        phone.live.check()
    with pytest.raises(UsageError, match="is no app"):
        _ = phone.live.start_token


def test_null_in_a_payload_is_as_good_as_nothing(world: LiveWorld, activity: LiveActivity) -> None:
    assert world.push(activity, without("alert", {"stale-date": None})).fate == "delivered"
