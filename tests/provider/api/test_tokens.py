"""The one token with which all goes out, and when there is another. Time is virtual."""

from __future__ import annotations

from itertools import pairwise

import pytest
import trio
from trio.testing import MockClock

from fakeapns.protocol.http2 import Request, Setting

from .apple import Apple, Minted, Visit, failing, header

STREAMS = Setting.MAX_CONCURRENT_STREAMS


async def test_one_token_goes_out_with_all(autojump_clock: MockClock) -> None:
    minted = Minted()
    apple = Apple(settings={STREAMS: 3})
    assert (await apple.send(100, tokens=minted.tokens)).accepted == 100
    assert {header(request, b"authorization") for request in apple.requests} == {b"bearer token1"}
    # Another list, soon behind it, has the same.
    await apple.send(10, tokens=minted.tokens)
    assert len(minted.moments) == 1


async def test_without_tokens_nothing_is_said_of_them(autojump_clock: MockClock) -> None:
    apple = Apple()
    await apple.send(1)
    assert header(apple.requests[0], b"authorization") is None


async def test_a_token_is_replaced_after_fifty_minutes(autojump_clock: MockClock) -> None:
    async def slow(visit: Visit, request: Request) -> None:
        await trio.sleep(5 * 60)
        visit.accept(request)

    minted = Minted()
    apple = Apple(slow, settings={STREAMS: 1})
    report = await apple.send(25, tokens=minted.tokens, patience=1000)
    assert (report.accepted, report.connections) == (25, 1)
    assert [b - a for a, b in pairwise(minted.moments)] == pytest.approx([3000, 3000])


async def test_a_connection_that_was_opened_late_makes_way_for_one_with_a_new_token(
    autojump_clock: MockClock,
) -> None:
    """Apple counts the twenty minutes by connection (pushy #931, #946)."""
    signed: dict[int, dict[bytes | None, float]] = {}

    async def slow(visit: Visit, request: Request) -> None:
        token = header(request, b"authorization")
        signed.setdefault(visit.number, {}).setdefault(token, trio.current_time())
        await trio.sleep(5 * 60)
        visit.accept(request)
        if visit.number == 1 and trio.current_time() >= 40 * 60:
            visit.wire.goaway(request.stream, 0, b"")

    minted = Minted()
    apple = Apple(slow, settings={STREAMS: 1})
    report = await apple.send(25, tokens=minted.tokens, patience=1000)
    assert (report.accepted, report.refused, report.connections) == (25, {}, 3)
    assert [list(each) for each in signed.values()][:2] == [[b"bearer token1"]] * 2
    assert b"bearer token2" in signed[3]
    for tokens in signed.values():
        assert all(b - a >= 20 * 60 for a, b in pairwise(tokens.values()))


async def test_an_expired_token_is_replaced_once_on_another_connection(
    autojump_clock: MockClock,
) -> None:
    def behave(visit: Visit, request: Request) -> None:
        if header(request, b"authorization") == b"bearer token1":
            visit.refuse(request, 403, "ExpiredProviderToken")
        else:
            visit.accept(request)

    minted = Minted()
    apple = Apple(behave)
    report = await apple.send(20, tokens=minted.tokens)
    assert (report.accepted, report.refused, report.resent) == (20, {}, 20)
    assert (report.connections, len(minted.moments)) == (2, 2)
    first, second = (visit.requests for visit in apple.visits)
    assert [each.apns_id for each in first] == [each.apns_id for each in second]
    assert {header(each, b"authorization") for each in second} == {b"bearer token2"}


async def test_a_token_that_is_called_expired_again_is_not_replaced_again(
    autojump_clock: MockClock,
) -> None:
    """A wrong clock here, or a fault there: more tokens make it worse."""

    def behave(visit: Visit, request: Request) -> None:
        visit.refuse(request, 403, "ExpiredProviderToken")

    minted = Minted()
    apple = Apple(behave)
    report = await apple.send(20, tokens=minted.tokens)
    assert report.refused == dict.fromkeys(range(20), "403 ExpiredProviderToken")
    assert (len(minted.moments), len(apple.requests)) == (2, 40)


def test_no_token_is_made_within_twenty_minutes_of_a_replacement() -> None:
    minted = Minted()
    tokens = minted.tokens
    assert tokens.current(0) == "token1"
    assert tokens.renew("token1", 60)
    # What was sent with the old one is sent with the new one.
    assert tokens.renew("token1", 61)
    assert tokens.current(62) == "token2"
    assert not tokens.renew("token2", 60 + 19 * 60)
    assert tokens.renew("token2", 60 + 20 * 60)
    assert tokens.current(60 + 69 * 60) == "token3"
    assert tokens.current(60 + 70 * 60) == "token4"
    assert minted.moments == [0, 60, 1260, 4260]


async def test_who_has_a_certificate_replaces_no_token(autojump_clock: MockClock) -> None:
    def behave(visit: Visit, request: Request) -> None:
        visit.refuse(request, 403, "ExpiredProviderToken")

    report = await Apple(behave).send(1)
    assert (report.refused, report.resent) == ({0: "403 ExpiredProviderToken"}, 0)


async def test_a_goaway_that_calls_the_token_expired_gets_another(
    autojump_clock: MockClock,
) -> None:
    def greet(visit: Visit) -> None:
        if visit.number == 1:
            visit.wire.goaway(0, 0, b'{"reason":"ExpiredProviderToken"}')

    minted = Minted()
    apple = Apple(greet=greet)
    assert (await apple.send(2, tokens=minted.tokens)).accepted == 2
    assert {header(each, b"authorization") for each in apple.requests} == {b"bearer token2"}

    def always(visit: Visit) -> None:
        visit.wire.goaway(0, 0, b'{"reason":"ExpiredProviderToken"}')

    assert await failing(Apple(greet=always), 2, tokens=Minted().tokens) == (
        "the server ended the connection: ExpiredProviderToken"
    )
