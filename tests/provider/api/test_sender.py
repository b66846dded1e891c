"""The provider of the API: streams, limits and silence. Time is virtual."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from fakeapns.protocol.http2 import (
    GoAwayReceived,
    Request,
    Setting,
)
from fakeapns.provider.api import ApiPush

from .apple import TOPIC, Apple, Visit, failing

STREAMS = Setting.MAX_CONCURRENT_STREAMS


@pytest.fixture(params=["ngh2", "h2"])
def engine(request: pytest.FixtureRequest) -> str:
    """Both libraries."""
    name: str = request.param
    return name


async def test_a_push_says_all_that_it_is(autojump_clock: MockClock) -> None:
    apple = Apple()
    whole = ApiPush("ab" * 32, b"{}", "an-id", TOPIC, "background", 5, 1_900_000_000, "news")
    report = await apple.send(1, pushes=[whole])
    assert (report.accepted, report.connections) == (1, 1)
    [request] = apple.requests
    assert dict(request.headers) == {
        b":method": b"POST",
        b":scheme": b"https",
        b":authority": b"localhost",
        b":path": b"/3/device/" + b"ab" * 32,
        b"apns-id": b"an-id",
        b"apns-topic": TOPIC.encode(),
        b"apns-push-type": b"background",
        b"apns-priority": b"5",
        b"apns-expiration": b"1900000000",
        b"apns-collapse-id": b"news",
    }
    assert request.body == b"{}"


async def test_a_broadcast_names_its_app_and_its_channel(autojump_clock: MockClock) -> None:
    apple = Apple()
    whole = ApiPush("", b"{}", "an-id", TOPIC, "liveactivity", 5, 0, channel="AAAA")
    assert (await apple.send(1, pushes=[whole])).accepted == 1
    [request] = apple.requests
    assert dict(request.headers) == {
        b":method": b"POST",
        b":scheme": b"https",
        b":authority": b"localhost",
        b":path": b"/4/broadcasts/apps/" + TOPIC.encode(),
        b"apns-request-id": b"an-id",
        b"apns-channel-id": b"AAAA",
        b"apns-push-type": b"liveactivity",
        b"apns-priority": b"5",
        b"apns-expiration": b"0",
    }


NAMED = ("token", "apns_id", "topic", "push_type", "collapse_id", "channel")


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("value", ["a\nb", " a", "a ", "größe"])
def test_what_no_header_can_carry_is_no_push(name: str, value: str) -> None:
    usual = {"token": "ab", "payload": b"{}", "apns_id": "an-id"}
    with pytest.raises(ValueError, match=f"^{name} '.*' cannot stand in a header"):
        ApiPush(**{**usual, name: value})  # type: ignore[arg-type]


async def test_a_thousand_go_over_one_connection(engine: str, autojump_clock: MockClock) -> None:
    apple = Apple()
    report = await apple.send(1000, engine=engine)
    assert (report.accepted, report.refused, report.resent) == (1000, {}, 0)
    assert (report.connections, report.underway, report.done) == (1, 0, 1000)
    assert apple.bodies() == [b"%d" % number for number in range(1000)]
    # It says goodbye, and closes.
    assert any(isinstance(each, GoAwayReceived) for each in apple.visits[0].events)


async def test_as_many_streams_are_open_as_are_allowed(
    engine: str, autojump_clock: MockClock
) -> None:
    held: list[Request] = []
    most = 0

    def by_sevens(visit: Visit, request: Request) -> None:
        nonlocal most
        held.append(request)
        most = max(most, len(held))
        if len(held) == 7 or len(visit.requests) == 30:
            for each in held:
                visit.accept(each)
            held.clear()

    report = await Apple(by_sevens, settings={STREAMS: 7}).send(30, engine=engine)
    assert (report.accepted, most) == (30, 7)


async def test_a_limit_of_one_is_kept_until_it_is_raised(
    engine: str, autojump_clock: MockClock
) -> None:
    """As with a JWT: the first valid request raises it."""
    open_then: list[int] = []

    async def behave(visit: Visit, request: Request) -> None:
        open_then.append(len(visit.requests))
        if len(visit.requests) == 1:
            # Time for all that it should not send.
            await trio.sleep(5)
            visit.wire.update_settings({STREAMS: 50})
        visit.accept(request)

    apple = Apple(behave, settings={STREAMS: 1})
    assert (await apple.send(50, engine=engine)).accepted == 50
    first = next(i for i, each in enumerate(apple.visits[0].events) if isinstance(each, Request))
    assert not any(isinstance(each, Request) for each in apple.visits[0].events[:first])
    refused = [each for each in apple.visits[0].events if not isinstance(each, Request)]
    assert not any(type(each).__name__ == "StreamRefused" for each in refused)


async def test_a_limit_that_falls_is_obeyed(engine: str, autojump_clock: MockClock) -> None:
    """Until fewer are open, nothing is begun."""
    held: list[Request] = []
    most_behind = 0

    async def behave(visit: Visit, request: Request) -> None:
        nonlocal most_behind
        held.append(request)
        number = len(visit.requests)
        if number == 5:
            visit.wire.update_settings({STREAMS: 2})
        if number > 5:
            most_behind = max(most_behind, len(held))
        if number < 5:
            return
        if number == 5 or len(held) == 2 or number == 20:
            for each in held:
                visit.accept(each)
            held.clear()

    apple = Apple(behave, settings={STREAMS: 5})
    report = await apple.send(20, engine=engine)
    assert (report.accepted, report.resent, most_behind) == (20, 0, 2)


async def test_no_stream_is_opened_before_settings_have_come(autojump_clock: MockClock) -> None:
    async def late(visit: Visit) -> None:
        await trio.sleep(3)
        assert visit.requests == []

    apple = Apple(greet=late)
    assert (await apple.send(3)).accepted == 3
    assert apple.visits[0].requests


async def test_a_server_that_allows_no_stream_is_left(autojump_clock: MockClock) -> None:
    apple = Apple(settings={STREAMS: 0})
    assert await failing(apple) == (
        "8 connections in a row ended and nothing got through; the last: the server allowed no "
        "stream for 20 seconds"
    )
    assert apple.requests == []


async def test_a_server_that_is_mute_is_left(autojump_clock: MockClock) -> None:
    async def mute(visit: Visit) -> None:
        await trio.sleep_forever()

    apple = Apple(greet=mute)
    assert "the server said nothing for 20 seconds" in await failing(apple)


async def test_one_that_speaks_http_1_is_told_at_once(autojump_clock: MockClock) -> None:
    async def http_1(visit: Visit) -> None:
        await visit.stream.send_all(b"HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n")
        await visit.stream.aclose()

    apple = Apple(greet=http_1)
    assert await failing(apple) == (
        "the server answers in HTTP/1.1: that is no port of the provider API"
    )
    assert len(apple.visits) == 1


async def test_one_that_speaks_something_else_is_left(autojump_clock: MockClock) -> None:
    async def garbage(visit: Visit) -> None:
        await visit.stream.send_all(b"220 mail.example.com ESMTP ready for you\r\n")

    assert "8 connections in a row ended" in await failing(Apple(greet=garbage))


async def test_one_that_closes_is_said_to_have_said_nothing(autojump_clock: MockClock) -> None:
    """As the binary gateway does, which waits for a frame of its own."""

    async def closing(visit: Visit) -> None:
        await visit.stream.aclose()

    assert "the server closed the connection before it had said SETTINGS" in await failing(
        Apple(greet=closing)
    )
