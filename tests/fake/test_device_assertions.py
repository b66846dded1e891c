"""Assertions about a device: they take in what is on its way, in both forms."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, ThreadedDevice, UsageError

from ..frames import TOPIC, framed
from ..providers import dial
from .callers import RUNNERS, Runner
from .judging import FOREVER
from .phones import SILENT, at_hand, notice, notify
from .test_device_explanation import push

#: What is right behind an alert "Tea" with badge 3 and a silent push, by the name of the assertion.
RIGHT: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "assert_delivered": ((2,), {}),
    "assert_shown": ((1,), {"alert": "Tea"}),
    "assert_not_shown": ((), {"alert": "Coffee"}),
    "assert_woken": ((1,), {}),
    "assert_badge": ((3,), {}),
}
#: And what is wrong then.
UNTRUE: dict[str, tuple[Any, ...]] = dict.fromkeys(RIGHT, (99,)) | {"assert_not_shown": ()}
TEA = {"alert": "Tea", "badge": 3}


@pytest.mark.parametrize("name", RIGHT)
def test_what_was_just_written_counts(name: str) -> None:
    arguments, criteria = RIGHT[name]
    with at_hand(settle=FOREVER) as (apns, phone), dial(apns) as connection:
        connection.sendall(notice(phone, TEA) + notice(phone, SILENT))
        getattr(phone, name)(*arguments, **criteria)
        # One without a number returns as soon as it holds, and an open connection keeps nobody.
        phone.assert_shown()


@RUNNERS
@pytest.mark.parametrize("name", RIGHT)
def test_a_twin_does_the_same(name: str, loop: str, run: Runner) -> None:
    arguments, criteria = RIGHT[name]

    async def main() -> None:
        with at_hand(settle=FOREVER) as (apns, phone), dial(apns) as connection:
            connection.sendall(notice(phone, TEA) + notice(phone, SILENT))
            await getattr(phone, f"{name}_async")(*arguments, **criteria)
            with pytest.raises(AssertionError, match=r"^expected"):
                await getattr(phone, f"{name}_async")(*UNTRUE[name])

    run(main)


def test_each_has_a_twin_of_the_same_arguments() -> None:
    names = [name for name in dir(ThreadedDevice) if name.startswith("assert_")]
    names = [name for name in names if not name.endswith("_async")]
    assert set(names) == set(RIGHT)
    for name in (*names, "wait_for_delivery"):
        one, other = getattr(ThreadedDevice, name), getattr(ThreadedDevice, f"{name}_async")
        assert inspect.signature(one) == inspect.signature(other)
        assert inspect.iscoroutinefunction(other)


def test_entries_are_returned() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, TEA, SILENT, "Cake")
        assert [each.fate for each in phone.assert_delivered()] == ["delivered"] * 3
        assert phone.assert_shown(alert="Cake") == [phone.inbox[2]]
        assert phone.assert_woken() == [phone.inbox[1]]


WRONG: list[tuple[Callable[[ThreadedDevice], object], str]] = [
    (lambda phone: phone.assert_delivered(3), "expected exactly 3 delivered to device 1 "),
    (lambda phone: phone.assert_shown(alert="No"), "expected at least 1 shown on device 1 "),
    (lambda phone: phone.assert_not_shown(), "expected nothing shown on device 1 "),
    (lambda phone: phone.assert_woken(0), "expected nothing that woke the app on device 1 "),
    (lambda phone: phone.assert_badge(4), "expected badge 4 on device 1 "),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_what_is_not_so_fails(wrong: Callable[[ThreadedDevice], object], said: str) -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, TEA, SILENT)
        with pytest.raises(AssertionError) as raised:
            wrong(phone)
        assert str(raised.value).startswith(said)


def test_the_badge_is_that_of_now() -> None:
    with at_hand() as (apns, phone):
        phone.assert_badge(0)
        notify(apns, phone, TEA)
        phone.assert_badge(3)
        phone.read()
        phone.assert_badge(0)
        # What was shown once was shown.
        phone.assert_shown(1)


@pytest.mark.parametrize("count", [-1, 1.5, "1"])
def test_what_is_no_number_is_one_sentence(count: Any) -> None:
    with at_hand() as (_, phone), pytest.raises(UsageError, match="is no number of deliveries"):
        phone.assert_delivered(count)


@RUNNERS
def test_who_blocks_a_loop_is_told_of_the_twin(loop: str, run: Runner) -> None:
    async def main() -> None:
        with at_hand() as (_, phone):
            lackings: dict[str, Callable[[], object]] = {
                "phone.assert_shown_async": phone.assert_shown,
                "phone.wait_for_delivery_async": lambda: phone.wait_for_delivery(timeout=0),
            }
            for twin, lacking in lackings.items():
                with pytest.raises(AssertionError) as raised:
                    lacking()
                assert f"from the {loop} loop" in str(raised.value)
                assert str(raised.value).endswith(f"await {twin}(…) instead.")

    run(main)


async def test_in_trio_they_judge_what_is_there(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        phone = apns.devices.add(TOPIC)
        stream = await apns.connect()
        await stream.send_all(notice(phone.token_bytes, TEA))
        with pytest.raises(AssertionError, match="this form judges what is there"):
            phone.assert_shown()
        await apns.settle()
        phone.assert_shown(1, alert="Tea")
        phone.assert_badge(3)
        phone.assert_not_shown(alert="Coffee")


# ---- waiting --------------------------------------------------------------------------------


def test_a_wait_returns_what_there_is_at_once() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, "one", "two")
        assert len(phone.wait_for_delivery(2)) == 2
        [two] = phone.wait_for_delivery(alert="two")
        assert two in phone.inbox
        phone.go_offline()
        notify(apns, phone, "three")
        [three] = phone.wait_for_delivery(fate="stored")
        assert three.detail == "the phone is offline"
        assert len(phone.wait_for_delivery(3, fate=None)) == 3


@RUNNERS
def test_a_wait_is_over_when_it_comes(loop: str, run: Runner) -> None:
    async def main() -> None:
        with at_hand() as (apns, phone), dial(apns) as connection:
            connection.sendall(framed(1))
            connection.sendall(notice(phone, "one"))
            [one] = await phone.wait_for_delivery_async(alert="one", timeout="1h")
            assert one.shown is not None

    run(main)


async def test_a_wait_in_trio_is_awaited(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        phone = apns.devices.add(TOPIC)
        stream = await apns.connect()
        await stream.send_all(notice(phone.token_bytes, TEA))
        assert len(await phone.wait_for_delivery(badge=3)) == 1
        with pytest.raises(AssertionError, match=r"^waited 60 s for 2 delivered to device 1 "):
            await phone.wait_for_delivery(2, timeout="1m")
    waiting: Awaitable[object] = phone.wait_for_delivery(2)
    with pytest.raises(UsageError, match="the server is not running"):
        await waiting


def offer(seconds: float) -> str:
    """An expiration so far ahead."""
    return str(int(time.time() + seconds))


@RUNNERS
def test_a_wait_is_over_when_what_waited_is_by_time_alone(loop: str, run: Runner) -> None:
    async def main() -> None:
        with at_hand() as (apns, phone):
            phone.go_offline()
            push(apns, phone.token, {"alert": "Tea"}, apns_expiration=offer(2))
            [over] = await phone.wait_for_delivery_async(fate="expired", alert="Tea", timeout="1h")
            assert over.detail == "its time was over"

    run(main)


def test_a_blocking_one_is_too() -> None:
    with at_hand() as (apns, phone):
        phone.go_offline()
        push(apns, phone.token, {"alert": "Tea"}, apns_expiration=offer(2))
        assert phone.wait_for_delivery(fate="expired", timeout="1h")


async def test_in_trio_a_month_takes_no_time(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        phone = apns.devices.add(TOPIC)
        phone.go_offline()
        stream = await apns.connect()
        await stream.send_all(notice(phone.token_bytes, TEA))
        begin = trio.current_time()
        [over] = await phone.wait_for_delivery(fate="expired", timeout="800h")
        assert over.detail == "30 days were over"
        assert trio.current_time() - begin == pytest.approx(30 * 86_400, abs=1)


def test_a_wait_in_vain_names_what_became_of_it() -> None:
    with at_hand() as (apns, phone):
        phone.go_offline()
        notify(apns, phone, "Tea")
        with pytest.raises(AssertionError) as raised:
            phone.wait_for_delivery(alert="Tea", timeout=0)
        first, nearest, *_ = str(raised.value).splitlines()
        assert first.startswith("waited 0 s for 1 delivered to device 1 ")
        assert first.endswith(" alert='Tea', found 0")
        assert nearest.endswith(": stored: the phone is offline ('Tea')")


def test_a_fate_that_does_not_exist_is_one_sentence() -> None:
    with at_hand() as (_, phone), pytest.raises(UsageError, match="fate 'drop' does not exist"):
        phone.wait_for_delivery(fate="drop")  # type: ignore[arg-type]
