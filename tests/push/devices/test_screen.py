"""What a screen has of what an app was sent."""

from __future__ import annotations

import math

import pytest

from fakeapns.push import change_device

from .phones import HELLO, SILENT, World, fates


@pytest.fixture
def world() -> World:
    return World()


def test_a_collapse_id_takes_the_place_of_what_is_shown(world: World) -> None:
    phone = world.phone()
    for id in ("score", None, "score", "other"):
        world.send(phone, collapse_id=id)
    assert [each.seq for each in phone.screen.cards] == [2, 3, 4]


@pytest.mark.parametrize(("newer", "ids"), [("score", [2]), ("other", [2, 1]), (None, [2, 1])])
def test_what_waits_does_not_take_the_place_of_a_newer_one_with_its_collapse_id(
    newer: str | None, ids: list[int], world: World
) -> None:
    phone = world.phone()
    phone.phone.asleep = True
    assert fates(world.send(phone, priority=5, collapse_id="score")) == [(1, "stored")]
    replaced = [(1, "replaced")] if newer == "score" else []
    assert fates(world.send(phone, collapse_id=newer)) == [*replaced, (2, "delivered")]
    # Whoever waits for time alone has nothing left to wait for.
    assert (phone.until == math.inf) == bool(replaced)
    phone.phone.asleep = False
    phone.look_again()
    assert [each.seq for each in phone.screen.cards] == ids


def test_of_very_many_on_a_screen_that_nobody_reads_the_newest_are_kept(world: World) -> None:
    phone = world.phone()
    for _ in range(1001):
        world.send(phone, {**HELLO, **SILENT})
    assert [each.seq for each in phone.screen.cards] == list(range(2, 1002))
    assert len(phone.wakes) == 1000


def test_a_badge_of_0_clears_the_badge_and_what_is_shown(world: World) -> None:
    phone = world.phone()
    world.send(phone, {"alert": "a", "badge": 5})
    world.send(phone, {"alert": "b"})
    assert (phone.badge, len(phone.screen.cards)) == (5, 2)
    world.send(phone, {"badge": 0})
    assert (phone.badge, phone.screen.cards) == (0, [])


def test_an_app_that_is_gone_has_nothing_on_the_screen(world: World) -> None:
    phone = world.phone()
    world.send(phone, {"alert": "a", "badge": 4})
    phone.uninstall()
    assert (phone.badge, phone.screen.cards) == (0, [])
    assert fates(world.send(phone)) == [(2, "dropped")]
    assert phone.install() == []
    assert fates(world.send(phone)) == [(3, "delivered")]


def test_the_user_opens_the_app_and_has_read_all(world: World) -> None:
    phone = world.phone()
    world.send(phone, {"alert": "a", "badge": 4})
    change_device(world.devices, phone, "read")
    assert (phone.badge, phone.screen.cards, phone.app) == (0, [], "foreground")
