"""What the shop's customers see, and what the shop does when Apple says no."""

import asyncio
import io
import time

import pytest
from shop import DAY, main

from fakeapns import Reject


@pytest.fixture
def phone(apns, shop):
    """Ann's phone, on which she has opened the app."""
    phone = apns.devices.add("com.example.app")
    shop.app_opened("ann", phone.token)
    return phone


async def test_a_shipped_order_is_announced(apns, shop, phone):
    report = await shop.shipped("ann", "A-17", "Back on Monday.")

    assert report.sent == [phone.token]
    [push] = apns.assert_accepted(1, token=phone, push_type="alert", collapse_id="order-A-17")
    assert push.payload["aps"]["alert"] == {
        "title": "Order A-17 is on its way",
        "body": "Back on Monday.",
    }
    assert not push.warnings  # nothing in it that a phone would ignore


async def test_it_is_announced_on_all_phones_of_a_customer_and_nobody_else_s(apns, shop, phone):
    tablet, stranger = apns.devices.add("com.example.app"), apns.devices.add("com.example.app")
    shop.app_opened("ann", tablet.token)
    shop.app_opened("bob", stranger.token)

    await shop.shipped("ann", "A-17")

    assert {push.token for push in apns.assert_accepted(2)} == {phone.token, tablet.token}


async def test_the_app_is_told_of_a_change_without_a_sound(apns, shop, phone):
    await shop.changed("ann")

    [push] = apns.assert_accepted(1, push_type="background", collapse_id="orders")
    assert push.payload == {"aps": {"content-available": 1}}
    assert push.priority == 5  # 10 is an error here, says Apple
    assert not push.warnings


async def test_an_announcement_is_of_no_use_after_a_day(apns, shop, phone):
    await shop.shipped("ann", "A-17")

    [push] = apns.assert_accepted(1)
    assert 0 <= time.time() + DAY - push.expiration < 60


async def test_a_long_note_is_cut_to_what_apple_carries(apns, shop, phone):
    await shop.shipped("ann", "A-17", "Voilà ! 🎁 " * 1000)

    [push] = apns.assert_accepted(1)
    assert push.payload["aps"]["alert"]["body"].startswith("Voilà ! 🎁 Voilà")


async def test_a_removed_app_is_struck_off(apns, shop, devices, phone):
    phone.uninstall()

    report = await shop.shipped("ann", "A-17")

    assert report.gone == [phone.token]
    assert devices.of("ann") == []


async def test_an_app_that_came_back_stays(apns, shop, devices, phone):
    # Apple names the moment when it noticed, and the app has told us its token since.
    phone.uninstall(at="1h")

    report = await shop.shipped("ann", "A-17")

    assert report.failed == {phone.token: "Unregistered"}
    assert devices.of("ann") == [phone.token]


async def test_a_phone_is_not_struck_off_for_our_own_mistake(apns, shop, devices):
    # A build from Xcode has tokens of the sandbox, for which production says BadDeviceToken.
    tester = apns.devices.add("com.example.app", environment="sandbox")
    shop.app_opened("ann", tester.token)

    report = await shop.shipped("ann", "A-17")

    assert report.failed == {tester.token: "BadDeviceToken"}
    assert devices.of("ann") == [tester.token]
    apns.assert_rejected(1)  # and was not sent again: that cannot help


@pytest.mark.parametrize("trouble", ["TooManyRequests", "InternalServerError", "Shutdown"])
async def test_what_may_work_later_is_tried_again(apns, shop, phone, pauses, trouble):
    apns.inject(Reject(trouble), times=2)

    report = await shop.shipped("ann", "A-17")

    assert report.sent == [phone.token]
    assert pauses == [1, 2]
    apns.assert_rejected(2, reason=trouble)
    assert len({push.apns_id for push in apns.notifications}) == 1  # the same push each time


async def test_trouble_that_stays_is_given_up(apns, shop, devices, phone, pauses):
    apns.inject(Reject("ServiceUnavailable"))

    report = await shop.shipped("ann", "A-17")

    assert report.failed == {phone.token: "ServiceUnavailable"}
    assert devices.of("ann") == [phone.token]
    assert pauses == [1, 2, 4, 8]


async def test_an_expired_token_is_replaced(apns, shop, phone):
    apns.inject(Reject("ExpiredProviderToken"), connection=1)  # aioapns has a token for each

    report = await shop.shipped("ann", "A-17")

    assert report.sent == [phone.token]
    apns.assert_rejected(1)


async def test_apple_may_restart(apns, shop, phone):
    await shop.shipped("ann", "A-17")
    await asyncio.to_thread(apns.restart)  # it blocks, and the shop's loop has to go on

    report = await shop.shipped("ann", "A-18")

    assert report.sent == [phone.token]


async def test_the_whole_program_does_what_it_reads(apple, monkeypatch, tmp_path):
    phone = apple.devices.add("com.example.app")
    lines = [
        f'{{"event": "app opened", "customer": "ann", "token": "{phone.token}"}}',
        "gibberish",
        '{"event": "shipped"}',
        '{"event": "shipped", "customer": "ann", "order": "A-17"}',
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    monkeypatch.setenv("SHOP_DB", str(tmp_path / "shop.db"))

    await main()

    apple.assert_accepted(1, token=phone)
