"""The provider of the API: what ends a connection, and what the next gets. Time is virtual."""

from __future__ import annotations

from itertools import pairwise

import pytest
import trio
from trio.testing import MockClock

from fakeapns.protocol.http2 import (
    Request,
    Setting,
)
from fakeapns.provider import Report, SendError

from .apple import Apple, Visit, failing

STREAMS = Setting.MAX_CONCURRENT_STREAMS


@pytest.fixture(params=["ngh2", "h2"])
def engine(request: pytest.FixtureRequest) -> str:
    """Both libraries."""
    name: str = request.param
    return name


# ---- GOAWAY ---------------------------------------------------------------------------------


@pytest.mark.parametrize("debug", [b"", b"see you", b'{"reason":"Shutdown"}', b"\xff\0{", b"[1]"])
async def test_goaway_is_honoured_whatever_its_words(
    engine: str, debug: bytes, autojump_clock: MockClock
) -> None:
    """What is above the last stream goes to a new connection, below that answers are awaited."""
    held: list[Request] = []

    async def behave(visit: Visit, request: Request) -> None:
        if visit.number > 1:
            visit.accept(request)
            return
        held.append(request)
        if len(held) == 6:
            visit.wire.goaway(held[2].stream, 0, debug)
            await visit.say()
            await trio.sleep(5)
            for each in held[:3]:
                visit.accept(each)

    apple = Apple(behave)
    report = await apple.send(6, engine=engine)
    assert (report.accepted, report.resent, report.connections) == (6, 3, 2)
    assert apple.bodies(2) == [b"3", b"4", b"5"]
    ids = [request.apns_id for request in apple.requests]
    assert ids[3:6] == ids[6:]


@pytest.mark.parametrize(
    ("debug", "code", "told"),
    [
        (b"", 11, "'ENHANCE_YOUR_CALM'"),
        (b"see you\x1b[2J", 0, "'see you\\x1b[2J'"),
        (b'{"reason":"Shutdown"}', 0, "'Shutdown'"),
    ],
)
async def test_what_a_goaway_says_is_told_where_nothing_else_came(
    debug: bytes, code: int, told: str, autojump_clock: MockClock
) -> None:
    def greet(visit: Visit) -> None:
        visit.wire.goaway(0, code, debug)
        visit.wire.goaway(0, 0)

    assert (await failing(Apple(greet=greet))).endswith(f"the server said GOAWAY: {told}")


async def test_nothing_is_begun_behind_goaway(autojump_clock: MockClock) -> None:
    async def behave(visit: Visit, request: Request) -> None:
        if visit.number == 1 and len(visit.requests) == 1:
            visit.wire.goaway(request.stream, 0)
        visit.accept(request)

    apple = Apple(behave, settings={STREAMS: 1})
    report = await apple.send(10)
    assert (report.accepted, report.resent) == (10, 0)
    assert [len(visit.requests) for visit in apple.visits] == [1, 9]


async def test_one_that_many_connections_gave_back_is_no_worse_for_it(
    autojump_clock: MockClock,
) -> None:
    """Each connection takes one, and gives back all others: nobody has tried these."""
    began = trio.current_time()

    def behave(visit: Visit, request: Request) -> None:
        if len(visit.requests) == 1:
            visit.wire.goaway(request.stream, 0)
            visit.accept(request)

    report = await Apple(behave).send(10)
    assert (report.accepted, report.refused, report.connections) == (10, {}, 10)
    assert trio.current_time() == began


async def test_goaway_without_a_close_does_not_hold_up(autojump_clock: MockClock) -> None:
    """Some say it and stay; the streams below are never answered."""

    def behave(visit: Visit, request: Request) -> None:
        if visit.number > 1:
            visit.accept(request)
        elif len(visit.requests) == 2:
            visit.wire.goaway(request.stream, 0)

    report = await Apple(behave).send(2)
    assert (report.accepted, report.resent, report.connections) == (2, 2, 2)


