"""When Apple notices that a token is good no more: at once, later, or never."""

from __future__ import annotations

import pytest

from fakeapns.push import Registration

from ...frames import TOPIC
from .phones import START, World, fates

OTHER = "com.example.other"


def listed(world: World, *sent_to: Registration) -> list[float]:
    """The times on the list of feedback once somebody has sent to these."""
    for each in sent_to:
        world.devices.report(each)
    return [entry.timestamp - START for _, entry in world.devices.feedback([TOPIC, OTHER])]


def test_at_once_unless_it_is_set_otherwise() -> None:
    world = World()
    phone = world.phone()
    assert world.devices.noticed(phone.registration) is None
    phone.uninstall()
    assert world.devices.noticed(phone.registration) == START
    assert listed(world, phone.registration) == [0]


def test_later_a_send_before_that_lists_nothing_and_reaches_nobody() -> None:
    world = World(notice_after="1h")
    phone = world.phone()
    phone.uninstall()
    world.now += 3599
    assert fates(world.send(phone)) == [(1, "dropped")]
    assert listed(world, phone.registration) == []
    world.now += 1
    assert world.devices.noticed(phone.registration) == START + 3600
    # When Apple decided that it is gone (Binary Provider API, table A-5).
    assert listed(world, phone.registration) == [3600]


def test_an_app_that_is_back_before_was_never_missed() -> None:
    world = World(notice_after="1h")
    phone = world.phone()
    phone.uninstall()
    world.now += 1800
    phone.install()
    world.now += 7200
    assert world.devices.noticed(phone.registration) is None


@pytest.mark.parametrize("how", ["reinstall", "replace_token"])
def test_a_token_that_was_replaced_is_missed_as_late(how: str) -> None:
    world = World(notice_after="1h")
    phone = world.phone()
    old = phone.registration
    getattr(world.devices, how)(phone)
    assert listed(world, old) == []
    world.now += 3600
    assert listed(world, old, phone.registration) == [3600]


def test_a_removal_long_ago_was_noticed_in_time() -> None:
    world = World(notice_after="1h")
    phone = world.phone()
    phone.uninstall("2h")
    assert listed(world, phone.registration) == [-3600]


def test_who_stands_on_the_list_from_the_start_was_noticed() -> None:
    world = World(notice_after="1h", feedback_last_app=True)
    world.devices.add(TOPIC, "1b", "uninstalled", since="1m", listed=True)
    assert listed(world) == [-60]


def test_a_phone_whose_last_app_is_gone_tells_nobody_if_so_set() -> None:
    world = World(feedback_last_app=True)
    first = world.phone()
    second = world.devices.add(OTHER, phone=first.phone)
    alone = world.phone()
    alone.uninstall()
    assert listed(world, alone.registration) == []
    first.uninstall()
    assert listed(world, first.registration) == [0]
    second.uninstall()
    assert world.devices.noticed(second.registration) is None
    # It has a connection again, once an app is back.
    first.install()
    assert world.devices.noticed(second.registration) == START


def test_the_last_app_is_that_of_an_environment() -> None:
    world = World(feedback_last_app=True, environment="sandbox")
    first = world.devices.add(TOPIC)
    world.devices.add(OTHER, phone=first.phone, environment="production")
    first.uninstall()
    assert world.devices.noticed(first.registration) is None
    world.devices.add(OTHER, phone=first.phone, environment="sandbox")
    assert world.devices.noticed(first.registration) == START


def test_a_token_that_was_replaced_is_not_that_of_the_last_app() -> None:
    world = World(feedback_last_app=True)
    phone = world.phone()
    old = phone.registration
    world.devices.replace_token(phone)
    assert world.devices.noticed(old) == START
