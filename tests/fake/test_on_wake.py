"""What an app does when a push wakes it: a function of the test, which holds up nobody."""

from __future__ import annotations

import threading

import httpx
import pytest

from fakeapns import ChangeDevice, Notification, ThreadedDevice
from fakeapns.ledger import Delivery

from ..frames import TOPIC
from ..providers import PATIENCE, dial
from .judging import FOREVER
from .phones import SILENT, App, at_hand, notice, notify, waiting_for
from .test_live import START, broadcast, push


def test_it_is_called_with_the_device_and_the_notification() -> None:
    app = App()
    with at_hand() as (apns, phone):
        phone.on_wake(app)
        notify(apns, phone, SILENT, "Tea", {"alert": "Cake", **SILENT})
        apns.settle()
        # What is shown alone wakes nobody.
        assert app.woken == [(1, SILENT), (1, {"alert": "Cake", **SILENT})]
        assert threading.get_ident() not in app.threads


def test_in_the_foreground_the_app_is_handed_everything() -> None:
    app = App()
    with at_hand() as (apns, phone):
        phone.on_wake(app)
        phone.launch()
        notify(apns, phone, SILENT, "Tea")
        apns.settle()
        assert [each for _, each in app.woken] == [SILENT, {"alert": "Tea"}]
        phone.force_quit()
        notify(apns, phone, SILENT)
        apns.settle()
        assert len(app.woken) == 2


def test_what_had_waited_is_handed_over_when_it_comes() -> None:
    app = App()
    with waiting_for(app) as (apns, phone):
        assert app.woken == []
        phone.go_online()
        apns.settle()
        assert app.woken == [(1, SILENT)]


def test_as_a_decorator_it_leaves_the_function_as_it_is() -> None:
    with at_hand() as (apns, phone):
        seen: list[Delivery] = []

        @phone.on_wake
        def app(device: ThreadedDevice, push: Notification) -> str:
            # By now it is on record.
            seen.extend(device.inbox)
            return "done"

        notify(apns, phone, SILENT)
        apns.settle()
        assert len(seen) == 1
        [push] = apns.notifications
        assert app(phone, push) == "done"


def test_all_functions_are_called_one_at_a_time_and_hold_up_nobody() -> None:
    go_on, begun = threading.Event(), threading.Event()
    calls: list[str] = []

    def first(phone: object, push: object) -> None:
        calls.append("begins")
        begun.set()
        assert go_on.wait(PATIENCE)
        calls.append("ends")

    with at_hand(settle=FOREVER) as (apns, phone):
        phone.on_wake(first)
        apns.devices.add(TOPIC, "ab").on_wake(lambda phone, push: calls.append("other"))
        with dial(apns) as connection:
            connection.sendall(notice(phone, SILENT) + notice(bytes([0xAB]) * 32, SILENT))
            assert begun.wait(PATIENCE)
            connection.sendall(notice(phone, "meanwhile"))
            phone.wait_for_delivery(alert="meanwhile")
            phone.assert_shown()
        go_on.set()
        apns.settle()
        assert calls == ["begins", "ends", "other"]


def test_an_app_may_ask_the_server_and_change_its_phone() -> None:
    with at_hand(settle=FOREVER) as (apns, phone):

        @phone.on_wake
        def app(device: ThreadedDevice, push: Notification) -> None:
            device.assert_woken(1)
            apns.settle()
            device.unlock()
            notify(apns, device, {"alert": "from the app", "badge": 7})

        notify(apns, phone, SILENT)
        # What an app sends is waited for, too.
        phone.assert_badge(7)


def test_of_live_activities_only_what_wakes_the_app_is_the_apps_own() -> None:
    app = App()
    with at_hand() as (apns, phone):
        phone.on_wake(app)
        assert push(apns, phone.start_token, **{**START, "alert": {"title": "Kick-off"}}) == 200
        apns.settle()
        assert len(app.woken) == 1
        phone.launch()
        [activity] = phone.activities
        channel = apns.channels.add(TOPIC)
        phone.subscribe(channel)
        assert push(apns, activity.token) == 200
        assert broadcast(apns, channel.id) == 200
        phone.assert_delivered(3)
        apns.settle()
        assert len(app.woken) == 1


def test_one_that_is_busy_is_named() -> None:
    go_on = threading.Event()
    with at_hand(settle="20ms") as (apns, phone):
        phone.on_wake(lambda *_: go_on.wait(PATIENCE))
        notify(apns, phone, SILENT)
        with pytest.raises(AssertionError) as raised:
            phone.assert_woken(2)
        [push] = apns.notifications
        assert f"on_wake of device 1 is still busy with number {push.seq}" in str(raised.value)
        go_on.set()


def test_behind_a_step_it_is_called_with_what_the_phone_was_sent() -> None:
    with at_hand() as (apns, phone):
        app, other = App(), apns.devices.add(TOPIC)
        phone.on_wake(app)
        apns.inject(ChangeDevice("grant-permission", device=phone.token), token=other)
        with httpx.Client(http2=True, verify=apns.ssl_context()) as client:
            for number, to in enumerate([other, phone, other, phone]):
                client.post(
                    f"{apns.api.url}/3/device/{to.token}",
                    headers={"apns-topic": TOPIC, "apns-push-type": "background"},
                    json={"aps": {**SILENT, "badge": number}},
                )
        seqs = [each.notification for each in phone.assert_woken(2)]
        assert seqs == [each.seq for each in apns.find(token=phone)]
        assert [aps["badge"] for _, aps in app.woken] == [1, 3]
