"""How many silent pushes may wake an app."""

from __future__ import annotations

from .phones import HELLO, SILENT, World, fates


def test_over_the_budget_silent_pushes_are_throttled_until_the_time_has_slid_on() -> None:
    world = World(silent_budget="3/1h")
    phone = world.phone()
    for _ in range(3):
        assert fates(world.send(phone, SILENT))[0][1] == "delivered"
        world.now += 600
    [landing] = world.send(phone, SILENT)
    assert (landing.fate, landing.woke) == ("throttled", None)
    assert landing.detail == "the budget for silent pushes is used up"
    assert len(phone.wakes) == 3
    # 60 minutes behind the first, and the second is 10 minutes younger.
    world.now += 1800
    assert fates(world.send(phone, SILENT))[0][1] == "delivered"
    assert fates(world.send(phone, SILENT))[0][1] == "throttled"


def test_without_one_there_is_no_limit() -> None:
    world = World()
    phone = world.phone()
    assert {world.send(phone, SILENT)[0].fate for _ in range(50)} == {"delivered"}


def test_what_is_shown_and_what_the_app_on_the_screen_gets_is_not_counted() -> None:
    world = World(silent_budget="0/1h")
    phone = world.phone()
    assert world.send(phone, HELLO)[0].fate == "delivered"
    [shown] = world.send(phone, {**HELLO, **SILENT})
    assert (shown.fate, shown.woke) == ("delivered", 30)
    phone.put("foreground")
    assert world.send(phone, SILENT)[0].fate == "delivered"
    phone.put("background")
    assert world.send(phone, SILENT)[0].fate == "throttled"


def test_each_app_on_each_phone_has_its_own() -> None:
    world = World(silent_budget="1/1h")
    first = world.phone()
    beside = world.devices.add("com.example.other", phone=first.phone)
    second = world.phone()
    assert world.send(first, SILENT)[0].fate == "delivered"
    assert world.send(beside, SILENT, topic=beside.topic)[0].fate == "delivered"
    assert world.send(second, SILENT)[0].fate == "delivered"
    assert world.send(first, SILENT)[0].fate == "throttled"


def test_one_that_waited_is_counted_when_it_comes() -> None:
    world = World(silent_budget="1/1h")
    phone = world.phone()
    world.send(phone, SILENT)
    phone.phone.online = False
    world.send(phone, SILENT)
    phone.phone.online = True
    assert fates(phone.look_again()) == [(2, "throttled")]


def test_a_clock_that_was_set_back_has_forgotten_what_was_later() -> None:
    world = World(silent_budget="1/1h")
    phone = world.phone()
    world.now += 86_400
    world.send(phone, SILENT)
    world.now -= 86_400
    assert world.send(phone, SILENT)[0].fate == "delivered"
