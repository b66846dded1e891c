"""The short way through the server is a shortcut only: with it and without, the same ledger."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from fakeapns import (
    Acknowledge,
    AfterNotifications,
    Blackhole,
    Drop,
    FakeAPNs,
    Garbage,
    On,
    Reject,
    Scenario,
    Shutdown,
    Stall,
    Step,
    Throttle,
)
from fakeapns.ledger.entries import ConnectionClosed

from ..frames import PAYLOAD, enhanced, framed, numbered, raw_frame, simple
from .played import recorded, step
from .twice import BREAK, LEAVE, MANY, UNINSTALLED, both, burst, play

LATER = burst(5)
# At no moment at which a fault has something to do.
EVERYTHING: list[bytes | float | str] = [burst(), 0.113, LATER, 1.07, LATER, 10.3, LATER]
AT = {"notification": 700}
MIXED = burst(100) + burst(50, enhanced) + simple() * 50 + framed(order=(2, 1, 3)) + burst(100)
#: The provider is gone before its second read is looked at, and an answer to that is stuck.
BREAKING = [
    step(Throttle("1MiB"), notification=1),
    step(Acknowledge(), notification=10),
    step(Stall("1h"), notification=11),
]

STORIES: dict[str, tuple[Any, ...]] = {
    "nothing": ([], EVERYTHING),
    "reject": ([step(Reject(), **AT)], EVERYTHING),
    "reject-after-a-while": ([step(Reject(delay="250ms"), **AT)], EVERYTHING),
    "reject-after-notifications": (
        [step(Reject(delay=AfterNotifications(40)), **AT)],
        EVERYTHING,
    ),
    "reject-after-too-many": ([step(Reject(delay=AfterNotifications(9000)), **AT)], EVERYTHING),
    "reject-next-connection": (
        [step(Reject(answer_on="next-connection"), every=300)],
        EVERYTHING,
    ),
    "reject-late": ([step(Reject(), **AT)], EVERYTHING, [], {"error_delay": "1s"}),
    "reject-by-chance": (
        [step(Reject(), chance=0.001)],
        EVERYTHING,
        [],
        {"error_delay": "75ms..500ms"},
    ),
    "reject-by-content": ([step(Reject(), token=numbered(700).hex())], EVERYTHING),
    "drop": ([step(Drop(), **AT)], EVERYTHING),
    "drop-reset": ([step(Drop("reset"), **AT)], [burst()]),
    "drop-without-a-word": ([step(Drop("no-close-notify"), **AT)], EVERYTHING),
    "drop-half": ([step(Drop("half"), **AT)], [*EVERYTHING, LEAVE]),
    "drop-inside": ([step(Drop(after_bytes=10), **AT)], EVERYTHING),
    "drop-by-time": ([step(Drop(), after="1s")], EVERYTHING),
    "shutdown": ([step(Shutdown(), **AT)], EVERYTHING),
    "shutdown-later": ([step(Shutdown(AfterNotifications(100)), **AT)], EVERYTHING),
    "shutdown-of-command-0": ([step(Shutdown(), notification=20)], [simple() * 50]),
    "shutdown-by-time": ([step(Shutdown(), after="2s")], EVERYTHING),
    "shutdown-by-time-of-command-0": ([step(Shutdown(), after="2s")], [simple() * 50]),
    "shutdown-by-time-of-both": ([step(Shutdown(), after="2s")], [burst(50) + simple() * 50]),
    "names-the-last-accepted": ([step(Reject(identifier="last-accepted"), **AT)], EVERYTHING),
    "stall": ([step(Stall("3s"), times=1, **AT)], EVERYTHING),
    "stalls": ([step(Stall("500ms"), every=300)], EVERYTHING),
    "stall-then-reject": (
        [step(Stall("3s"), notification=500), step(Reject(), **AT)],
        EVERYTHING,
    ),
    "stall-then-drop-inside": (
        [step(Stall("3s"), notification=500), step(Drop(after_bytes=10), **AT)],
        EVERYTHING,
    ),
    "stall-and-leave": ([step(Stall("3s"), **AT)], [burst(), 1.0, LEAVE]),
    "stall-and-break": (BREAKING, [framed(1), burst(), BREAK]),
    "stall-by-time": ([step(Stall("3s"), after="500ms")], EVERYTHING),
    "throttle": ([step(Throttle("16KiB"), **AT)], EVERYTHING),
    "blackhole": ([step(Blackhole("500ms"), **AT)], [*EVERYTHING, LEAVE]),
    "acknowledge": ([step(Acknowledge(), every=250)], EVERYTHING),
    "garbage": ([step(Garbage("08 08 id"), **AT)], EVERYTHING),
    "per-connection": ([Step(Reject(), On(notification=700), 1, "connection")], EVERYTHING),
    "mixed": ([], [MIXED, 1.0, MIXED]),
    "mixed-and-cut": ([], [MIXED[:9001], 1.0, MIXED[9001:] + b"\x02\x00", LEAVE]),
    "malformed": ([], [MIXED + raw_frame(b"\x09") + MIXED, 1.0, LATER]),
    "unknown-command": ([], [MIXED + b"\x09" + MIXED]),
    "over-the-limit": ([], [burst(50), framed(9, payload=bytes(9000)), burst(9)], [], {}),
    "uninstalled": ([], EVERYTHING, UNINSTALLED),
    "uninstalled-reject": ([], EVERYTHING, UNINSTALLED, {"uninstalled": "reject"}),
    "registered": ([], EVERYTHING, UNINSTALLED, {"tokens": "registered"}),
    "short-frames-only": ([], EVERYTHING, [], {"max_frame": 60}),
    "signed-expiry": (
        [],
        [b"".join(framed(1, expiration=each) for each in (1, 2**31, 2**32 - 1)) * 9],
        [],
        {"signed_expiry": True},
    ),
    "odd-payloads": (
        [],
        [b"".join(framed(1, payload=each) for each in (PAYLOAD, b"{}", b"[1]", b'{"aps":{}}'))],
    ),
    "odd-envelopes": (
        [],
        [
            b"".join(
                framed(1, token, expiration=each, priority=5)
                for token in (numbered(1), b"0123456789abcdef" * 2)
                for each in (None, 0, 1, 3600, 2**31 - 1, 2**32 - 1)
            )
            * 9
        ],
    ),
    "keys-twice": (
        [],
        [
            b"".join(
                framed(1, payload=each)
                for each in (PAYLOAD, b'{"aps":{"alert":"a","alert":"b"}}', PAYLOAD)
            )
            * 9
        ],
    ),
    "strict": ([], [burst(9), framed(1, payload=b"{}"), LATER], [], {"strict_payload": True}),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_short_way_changes_nothing(story: tuple[Any, ...]) -> None:
    played = both(*story)
    assert played.entries[-1]["kind"] == "ConnectionClosed"


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_short_way_changes_nothing_when_the_server_stops_in_the_middle(
    story: tuple[Any, ...],
) -> None:
    both(*story, now=True)


def test_the_short_way_is_really_taken() -> None:
    assert play(True, [], [burst(), 1.0]).in_bundles == MANY
    assert play(True, [step(Reject(), notification=701)], [burst(), 1.0]).in_bundles == 700


# ---- what a stall keeps back ------------------------------------------------------------


async def test_frames_behind_a_stall_wait_until_it_is_over(autojump_clock: MockClock) -> None:
    scenario = Scenario(about="A test.", step=(step(Stall("3s"), times=1, notification=700),))
    async with FakeAPNs(scenario=scenario) as apns:
        provider = await apns.connect()
        await provider.send_all(burst())
        await trio.sleep(2)
        assert len(apns.accepted) == 700
        await trio.sleep(2)
        assert [each.identifier for each in apns.accepted] == list(range(1, MANY + 1))


@pytest.mark.parametrize("fast", [True, False])
def test_a_server_that_stops_during_a_stall_has_all_on_record_that_it_read(fast: bool) -> None:
    small = burst(400)
    played = play(fast, [step(Stall("1h"), every=100)], [small, 1.0], now=True)
    notifications = [each for each in played.entries if each["kind"] == "Notification"]
    assert [each["identifier"] for each in notifications] == list(range(1, 401))
    assert played.entries[-1]["kind"] == ConnectionClosed.__name__
    assert (played.entries[-1]["accepted"], played.entries[-1]["unread_bytes"]) == (400, 0)


@pytest.mark.parametrize("fast", [True, False])
def test_a_provider_that_breaks_off_during_a_stall_has_left_bytes_unread(fast: bool) -> None:
    played = play(fast, BREAKING, [framed(1), burst(100), BREAK])
    closed = played.entries[-1]
    assert (closed["kind"], closed["accepted"]) == (ConnectionClosed.__name__, 11)
    assert closed["unread_bytes"] == len(burst(100)) - len(burst(10))


@pytest.mark.parametrize("fast", [True, False])
async def test_a_fault_that_comes_during_a_stall_may_cut_what_waits(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    monkeypatch.setattr("fakeapns.fake.services.BUNDLES", fast)
    scenario = Scenario(about="A test.", step=(step(Stall("3s"), notification=10),))
    async with FakeAPNs(scenario=scenario) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(100))
        await trio.sleep(1)
        apns.inject(Drop(after_bytes=5), notification=21)
        [closed] = await recorded(apns, ConnectionClosed)
    assert (closed.accepted, closed.unread_bytes) == (20, len(burst(100)) - len(burst(20)))
