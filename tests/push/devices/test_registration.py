"""The tokens that an app has, and had."""

from __future__ import annotations

import pytest

from .phones import START, World, fates


@pytest.fixture
def world() -> World:
    return World()


def test_an_app_that_is_installed_again_has_another_token_and_the_old_one_is_gone(
    world: World,
) -> None:
    phone = world.phone()
    old = phone.token_bytes
    phone.phone.online = False
    world.send(phone)
    world.now += 60
    assert fates(world.devices.reinstall(phone)) == [(1, "dropped")]
    assert phone.token_bytes != old
    assert [each.since for each in phone.registrations] == [START + 60, None]
    assert [each.number for each in phone.registrations] == [1, 1]
    gone = world.devices.find(old)[phone.topic]
    assert gone.state == "uninstalled"
    world.devices.report(gone)
    [(_, entry)] = world.devices.feedback([phone.topic])
    assert (entry.token, entry.timestamp) == (old, START + 60)
    phone.phone.online = True
    # The gateway takes what is sent to a token that is gone.
    assert fates(world.send(old)) == [(2, "dropped")]
    assert fates(world.send(phone)) == [(3, "delivered")]


def test_what_is_sent_to_a_token_of_before_is_told_why_that_is_good_no_more(world: World) -> None:
    phone = world.phone()
    first = phone.registration
    world.devices.replace_token(phone)
    assert first.why_gone == "the token was replaced by another one"
    [landing] = world.send(first.token_bytes)
    assert (landing.fate, landing.detail) == ("dropped", first.why_gone)
    second = phone.registration
    world.devices.reinstall(phone)
    [landing] = world.send(second.token_bytes)
    assert (landing.fate, landing.detail) == ("dropped", "the app was removed from the device")


def test_a_token_that_is_replaced_leaves_the_app_as_it_is(world: World) -> None:
    phone = world.phone()
    phone.put("not-running")
    world.send(phone, {"badge": 4})
    assert world.devices.replace_token(phone) == []
    assert (phone.app, phone.badge, phone.state) == ("not-running", 4, "active")
