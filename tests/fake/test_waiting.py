"""Waiting for what is recorded, in virtual time."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, Notification, UsageError
from fakeapns.fake.search import Search, search_async
from fakeapns.fake.wakeups import TrioNews
from fakeapns.fronts.gateway.frames import FrameBundle
from fakeapns.ledger.ledger import Ledger
from fakeapns.provider.sender import read_feedback

from ..frames import TOPIC, framed, numbered


async def provider(apns: FakeAPNs) -> trio.SSLStream[trio.abc.Stream]:
    return await apns.connect(TOPIC)


async def test_waiting_ends_with_the_notification_that_was_missing(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns, trio.open_nursery() as nursery:
        stream = await provider(apns)

        async def send_slowly() -> None:
            for number in range(5):
                await trio.sleep(1)
                await stream.send_all(framed(number, numbered(number)))

        begin = trio.current_time()
        nursery.start_soon(send_slowly)
        found = await apns.wait_for(3)
        assert trio.current_time() == pytest.approx(begin + 3)
        assert [each.identifier for each in found] == [0, 1, 2]


async def test_what_has_been_recorded_already_counts(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        stream = await provider(apns)
        await stream.send_all(framed(1) + framed(2))
        await apns.wait_for(2)
        begin = trio.current_time()
        assert len(await apns.wait_for(1)) == 2
        assert trio.current_time() == begin


async def test_waiting_for_none_is_over_at_once(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        assert await apns.wait_for(0) == []


async def test_waiting_starts_again_after_a_reset(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        stream = await provider(apns)
        await stream.send_all(framed(1))
        await apns.wait_for()
        apns.reset()
        with pytest.raises(AssertionError, match="found 0"):
            await apns.wait_for(timeout=1)
        await stream.send_all(framed(2))
        assert [each.identifier for each in await apns.wait_for()] == [2]


@pytest.mark.parametrize(
    ("criteria", "identifiers"),
    [
        ({}, [1, 2]),
        ({"token": numbered(1)}, [1]),
        ({"token": numbered(1).hex().upper()}, [1]),
        ({"topic": TOPIC}, [1, 2]),
        ({"payload": {"aps": {"badge": 2}}}, [2]),
        ({"payload": {"aps": {}}}, [1, 2]),
        ({"where": lambda each: each.identifier == 2}, [2]),
        ({"outcome": "rejected"}, [3]),
        ({"outcome": "discarded"}, [4]),
        ({"outcome": None}, [1, 2, 3, 4]),
        ({"outcome": None, "token": b""}, [3]),
    ],
)
async def test_only_what_meets_all_criteria_counts(
    autojump_clock: MockClock, criteria: dict[str, object], identifiers: list[int]
) -> None:
    async with FakeAPNs() as apns:
        stream = await provider(apns)
        await stream.send_all(
            framed(1, numbered(1), b'{"aps":{"badge":1,"sound":"a"}}')
            + framed(2, numbered(2), b'{"aps":{"badge":2}}')
            + framed(3, b"")
            + framed(4, numbered(4))
        )
        await apns.wait_for(4, outcome=None)
        found = await apns.wait_for(len(identifiers), **criteria)  # type: ignore[arg-type]
        assert [each.identifier for each in found] == identifiers
        with pytest.raises(AssertionError, match=f"found {len(identifiers)}"):
            await apns.wait_for(len(identifiers) + 1, **criteria)  # type: ignore[arg-type]


async def test_waiting_in_vain_says_for_what_and_shows_what_there_was(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        stream = await provider(apns)
        await stream.send_all(framed(1, numbered(7)))
        begin = trio.current_time()
        with pytest.raises(AssertionError) as raised:
            await apns.wait_for(2, token="ab", payload={"aps": {"badge": 1}}, timeout=2.5)
        assert trio.current_time() == pytest.approx(begin + 2.5)
    lines = str(raised.value).splitlines()
    assert lines[0] == (
        "waited 2.5 s for 2 accepted token='ab' payload={'aps': {'badge': 1}}, found 0"
    )
    assert lines[1].startswith("nearest, number 1: accepted connection 1 token …00000007 topic")
    assert lines[2:4] == [
        f"    token: expected ab, is {numbered(7).hex()}",
        "    payload.aps.badge: expected 1, is (absent)",
    ]
    assert lines[4] == "recorded: 1 notification"


async def test_waiting_takes_five_seconds_unless_told_otherwise(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        begin = trio.current_time()
        with pytest.raises(AssertionError, match=r"^waited 5 s for 1 accepted, found 0"):
            await apns.wait_for()
        assert trio.current_time() == pytest.approx(begin + 5)


async def test_a_mistake_in_a_criterion_is_raised_where_it_was_made(
    autojump_clock: MockClock,
) -> None:
    def mistaken(notification: Notification) -> bool:
        raise ZeroDivisionError

    async with FakeAPNs() as apns, trio.open_nursery() as nursery:
        stream = await provider(apns)
        nursery.start_soon(stream.send_all, framed(1))
        with pytest.raises(ZeroDivisionError):
            await apns.wait_for(where=mistaken)
        await stream.send_all(framed(2))
        await apns.wait_for(2)


async def test_who_has_stopped_waiting_watches_no_longer(autojump_clock: MockClock) -> None:
    considered: list[Notification] = []

    def consider(notification: Notification) -> bool:
        considered.append(notification)
        return True

    async with FakeAPNs() as apns:
        stream = await provider(apns)
        await stream.send_all(framed(1))

        def find(ledger: Ledger, *, since: int) -> list[Notification]:
            return ledger.notifications(where=consider, since=since)

        search = Search(lambda: apns.ledger, find, 9)
        with trio.move_on_after(1):
            await search_async(search, TrioNews(), math.inf, lambda: None)
        before = len(considered)
        await stream.send_all(framed(2))
        await apns.wait_for(2)
        assert len(considered) == before


async def test_quiet_is_when_nothing_has_been_recorded_for_so_long(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns, trio.open_nursery() as nursery:
        stream = await provider(apns)

        async def send_now_and_then() -> None:
            for number in range(3):
                await trio.sleep(0.9)
                await stream.send_all(framed(number))

        begin = trio.current_time()
        nursery.start_soon(send_now_and_then)
        await apns.wait_until_quiet(1)
        assert trio.current_time() == pytest.approx(begin + 2.7 + 1)
        assert len(apns.accepted) == 3


@pytest.mark.parametrize("wrong", [None, "soon", True, [1], -1, math.nan])
async def test_what_is_no_time_is_refused(autojump_clock: MockClock, wrong: Any) -> None:
    async with FakeAPNs() as apns:
        with pytest.raises(UsageError, match=r"is no time|is no duration"):
            await apns.wait_for(timeout=wrong)
        with pytest.raises(UsageError, match="is no number of notifications"):
            await apns.wait_for("1")  # type: ignore[arg-type]


async def test_times_may_be_durations(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        await apns.wait_until_quiet("1h")
        with pytest.raises(AssertionError, match=r"^waited 60 s for 1 accepted, found 0"):
            await apns.wait_for(timeout="1m")


async def test_never_quiet_is_told_in_the_end(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns, trio.open_nursery() as nursery:
        stream = await provider(apns)

        async def send_for_ever() -> None:
            while True:
                await trio.sleep(0.5)
                await stream.send_all(framed())

        nursery.start_soon(send_for_ever)
        with pytest.raises(AssertionError, match=r"^waited 9 s for 1 s in which nothing happens"):
            await apns.wait_until_quiet(1, timeout=9)
        nursery.cancel_scope.cancel()


# ---- feedback -------------------------------------------------------------------------------


async def uninstalled(apns: FakeAPNs, *topics: str) -> None:
    """A device on each topic that has removed the app, and was sent to since."""
    for topic in topics:
        apns.devices.add(topic, numbered(5)).uninstall()
        stream = await apns.connect(topic)
        await stream.send_all(framed(1, numbered(5)))
    await apns.wait_for(len(topics))


async def test_feedback_that_is_being_read_is_waited_for(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns, trio.open_nursery() as nursery:
        await uninstalled(apns, TOPIC)

        async def read_later() -> None:
            await trio.sleep(3)
            await read_feedback(partial(apns.connect, service="feedback"))

        nursery.start_soon(read_later)
        [entry] = await apns.wait_for_feedback_read()
        assert (entry.token, entry.topic) == (numbered(5).hex(), TOPIC)
        # It has happened, so nobody has to wait for it again.
        with trio.fail_after(0):
            assert await apns.wait_for_feedback_read() == [entry]
        apns.reset()
        nursery.start_soon(read_later)
        assert await apns.wait_for_feedback_read() == []


async def test_feedback_may_be_waited_for_by_topic(autojump_clock: MockClock) -> None:
    other = "com.example.other"
    async with FakeAPNs(topics=[TOPIC, other]) as apns:
        await uninstalled(apns, TOPIC, other)
        await read_feedback(partial(apns.connect, TOPIC, service="feedback"))
        assert [each.topic for each in await apns.wait_for_feedback_read(TOPIC)] == [TOPIC]
        with pytest.raises(
            AssertionError, match=f"^waited 2 s for feedback to be read for {other}"
        ):
            await apns.wait_for_feedback_read(other, timeout=2)


async def test_waiting_looks_at_no_more_than_it_has_to(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    look = FrameBundle.entry

    def note(bundle: FrameBundle, index: int) -> Notification:
        looked_at.append(index)
        return look(bundle, index)

    monkeypatch.setattr(FrameBundle, "entry", note)
    burst = b"".join(framed(each, numbered(each % 50)) for each in range(100))
    async with FakeAPNs() as apns, trio.open_nursery() as nursery:
        stream = await provider(apns)
        nursery.start_soon(stream.send_all, burst)
        await apns.wait_until_quiet(1)
        assert looked_at == []
        # Two of the hundred that are there, and two of those that come.
        nursery.start_soon(stream.send_all, burst)
        found = await apns.wait_for(4, token=numbered(7))
        assert [each.identifier for each in found] == [7, 57, 7, 57]
        assert len(looked_at) <= 4
