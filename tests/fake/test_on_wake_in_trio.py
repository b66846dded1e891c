"""What apps do when they are woken, in trio's own form: a task of the same loop."""

from __future__ import annotations

import threading

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs

from ..frames import TOPIC
from .phones import SILENT, App, notice
from .test_mishaps import called_by


async def test_in_trio_it_is_a_task_of_the_same_loop(autojump_clock: MockClock) -> None:
    app, slept = App(), []
    async with FakeAPNs() as apns:
        phone = apns.devices.add(TOPIC)
        phone.on_wake(app)

        @phone.on_wake
        async def sleeper(phone: object, push: object) -> None:
            await trio.sleep(0.5)
            await apns.settle()
            slept.append(trio.current_time())

        stream = await apns.connect()
        await stream.send_all(notice(phone.token_bytes, SILENT) * 2)
        await apns.settle()
        assert app.threads == {threading.get_ident()}
        assert len(slept) == 1
        # The setting `settle` is one second.
        await trio.sleep(1)
        assert len(slept) == 2
        assert slept[1] - slept[0] == 0.5


async def woken_in_trio() -> None:
    async with FakeAPNs() as apns:
        phone = apns.devices.add(TOPIC)

        @phone.on_wake
        async def app(phone: object, push: object) -> None:
            await trio.sleep(0.5)
            raise ZeroDivisionError("clumsy")

        stream = await apns.connect()
        await stream.send_all(notice(phone.token_bytes, SILENT))
        await apns.wait_for()


async def test_the_end_of_the_block_in_trio_waits_for_it(autojump_clock: MockClock) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        await woken_in_trio()
    assert called_by(raised.value)[-1] == "app"


async def test_with_the_block_in_trio_it_ends(autojump_clock: MockClock) -> None:
    ended: list[str] = []

    async def app(phone: object, push: object) -> None:
        try:
            await trio.sleep_forever()
        finally:
            ended.append("ended")

    async with FakeAPNs() as apns:
        phone = apns.devices.add(TOPIC)
        phone.on_wake(app)
        stream = await apns.connect()
        await stream.send_all(notice(phone.token_bytes, SILENT))
        await apns.settle()
        with pytest.raises(AssertionError, match="on_wake of device 1 is still busy with number"):
            phone.assert_woken(2)
        assert ended == []
    assert ended == ["ended"]
