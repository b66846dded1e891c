"""The provider of the API: who says nothing, and who takes nothing. Time is virtual."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from fakeapns.protocol.http2 import (
    ErrorCode,
    Omitted,
    PingReceived,
    Request,
    Setting,
    StreamReset,
)
from fakeapns.provider.api import ApiPush

from .apple import TOPIC, Apple, Visit, push

STREAMS = Setting.MAX_CONCURRENT_STREAMS


async def test_a_silent_server_is_pinged_and_then_left(autojump_clock: MockClock) -> None:
    heard: list[float] = []

    async def behave(visit: Visit, request: Request) -> None:
        heard.append(trio.current_time())
        if visit.number > 1:
            visit.accept(request)
        else:
            # It hears nothing more, and answers no PING.
            await trio.sleep_forever()

    report = await Apple(behave).send(1)
    assert (report.accepted, report.resent, report.connections) == (1, 1, 2)
    assert heard[1] - heard[0] == pytest.approx(20.2)


async def test_one_that_answers_pings_keeps_the_connection(autojump_clock: MockClock) -> None:
    """What is too late is asked for again all the same, with the same id, and the rest goes on."""

    def behave(visit: Visit, request: Request) -> None:
        if request.body != b"0" or len(visit.requests) > 2:
            visit.accept(request)

    apple = Apple(behave)
    report = await apple.send(2)
    assert (report.accepted, report.resent, report.connections) == (2, 1, 1)
    events = apple.visits[0].events
    assert sum(isinstance(each, PingReceived) for each in events) == 1
    assert [each.code for each in events if isinstance(each, StreamReset)] == [ErrorCode.CANCEL]
    first, _, again = apple.requests
    assert (first.apns_id, first.body) == (again.apns_id, again.body)


async def test_one_that_is_slow_is_asked_again_and_again(autojump_clock: MockClock) -> None:
    async def answer(visit: Visit, request: Request) -> None:
        await trio.sleep(15)
        visit.accept(request)
        await visit.say()

    def behave(visit: Visit, request: Request) -> None:
        # Beside it, PINGs are answered.
        apple.nursery.start_soon(answer, visit, request)

    apple = Apple(behave, settings={STREAMS: 1})
    report = await apple.send(3)
    assert (report.accepted, report.resent) == (3, 0)
    assert sum(isinstance(each, PingReceived) for each in apple.visits[0].events) == 3


@pytest.mark.parametrize("answered", [True, False])
async def test_patience_with_a_limit_of_none_begins_when_something_was_over(
    answered: bool, autojump_clock: MockClock
) -> None:
    async def behave(visit: Visit, request: Request) -> None:
        if len(visit.requests) == 1:
            await trio.sleep(15)
            visit.wire.update_settings({STREAMS: 0})
            if answered:
                visit.accept(request)
            else:
                visit.wire.reset(request.stream, ErrorCode.REFUSED_STREAM)
            await visit.say()
            await trio.sleep(15)
            visit.wire.update_settings({STREAMS: 1})
        else:
            visit.accept(request)

    report = await Apple(behave, settings={STREAMS: 1}).send(3)
    assert (report.accepted, report.connections) == (3, 1)


async def test_or_when_there_is_something_to_send_again(autojump_clock: MockClock) -> None:
    async def behave(visit: Visit, request: Request) -> None:
        if len(visit.requests) == 1:
            visit.refuse(request, 503, None)
            visit.wire.update_settings({STREAMS: 0})
            await visit.say()
            # The pause is half a second.
            await trio.sleep(0.6)
            visit.wire.update_settings({STREAMS: 1})
        else:
            visit.accept(request)

    report = await Apple(behave, settings={STREAMS: 1}).send(1, patience=0.3)
    assert (report.accepted, report.connections) == (1, 1)


async def test_what_is_never_answered_is_given_up(autojump_clock: MockClock) -> None:
    report = await Apple(lambda visit, request: None).send(1)
    assert report.refused == {0: "no answer within 20 seconds"}


async def test_nobody_is_pinged_who_owes_nothing(autojump_clock: MockClock) -> None:
    """Here for the pause behind a 503 only."""

    def behave(visit: Visit, request: Request) -> None:
        if visit.number > 1:
            visit.accept(request)
        else:
            visit.refuse(request, 503, "ServiceUnavailable")

    apple = Apple(behave)
    report = await apple.send(1, patience=0.1)
    assert (report.accepted, report.resent) == (1, 2)
    assert not any(isinstance(each, PingReceived) for each in apple.visits[0].events)


async def test_a_server_that_gives_no_credit_is_left(autojump_clock: MockClock) -> None:
    """A body of which nothing is taken is no reason to begin others, nor to wait for ever."""

    def greet(visit: Visit) -> None:
        if visit.number == 1:
            visit.wire.omit(Omitted.WINDOW_UPDATE)

    pushes = [
        ApiPush(each.token, bytes(4096), each.apns_id, TOPIC) for each in map(push, range(60))
    ]
    apple = Apple(greet=greet)
    report = await apple.send(60, pushes=pushes)
    assert report.accepted == 60
    # As many as there is credit for, and as many bytes as may wait for more.
    assert len(apple.visits[0].requests) == 15
    assert apple.visits[0].wire.last_stream < 2 * (16 + 17)


async def test_a_server_that_reads_nothing_is_left(autojump_clock: MockClock) -> None:
    """Then writing itself waits."""
    apple = Apple()
    connect = apple.connect

    async def deaf() -> trio.abc.Stream:
        stream = await connect()
        assert isinstance(stream, trio.StapledStream)
        if len(apple.visits) == 1:
            stream.send_stream.send_all_hook = trio.sleep_forever
        return stream

    apple.connect = deaf  # type: ignore[method-assign]
    report = await apple.send(3)
    assert (report.accepted, report.resent, report.connections) == (3, 0, 2)
    assert trio.current_time() == pytest.approx(20.2)
