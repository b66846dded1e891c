"""Devices as tests hold them, in both forms."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import trio

from fakeapns import Device, FakeAPNs, ThreadedAPNs, UsageError
from fakeapns.fake.both_forms import emulator_of
from fakeapns.fake.server_thread import ServerThread
from fakeapns.ledger import Delivery

from ..frames import TOPIC, framed
from .callers import send

OTHER = "com.example.other"


@pytest.fixture
def apns() -> Iterator[ThreadedAPNs]:
    with FakeAPNs(topics=[TOPIC, OTHER]).in_thread() as apns:
        yield apns


def hello(apns: ThreadedAPNs, phone: Device, *payloads: bytes) -> None:
    """Send these by the gateway, and have them taken in."""
    before = len(apns.notifications)
    send(apns, *(framed(n, phone.token_bytes, each) for n, each in enumerate(payloads, 1)))
    apns.wait_for(before + len(payloads))


def test_what_a_phone_is_sent_is_on_its_screen(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    hello(apns, phone, b'{"aps":{"alert":"a","badge":1}}', b'{"aps":{"alert":"b","badge":2}}')
    assert phone.badge == 2
    assert [each.shown.alert for each in phone.notification_center] == ["a", "b"]
    first, second = phone.inbox
    assert isinstance(first, Delivery)
    assert (first.device, first.fate) == (phone.number, "delivered")
    phone.dismiss(second)
    with pytest.raises(UsageError, match="is not on the screen: see notification_center"):
        phone.tap(second)
    phone.tap(first)
    assert list(phone.notification_center) == []
    assert phone.badge == 2
    phone.read()
    assert phone.badge == 0


def test_a_phone_that_was_off_gets_the_newest(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    phone.go_offline()
    hello(apns, phone, *(b'{"aps":{"alert":"%d"}}' % number for number in range(10)))
    assert list(phone.inbox) == []
    phone.go_online()
    [landed] = phone.inbox
    assert landed.shown is not None
    assert landed.shown.alert == "9"
    fates = [each.fate for each in phone.deliveries]
    assert fates.count("replaced") == 9
    assert fates[-1] == "delivered"


def test_what_one_app_is_told_of_the_phone_holds_for_all_on_it(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    second = phone.add_app(OTHER)
    assert [each.number for each in apns.devices] == [1, 2]
    phone.go_offline()
    send(apns, framed(1, second.token_bytes), topic=OTHER)
    apns.wait_for(1)
    assert [each.fate for each in second.deliveries] == ["stored"]
    second.go_online()
    assert [each.fate for each in second.inbox] == ["delivered"]


def test_silent_pushes_wake_the_app_unless_its_user_has_ended_it(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    silent = b'{"aps":{"content-available":1}}'
    phone.terminate()
    hello(apns, phone, silent)
    [wake] = phone.wakes
    assert wake.seconds == 30
    phone.force_quit()
    hello(apns, phone, silent)
    assert len(phone.wakes) == 1
    phone.reboot()
    hello(apns, phone, silent)
    assert len(phone.wakes) == 1
    phone.unlock()
    assert len(phone.wakes) == 2
    pairs: list[tuple[Callable[[], None], Callable[[], None]]] = [
        (partial(phone.low_power, True), partial(phone.low_power, False)),
        (partial(phone.background_refresh, False), partial(phone.background_refresh, True)),
        (phone.sleep, phone.wake),
    ]
    for wait, go in pairs:
        before = len(phone.wakes)
        wait()
        send(apns, framed(9, phone.token_bytes, silent, priority=5))
        apns.settle()
        assert len(phone.wakes) == before
        go()
        assert len(phone.wakes) == before + 1


def test_an_app_that_is_installed_again_is_another_token_and_the_same_device(
    apns: ThreadedAPNs,
) -> None:
    phone = apns.devices.add(TOPIC)
    old = phone.token
    phone.reinstall()
    assert phone.token != old
    assert [(each.token, each.until is None) for each in phone.tokens] == [
        (old, False),
        (phone.token, True),
    ]
    assert apns.devices.find(old) == phone == apns.devices.find(phone)
    assert old in apns.devices
    assert phone in apns.devices
    assert len(apns.devices) == 1
    assert apns.devices.find("ab" * 32) is None
    phone.restore_from_backup()
    assert len(phone.tokens) == 3


def test_permission_and_the_foreground_decide_what_is_shown(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    alert = b'{"aps":{"alert":"a"}}'
    phone.deny_permission()
    hello(apns, phone, alert)
    phone.grant_permission()
    phone.launch()
    hello(apns, phone, alert)
    assert [each.shown for each in phone.deliveries] == [None, None]
    phone.foreground(presents=True)
    hello(apns, phone, alert)
    phone.background()
    hello(apns, phone, alert)
    assert [each.fate for each in phone.deliveries] == ["dropped", *["delivered"] * 3]
    assert len(phone.notification_center) == 2


def test_devices_may_change_while_the_server_is_stopped(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    phone.go_offline()
    hello(apns, phone, b'{"aps":{"alert":"a"}}')
    apns.stop()
    phone.go_online()
    assert [each.fate for each in phone.inbox] == ["delivered"]
    apns.start()
    assert apns.devices.find(phone) == phone


def test_devices_may_change_in_several_threads(apns: ThreadedAPNs) -> None:
    phones = [apns.devices.add(TOPIC) for _ in range(8)]

    def change(phone: Device) -> None:
        for _ in range(20):
            phone.go_offline()
            phone.go_online()
            phone.rotate_token()

    threads = [threading.Thread(target=change, args=(each,)) for each in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(each.tokens) for each in phones] == [21] * 8


def test_a_function_of_a_step_may_look_at_a_phone_that_is_changed_meanwhile() -> None:
    thread = ServerThread(emulator_of(FakeAPNs()))
    thread.start()

    async def look() -> str:
        return thread.within(lambda: "seen")

    try:
        # Whoever changes a phone holds this until the loop, in which that function is called, has
        # dealt with it.
        with thread.changing:
            assert thread.submit(look).result(30) == "seen"
    finally:
        thread.stop()


async def test_in_trio_s_form_other_threads_change_devices_in_the_loop_too() -> None:
    async with FakeAPNs() as apns:
        phone = apns.devices.add(TOPIC)
        phone.go_offline()
        async with await apns.connect() as gateway:
            await gateway.send_all(framed(1, phone.token_bytes))
            await apns.wait_for()
            threads: list[int] = []
            apns.ledger.follow(lambda bundle, seq: threads.append(threading.get_ident()))
            await trio.to_thread.run_sync(phone.go_online)
        assert [each.fate for each in phone.deliveries] == ["stored", "delivered"]
        assert set(threads) == {threading.get_ident()}

        def add_what_is_no_topic() -> None:
            with pytest.raises(UsageError, match="is no topic"):
                phone.add_app("")
            with pytest.raises(UsageError, match="the app is there already"):
                phone.install()

        await trio.to_thread.run_sync(add_what_is_no_topic)
    await trio.to_thread.run_sync(phone.go_offline)
    assert phone.deliveries[-1].fate == "delivered"


async def test_in_trio_s_form_it_is_the_same() -> None:
    async with FakeAPNs() as apns:
        phone = apns.devices.add(TOPIC)
        phone.go_offline()
        phone.uninstall()
        assert phone.state == "uninstalled"
        assert repr(phone) == f"<Device {phone.token[:8]}… com.example.app uninstalled>"
        assert repr(apns.devices) == "<devices: 1>"


@pytest.mark.parametrize("topic", ["", "x" * 201, 5, None])
def test_what_is_no_topic_has_no_devices(topic: Any) -> None:
    apns = FakeAPNs()
    phone = apns.devices.add(TOPIC)
    for add in (apns.devices.add, phone.add_app):
        with pytest.raises(UsageError, match="is no topic"):
            add(topic)
    assert len(apns.devices) == 1
