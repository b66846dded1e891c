"""What may happen to a device, by name; and what cannot in the state that it is in."""

from __future__ import annotations

import pytest

from fakeapns.errors import UsageError
from fakeapns.push import Installation, Phone, change_device, whole_token
from fakeapns.scenario import CHANGES, Change

from ...frames import TOPIC
from .phones import SILENT, START, World, fates

#: What is gone from a device, or never was, is asked for in vain.
OF_AN_APP: list[Change] = [
    *("uninstall", "rotate-token", "rotate-activity-token", "launch", "foreground", "background"),
    *("terminate", "force-quit", "read", "deny-permission", "grant-permission"),
    *("background-refresh-on", "background-refresh-off"),
]
#: What happens first, to have something to change.
BEFORE: list[tuple[Change, ...]] = [
    (),
    ("uninstall",),
    ("go-offline",),
    ("sleep", "low-power-on", "reboot", "deny-permission", "background-refresh-off"),
]


@pytest.fixture
def world() -> World:
    return World()


def following_a_match(world: World) -> Installation:
    """A phone with a Live Activity."""
    app = world.phone()
    app.live.begin("Match", {}, {})
    return app


def all_of(app: Installation) -> tuple[object, ...]:
    """How a device is."""
    phone = app.phone
    activities = [each.tokens[-1].token for each in app.live.activities]
    return (
        *(activities, app.token, app.since, app.app, app.permission, app.background_refresh),
        app.presents,
        *(phone.online, phone.asleep, phone.low_power, phone.unlocked),
    )


@pytest.mark.parametrize("change", CHANGES)
def test_each_changes_something_of_some_device(world: World, change: Change) -> None:
    seen = False
    for prepare in BEFORE:
        app = following_a_match(world)
        world.send(app)
        for each in prepare:
            change_device(world.devices, app, each)
        before = all_of(app), len(app.screen.cards)
        try:
            change_device(world.devices, app, change)
        except UsageError:
            continue
        seen = seen or (all_of(app), len(app.screen.cards)) != before
    assert seen


@pytest.mark.parametrize("change", OF_AN_APP)
def test_nothing_happens_to_an_app_that_is_gone(world: World, change: Change) -> None:
    app = world.phone()
    change_device(world.devices, app, "uninstall")
    before = all_of(app)
    with pytest.raises(UsageError) as refused:
        change_device(world.devices, app, change)
    assert str(refused.value) == (
        f"{change} cannot happen to device 1: the app is gone from the device: install it first"
    )
    assert all_of(app) == before


def test_an_app_that_is_there_is_not_installed_again(world: World) -> None:
    app = world.phone()
    with pytest.raises(UsageError, match=r"only one that was removed can be installed again$"):
        change_device(world.devices, app, "install")
    ways: list[Change] = ["install", "reinstall", "restore-from-backup"]
    for back in ways:
        change_device(world.devices, app, "uninstall")
        change_device(world.devices, app, back)
        assert app.since is None


def test_nothing_wakes_a_phone_that_is_off(world: World) -> None:
    app = world.phone()
    change_device(world.devices, app, "sleep")
    change_device(world.devices, app, "go-offline")
    with pytest.raises(UsageError, match="the phone is off, and nothing wakes it: let it go onl"):
        change_device(world.devices, app, "wake")
    assert app.phone.asleep
    change_device(world.devices, app, "go-online")
    change_device(world.devices, app, "wake")
    assert not app.phone.asleep


@pytest.mark.parametrize(
    "change",
    sorted({*CHANGES} - {"uninstall", "install", "reinstall", "restore-from-backup"}),
)
def test_to_say_again_what_is_so_is_no_mistake(world: World, change: Change) -> None:
    app = following_a_match(world)
    change_device(world.devices, app, change)
    change_device(world.devices, app, change)


def test_what_happens_to_a_phone_happens_to_all_its_apps(world: World) -> None:
    phone = Phone()
    first = world.devices.add(TOPIC, phone=phone)
    second = world.devices.add("com.example.other", phone=phone)
    change_device(world.devices, second, "go-offline")
    assert fates(world.send(first)) == [(1, "stored")]
    assert fates(change_device(world.devices, second, "go-online")) == [(1, "delivered")]
    change_device(world.devices, second, "reboot")
    assert (first.app, second.app) == ("not-running", "not-running")


@pytest.mark.parametrize("change", ["launch", "foreground", "read", "reinstall"])
def test_who_opens_an_app_has_unlocked_the_phone(world: World, change: Change) -> None:
    app = world.phone()
    beside = world.devices.add("com.example.other", phone=app.phone)
    change_device(world.devices, app, "reboot")
    assert fates(world.send(beside, SILENT, topic=beside.topic)) == [(1, "stored")]
    assert fates(change_device(world.devices, app, change)) == [(1, "delivered")]
    assert (app.app, beside.app, app.phone.unlocked) == ("foreground", "background", True)


def test_an_app_that_its_user_ended_and_installed_again_is_woken(world: World) -> None:
    app = world.phone()
    ways: list[Change] = ["force-quit", "uninstall", "install"]
    for each in ways:
        change_device(world.devices, app, each)
    assert fates(world.send(app, SILENT)) == [(1, "delivered")]


def test_an_app_may_be_removed_at_another_time_and_present_what_comes(world: World) -> None:
    app = world.phone()
    change_device(world.devices, app, "foreground", presents=True)
    assert world.send(app)[0].shown is not None
    change_device(world.devices, app, "foreground")
    assert world.send(app)[0].shown is None
    change_device(world.devices, app, "uninstall", at="2h")
    assert app.since == START - 7200


def test_a_silent_push_waits_until_refresh_is_on_again(world: World) -> None:
    app = world.phone()
    change_device(world.devices, app, "background-refresh-off")
    assert fates(world.send(app, SILENT)) == [(1, "stored")]
    assert fates(change_device(world.devices, app, "background-refresh-on")) == [(1, "delivered")]


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("xy", "'xy' is no device token: write an even number of hex digits, or give a device"),
        ("abc", "'abc' is no device token: write an even number of hex digits"),
        ("", "a device token has 1 to 100 bytes, and this has no byte"),
        ("ab" * 101, "a device token has 1 to 100 bytes, and this has 101 bytes"),
        (bytes(2000), "a device token has 1 to 100 bytes, and this has 2,000 bytes"),
    ],
)
def test_what_no_device_has_is_no_token_of_one(world: World, token: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        world.devices.add(TOPIC, token)
    assert str(refused.value).startswith(said)
    assert not world.devices
    assert len(whole_token("ab" * 100)) == 100


def test_it_is_the_latest_live_activity_that_gets_another_token(world: World) -> None:
    app = following_a_match(world)
    latest = app.live.begin("Match", {}, {})
    [first] = app.live.activities[0].tokens
    former = latest.tokens[-1]
    change_device(world.devices, app, "rotate-activity-token")
    assert app.live.activities[0].tokens == [first]
    assert latest.tokens[-1] is not former
    assert former.since is not None


def test_without_a_live_activity_there_is_no_token_to_replace(world: World) -> None:
    with pytest.raises(UsageError, match=r"^device 1 has no Live Activity that could get another"):
        change_device(world.devices, world.phone(), "rotate-activity-token")
