"""What an app on a phone makes of what it is sent, state by state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakeapns.push import AppState, Fate, Installation, Shown, change_device

from .phones import HELLO, SILENT, START, World, fates

DAY = 86_400


@pytest.fixture
def world() -> World:
    return World()


def test_to_a_token_that_nobody_has_nothing_is_delivered(world: World) -> None:
    world.phone()
    assert world.send(b"\x01" * 32) == []


def test_a_visible_one_is_shown(world: World) -> None:
    phone = world.phone()
    [landing] = world.send(phone, {"alert": {"title": "Hi"}, "badge": 2, "sound": "default"})
    assert landing.fate == "delivered"
    assert landing.shown == Shown({"title": "Hi"}, 2, "default")
    assert landing.woke is None
    assert phone.badge == 2
    assert [each.seq for each in phone.screen.cards] == [1]


@pytest.mark.parametrize("app", ["background", "not-running", "force-quit"])
def test_the_system_shows_it_whether_the_app_runs_or_not(app: AppState, world: World) -> None:
    phone = world.phone()
    phone.put(app)
    [landing] = world.send(phone)
    assert (landing.fate, landing.shown) == ("delivered", Shown("Hello"))


def test_in_the_foreground_the_app_gets_it_and_shows_it_if_it_wants(world: World) -> None:
    phone = world.phone()
    phone.put("foreground")
    [landing] = world.send(phone, {"alert": "a", "badge": 3})
    assert (landing.fate, landing.shown, phone.badge) == ("delivered", None, 0)
    phone.presents = True
    [landing] = world.send(phone, {"alert": "b", "badge": 3})
    assert (landing.shown, phone.badge) == (Shown("b", 3), 3)


@pytest.mark.parametrize(
    ("app", "fate", "woke"),
    [
        ("foreground", "delivered", None),
        ("background", "delivered", 30.0),
        ("not-running", "delivered", 30.0),
        ("force-quit", "dropped", None),
    ],
)
def test_a_silent_one_wakes_the_app_state_by_state(
    app: AppState, fate: Fate, woke: float | None, world: World
) -> None:
    phone = world.phone()
    phone.put(app)
    [landing] = world.send(phone, SILENT, priority=5, push_type="background")
    assert (landing.fate, landing.woke, landing.shown) == (fate, woke, None)
    assert phone.wakes == ([(START, 30.0)] if woke else [])


def test_behind_a_reboot_it_wakes_one_that_its_user_had_ended_once_unlocked(world: World) -> None:
    phone = world.phone()
    phone.put("force-quit")
    phone.reboot()
    phone.phone.unlocked = False
    assert fates(world.send(phone, SILENT)) == [(1, "stored")]
    phone.phone.unlocked = True
    assert fates(phone.look_again()) == [(1, "delivered")]
    assert phone.app == "background"


@pytest.mark.parametrize(
    ("hold", "release"),
    [
        (lambda it: setattr(it.phone, "low_power", True), ("low_power", False)),
        (lambda it: setattr(it.phone, "online", False), ("online", True)),
        (lambda it: setattr(it.phone, "asleep", True), ("asleep", False)),
    ],
    ids=["low power", "offline", "asleep"],
)
def test_a_silent_one_waits_for_the_phone(
    hold: Callable[[Installation], None], release: tuple[str, bool], world: World
) -> None:
    phone = world.phone()
    hold(phone)
    assert fates(world.send(phone, SILENT, priority=5)) == [(1, "stored")]
    setattr(phone.phone, *release)
    assert fates(phone.look_again()) == [(1, "delivered")]
    assert len(phone.wakes) == 1


def test_one_that_is_kept_is_dropped_with_the_app(world: World) -> None:
    phone = world.phone()
    phone.background_refresh = False
    world.send(phone, SILENT)
    assert fates(phone.put("force-quit")) == [(1, "dropped")]
    phone.phone.online = False
    phone.put("background")
    world.send(phone)
    assert phone.put("force-quit") == []
    assert fates(phone.uninstall()) == [(2, "dropped")]


def test_priority_10_reaches_a_phone_that_sleeps(world: World) -> None:
    phone = world.phone()
    phone.phone.asleep = True
    assert fates(world.send(phone, priority=10)) == [(1, "delivered")]
    assert fates(world.send(phone)) == [(2, "delivered")]
    assert fates(world.send(phone, priority=5)) == [(3, "stored")]


def test_of_ten_that_wait_the_newest_is_kept(world: World) -> None:
    phone = world.phone()
    phone.phone.online = False
    assert fates(world.send(phone)) == [(1, "stored")]
    for number in range(2, 11):
        landings = world.send(phone)
        assert fates(landings) == [(number - 1, "replaced"), (number, "stored")]
        assert landings[0].detail == f"replaced by number {number}"
    phone.phone.online = True
    assert fates(phone.look_again()) == [(10, "delivered")]
    assert phone.look_again() == []


@pytest.mark.parametrize(
    ("expiration", "fate"),
    [(0, "not-stored"), (int(START) - 300, "expired"), (300, "expired"), (None, "stored")],
)
def test_what_cannot_be_kept_is_told(expiration: int | None, fate: Fate, world: World) -> None:
    phone = world.phone()
    phone.phone.online = False
    assert fates(world.send(phone, expiration=expiration)) == [(1, fate)]


def test_a_phone_that_is_there_gets_what_has_expired(world: World) -> None:
    # Apple looks at the time only of what it cannot deliver at once.
    assert fates(world.send(world.phone(), expiration=300)) == [(1, "delivered")]


def test_without_an_expiration_nothing_is_kept_where_the_setting_says_so() -> None:
    world = World(store_absent_expiration=False)
    phone = world.phone()
    phone.phone.online = False
    assert fates(world.send(phone)) == [(1, "not-stored")]
    assert fates(world.send(phone, expiration=int(START) + 9)) == [(2, "stored")]


@pytest.mark.parametrize(
    ("expiration", "days", "fate"),
    [
        (None, 29.9, "delivered"),
        (None, 30, "expired"),
        (int(START) + 2 * DAY, 1.9, "delivered"),
        (int(START) + 2 * DAY, 2, "expired"),
        (int(START) + 99 * DAY, 31, "expired"),
    ],
)
def test_what_is_kept_is_kept_until_its_time_is_over(
    expiration: int | None, days: float, fate: Fate, world: World
) -> None:
    phone = world.phone()
    phone.phone.online = False
    world.send(phone, expiration=expiration)
    world.now += days * DAY
    phone.phone.online = True
    assert fates(phone.look_again()) == [(1, fate)]


def test_without_permission_nothing_is_shown_and_a_silent_one_wakes(world: World) -> None:
    phone = world.phone()
    phone.permission = False
    assert fates(world.send(phone)) == [(1, "dropped")]
    assert fates(world.send(phone, SILENT)) == [(2, "delivered")]
    [landing] = world.send(phone, {**HELLO, **SILENT})
    assert (landing.fate, landing.shown, landing.woke) == ("delivered", None, 30.0)


def test_without_permission_a_visible_one_with_content_available_is_a_silent_one(
    world: World,
) -> None:
    phone = world.phone()
    phone.permission = False
    both = {**HELLO, **SILENT}
    phone.put("foreground")
    [landing] = world.send(phone, both)
    assert (landing.fate, landing.shown, landing.woke) == ("delivered", None, None)
    phone.put("background")
    phone.background_refresh = False
    assert fates(world.send(phone, both)) == [(2, "stored")]
    assert fates(phone.put("force-quit")) == [(2, "dropped")]
    assert fates(world.send(phone, both)) == [(3, "dropped")]
    phone.put("background")
    assert fates(world.send(phone, both)) == [(4, "stored")]
    [landing] = change_device(world.devices, phone, "grant-permission")
    assert (landing.fate, landing.shown, landing.woke) == ("delivered", Shown("Hello"), None)


def test_an_app_in_the_foreground_is_handed_a_call_and_need_not_be_woken(world: World) -> None:
    phone = world.phone()
    phone.put("foreground")
    [landing] = world.send(phone, {}, push_type="voip")
    assert (landing.fate, landing.woke, phone.wakes) == ("delivered", None, [])


def test_a_visible_one_with_content_available_is_shown_and_wakes(world: World) -> None:
    phone = world.phone()
    [landing] = world.send(phone, {**HELLO, **SILENT})
    assert (landing.shown, landing.woke) == (Shown("Hello"), 30.0)
    phone.put("force-quit")
    [landing] = world.send(phone, {**HELLO, **SILENT})
    assert (landing.shown, landing.woke) == (Shown("Hello"), None)


@pytest.mark.parametrize(
    ("aps", "push_type"),
    [
        ({}, None),
        ({"badge": "3"}, None),
        ({"alert": 5, "content-available": True}, None),
        (SILENT, "alert"),
    ],
)
def test_what_no_device_has_a_use_for_is_dropped(
    aps: dict[str, Any], push_type: str | None, world: World
) -> None:
    phone = world.phone()
    assert fates(world.send(phone, aps, push_type=push_type)) == [(1, "dropped")]
    assert phone.wakes == []


def test_a_call_reaches_an_app_that_its_user_has_ended(world: World) -> None:
    phone = world.phone()
    phone.put("force-quit")
    [landing] = world.send(phone, {}, push_type="voip")
    assert (landing.fate, landing.woke) == ("delivered", 30.0)
    [landing] = world.send(phone, {}, push_type="mdm")
    assert (landing.fate, landing.woke) == ("delivered", None)


def test_several_apps_are_on_one_phone(world: World) -> None:
    first = world.phone()
    second = world.devices.add("com.example.other", phone=first.phone)
    assert world.devices.apps_on(first.phone) == [first, second]
    assert (first.number, second.number) == (1, 2)
    first.phone.online = False
    assert fates(world.send(second, topic=second.topic)) == [(1, "stored")]