async def test_nor_does_an_answer_that_is_owed_below_it(autojump_clock: MockClock) -> None:
    """What lies above goes out at once, beside the connection that owes one; and behind that
    nothing is awaited there.
    """
    began, heard = trio.current_time(), list[tuple[int, bytes, float]]()

    def behave(visit: Visit, request: Request) -> None:
        heard.append((visit.number, request.body, trio.current_time() - began))
        if request.body == b"1" or visit.number > 1:
            visit.accept(request)
        elif len(visit.requests) == 4:
            visit.wire.goaway(visit.requests[1].stream, 0)

    report = await Apple(behave).send(4)
    assert (report.accepted, report.resent, report.connections) == (4, 3, 2)
    late = 20.5
    assert [each for each in heard if each[0] == 2] == [
        *((2, b"2", 0.0), (2, b"3", 0.0)),
        (2, b"0", late),
    ]
    assert trio.current_time() - began == late


@pytest.mark.parametrize(
    "reason", ["BadCertificateEnvironment", "BadCertificate", "InvalidProviderToken"]
)
async def test_a_goaway_that_any_connection_would_get_ends_it_all(
    reason: str, autojump_clock: MockClock
) -> None:
    def greet(visit: Visit) -> None:
        visit.wire.goaway(0, 0, b'{"reason":"%s"}' % reason.encode())

    apple = Apple(greet=greet)
    assert await failing(apple, 3) == f"the server ended the connection: {reason}"
    assert len(apple.visits) == 1


async def test_one_that_comes_when_all_is_done_spoils_nothing(autojump_clock: MockClock) -> None:
    def behave(visit: Visit, request: Request) -> None:
        visit.wire.goaway(request.stream, 0, b'{"reason":"BadCertificate"}')
        visit.accept(request)

    assert (await Apple(behave).send(1)).accepted == 1


# ---- what is lost ---------------------------------------------------------------------------


async def test_what_was_unanswered_on_a_lost_connection_goes_out_again(
    engine: str, autojump_clock: MockClock
) -> None:
    async def behave(visit: Visit, request: Request) -> None:
        if visit.number > 1 or len(visit.requests) <= 3:
            visit.accept(request)
        elif len(visit.requests) == 10:
            await visit.leave()

    apple = Apple(behave)
    report = await apple.send(10, engine=engine)
    assert (report.accepted, report.resent, report.connections) == (10, 7, 2)
    first, second = (visit.requests for visit in apple.visits)
    assert [each.body for each in second] == [each.body for each in first[3:]]
    assert [each.apns_id for each in second] == [each.apns_id for each in first[3:]]


async def test_one_that_ends_every_connection_is_found_and_the_others_get_through(
    autojump_clock: MockClock,
) -> None:
    async def behave(visit: Visit, request: Request) -> None:
        if request.body == b"20":
            # What was answered before on this connection is lost with it.
            await visit.stream.aclose()
        else:
            visit.accept(request)

    reports: list[Report] = []
    why = await failing(Apple(behave), 40, progress=reports.append)
    assert "8 connections in a row ended and nothing got through" in why
    assert (reports[-1].accepted, reports[-1].refused) == (20, {})


async def test_what_gets_through_now_and_then_gets_through(autojump_clock: MockClock) -> None:
    """Every other connection brings nothing: only so many in a row are too many."""

    async def behave(visit: Visit, request: Request) -> None:
        if visit.number % 2 == 0:
            visit.accept(request)
        await visit.leave()

    report = await Apple(behave, settings={STREAMS: 1}).send(12)
    assert (report.accepted, report.refused, report.connections) == (12, {}, 24)


async def test_between_fruitless_connections_it_waits_longer_and_longer(
    autojump_clock: MockClock,
) -> None:
    moments = []

    async def greet(visit: Visit) -> None:
        moments.append(trio.current_time())
        await visit.stream.aclose()

    await failing(Apple(greet=greet))
    pauses = [later - moment for moment, later in pairwise(moments)]
    assert pauses == pytest.approx([0.1 * 2**number for number in range(1, 8)])


async def test_connecting_is_tried_as_often_as_is_said(autojump_clock: MockClock) -> None:
    apple = Apple()
    failures = 0
    connect = apple.connect

    async def unlucky() -> trio.abc.Stream:
        nonlocal failures
        failures += 1
        if failures < 3:
            raise SendError("cannot connect")
        return await connect()

    apple.connect = unlucky  # type: ignore[method-assign]
    assert (await apple.send(1, tries=3)).accepted == 1
    failures = 0
    assert await failing(apple, tries=2) == "cannot connect"
