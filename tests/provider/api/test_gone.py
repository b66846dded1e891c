"""Behind an answer that calls a device or a channel gone nothing more is sent there."""

from __future__ import annotations

import json

import msgspec
import pytest
from trio.testing import MockClock

from fakeapns.protocol.http2 import Request, Setting
from fakeapns.provider import Report
from fakeapns.provider.api import ApiPush

from .apple import TOPIC, Apple, Visit

#: No more than this at a time, so that much is still to be sent.
ONE: dict[int, int] = {Setting.MAX_CONCURRENT_STREAMS: 1}
SINCE = 1_700_000_000
HERE, THERE = "aa" * 32, "bb" * 32


def pushes(**gone: object) -> list[ApiPush]:
    """Three for each of two devices, in turn."""
    made = []
    for number in range(6):
        mine = ApiPush((HERE, THERE)[number % 2], b"%d" % number, f"id-{number}", TOPIC)
        made.append(msgspec.structs.replace(mine, **gone) if number % 2 else mine)
    return made


async def sent(
    status: int, answer: dict[str, object], given: list[ApiPush]
) -> tuple[Report, list[bytes]]:
    """What became of them, where the second device is refused so, and what was sent."""

    def behave(visit: Visit, request: Request) -> None:
        if int(request.body) % 2:
            visit.wire.respond(request.stream, status, (), json.dumps(answer).encode())
        else:
            visit.accept(request)

    apple = Apple(behave, settings=ONE)
    report = await apple.send(0, pushes=given)
    return report, apple.bodies()


@pytest.mark.parametrize(
    ("said", "registered"),
    [
        ({"timestamp": SINCE * 1000}, None),
        ({"timestamp": SINCE * 1000}, SINCE - 1),
        ({"timestamp": SINCE * 1000}, SINCE),
        ({}, SINCE),
    ],
)
@pytest.mark.parametrize("reason", ["Unregistered", "ExpiredToken"])
async def test_a_device_that_is_gone_gets_nothing_more(
    reason: str, said: dict[str, object], registered: float | None, autojump_clock: MockClock
) -> None:
    answer = {"reason": reason, **said}
    report, bodies = await sent(410, answer, pushes(registered=registered))
    assert bodies == [b"0", b"1", b"2", b"4"]
    assert (report.accepted, report.refused) == (3, {1: f"410 {reason}"})
    assert report.withheld == {3: f"410 {reason}", 5: f"410 {reason}"}
    assert report.done == 6


async def test_one_that_has_registered_since_gets_all(autojump_clock: MockClock) -> None:
    answer = {"reason": "Unregistered", "timestamp": SINCE * 1000}
    report, bodies = await sent(410, answer, pushes(registered=SINCE + 1))
    assert (len(bodies), len(report.refused), report.withheld) == (6, 3, {})


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "BadDeviceToken"), (413, "PayloadTooLarge"), (403, "Forbidden")]
)
async def test_no_other_refusal_strikes_a_device_off(
    status: int, reason: str, autojump_clock: MockClock
) -> None:
    report, bodies = await sent(status, {"reason": reason}, pushes())
    assert (len(bodies), len(report.refused), report.withheld) == (6, 3, {})


@pytest.mark.parametrize("reason", ["ChannelNotRegistered", "BroadcastFeatureNotEnabled"])
async def test_a_channel_that_is_gone_gets_nothing_more(
    reason: str, autojump_clock: MockClock
) -> None:
    report, bodies = await sent(400, {"reason": reason}, pushes(token="", channel="AAAA"))
    assert bodies == [b"0", b"1", b"2", b"4"]
    assert sorted(report.withheld) == [3, 5]


async def test_what_waits_for_another_try_is_not_sent_either(autojump_clock: MockClock) -> None:
    """It had asked for patience, and then its device was gone."""

    def behave(visit: Visit, request: Request) -> None:
        match request.body:
            case b"1":
                visit.refuse(request, 503, "ServiceUnavailable")
            case b"3":
                visit.refuse(request, 410, "Unregistered")
            case _:
                visit.accept(request)

    apple = Apple(behave, settings=ONE)
    report = await apple.send(0, pushes=pushes())
    assert apple.bodies() == [b"0", b"1", b"2", b"3", b"4"]
    assert (report.accepted, sorted(report.refused), sorted(report.withheld)) == (3, [3], [1, 5])


async def test_what_is_under_way_then_is_not_sent_again(autojump_clock: MockClock) -> None:
    def behave(visit: Visit, request: Request) -> None:
        if request.body == b"1":
            visit.refuse(request, 410, "Unregistered")
        elif request.body == b"3":
            visit.refuse(request, 503, "ServiceUnavailable")
        else:
            visit.accept(request)

    apple = Apple(behave)
    report = await apple.send(0, pushes=pushes()[:4])
    assert (len(apple.requests), report.accepted) == (4, 2)
    assert (sorted(report.refused), sorted(report.withheld)) == ([1], [3])


async def test_an_idle_connection_is_left_and_the_push_sent_again(
    autojump_clock: MockClock,
) -> None:
    """400 IdleTimeout is about the connection, and not about the push."""

    def behave(visit: Visit, request: Request) -> None:
        if visit.number == 1:
            visit.refuse(request, 400, "IdleTimeout")
        else:
            visit.accept(request)

    apple = Apple(behave)
    report = await apple.send(1)
    assert (report.accepted, report.refused, report.connections) == (1, {}, 2)
