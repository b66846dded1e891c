"""What apps do when they are woken, over the life of a server in a thread."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from fakeapns import FakeAPNs

from ..frames import TOPIC
from ..providers import PATIENCE
from .judging import FOREVER
from .phones import SILENT, App, at_hand, notify, waiting_for
from .test_thread_failures import outcome_of


def test_it_goes_on_behind_a_restart() -> None:
    app = App()
    with at_hand() as (apns, phone):
        phone.on_wake(app)
        apns.restart()
        notify(apns, phone, SILENT)
        apns.settle()
        assert app.woken == [(1, SILENT)]
        apns.reset()
        notify(apns, phone, SILENT)
        apns.settle()
        assert len(app.woken) == 2


def test_what_woke_an_app_while_the_server_was_stopped_is_called_when_it_is_back() -> None:
    app = App()
    with waiting_for(app) as (apns, phone):
        apns.stop()
        phone.go_online()
        assert app.woken == []
        apns.start()
        apns.settle()
        assert app.woken == [(1, SILENT)]


def test_devices_from_before_the_start_react_as_well() -> None:
    app = App()
    apns = FakeAPNs().in_thread()
    phone = apns.devices.add(TOPIC)
    phone.on_wake(app)
    with apns:
        notify(apns, phone, SILENT)
        apns.settle()
    assert app.woken == [(1, SILENT)]


def test_a_renewed_server_calls_nobody_from_before(caplog: pytest.LogCaptureFixture) -> None:
    app, begun, go_on, over = App(), threading.Event(), threading.Event(), threading.Event()

    def late(phone: object, push: object) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)
        over.set()
        raise ValueError("late")

    with at_hand(settle="10ms") as (apns, phone), caplog.at_level(logging.WARNING):
        phone.on_wake(late)
        phone.on_wake(app)
        notify(apns, phone, SILENT)
        assert begun.wait(PATIENCE)
        apns.renew()
        again = apns.devices.add(TOPIC)
        assert again.number == phone.number
        notify(apns, again, SILENT)
        go_on.set()
        assert over.wait(PATIENCE)
        apns.settle()
        assert app.woken == []
        apns.reraise()
    assert "on_wake of device 1 raised ValueError('late') when its test was over" in caplog.text


def test_one_that_never_ends_does_not_keep_those_of_the_next_test() -> None:
    app, begun, go_on = App(), threading.Event(), threading.Event()

    def endless(phone: object, push: object) -> None:
        begun.set()
        go_on.wait(PATIENCE)

    with at_hand(settle=FOREVER) as (apns, phone):
        phone.on_wake(endless)
        notify(apns, phone, SILENT)
        assert begun.wait(PATIENCE)
        apns.renew()
        again = apns.devices.add(TOPIC)
        again.on_wake(app)
        notify(apns, again, SILENT)
        apns.settle()
        assert app.woken == [(1, SILENT)]
        go_on.set()


def test_one_that_never_ends_does_not_keep_the_server() -> None:
    go_on = threading.Event()

    def main() -> None:
        with at_hand(settle="10ms") as (apns, phone):
            phone.on_wake(lambda *_: go_on.wait(PATIENCE))
            notify(apns, phone, SILENT)
            apns.wait_for()

    assert outcome_of(main) is None
    go_on.set()


def test_an_app_may_stop_the_server() -> None:
    def main() -> None:
        stopped = threading.Event()
        with at_hand(settle=FOREVER) as (apns, phone):

            @phone.on_wake
            def app(phone: object, push: object) -> None:
                apns.stop()
                stopped.set()

            notify(apns, phone, SILENT)
            assert stopped.wait(PATIENCE)

    assert outcome_of(main) is None


def test_callers_in_asyncio_settle_for_it_as_well() -> None:
    app = App()

    async def main() -> None:
        with at_hand(settle=FOREVER) as (apns, phone):
            phone.on_wake(app)
            notify(apns, phone, SILENT)
            await phone.assert_woken_async(1)
            assert app.woken == [(1, SILENT)]

    asyncio.run(main())
