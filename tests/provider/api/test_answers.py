"""What the provider of the API does about answers: when it sends again, and when not.

Time is virtual.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
import trio
from trio.testing import MockClock

from fakeapns.protocol.http2 import ErrorCode, Request, Setting
from fakeapns.provider.api import ApiPush
from fakeapns.provider.api.answers import Fate, judge, told_in

from .apple import TOPIC, Apple, Minted, Visit, push

STREAMS = Setting.MAX_CONCURRENT_STREAMS

#: Apple's own reasons that no second try mends.
FINAL = [
    (400, "BadDeviceToken"),
    (400, "DeviceTokenNotForTopic"),
    (400, "MissingTopic"),
    (400, "PayloadEmpty"),
    (403, "Forbidden"),
    (403, "InvalidProviderToken"),
    (403, "MissingProviderToken"),
    (403, "BadCertificateEnvironment"),
    (404, "BadPath"),
    (405, "MethodNotAllowed"),
    (410, "ExpiredToken"),
    (410, "Unregistered"),
    (413, "PayloadTooLarge"),
    (429, "TooManyProviderTokenUpdates"),
    (400, None),
    (418, None),
]
PASSING = [
    (429, "TooManyRequests"),
    (429, None),
    (500, "InternalServerError"),
    (503, "ServiceUnavailable"),
    (503, "Shutdown"),
    (500, None),
    (599, "SomethingNew"),
]


def label(status: int, reason: str | None) -> str:
    """What a report says of an answer."""
    return f"{status} {reason or 'without a reason'}"


@pytest.mark.parametrize(("status", "reason"), FINAL)
async def test_what_is_refused_for_good_is_never_sent_again(
    status: int, reason: str | None, autojump_clock: MockClock
) -> None:
    def behave(visit: Visit, request: Request) -> None:
        if request.body == b"1":
            visit.refuse(request, status, reason)
        else:
            visit.accept(request)

    apple, minted = Apple(behave), Minted()
    report = await apple.send(3, tokens=minted.tokens)
    assert (report.accepted, report.refused, report.resent) == (2, {1: label(status, reason)}, 0)
    assert (len(apple.requests), len(apple.visits), len(minted.moments)) == (3, 1, 1)


@pytest.mark.parametrize(("status", "reason"), PASSING)
async def test_what_passes_is_sent_again_behind_a_pause_with_the_same_id(
    status: int, reason: str | None, autojump_clock: MockClock
) -> None:
    moments = []

    def behave(visit: Visit, request: Request) -> None:
        moments.append(trio.current_time())
        if len(moments) == 1:
            visit.refuse(request, status, reason)
        else:
            visit.accept(request)

    apple = Apple(behave)
    report = await apple.send(1)
    assert (report.accepted, report.refused, report.resent) == (1, {}, 1)
    first, again = apple.requests
    assert (first.apns_id, first.body) == (again.apns_id, again.body)
    assert moments[1] - moments[0] == pytest.approx(0.5)


@pytest.mark.parametrize(("status", "reason"), PASSING)
async def test_pauses_grow_and_have_an_end(
    status: int, reason: str | None, autojump_clock: MockClock
) -> None:
    moments = []

    def behave(visit: Visit, request: Request) -> None:
        moments.append(trio.current_time())
        visit.refuse(request, status, reason)

    report = await Apple(behave).send(1)
    assert report.refused == {0: label(status, reason)}
    pauses = [later - moment for moment, later in pairwise(moments)]
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8])


async def test_a_pause_of_one_holds_up_no_other(autojump_clock: MockClock) -> None:
    def behave(visit: Visit, request: Request) -> None:
        if request.body == b"0" and len(visit.requests) == 1:
            visit.refuse(request, 429, "TooManyRequests")
        else:
            visit.accept(request)

    apple = Apple(behave, settings={STREAMS: 1})
    assert (await apple.send(4)).accepted == 4
    assert apple.bodies() == [b"0", b"1", b"2", b"3", b"0"]


async def test_a_connection_that_has_wedged_is_left(autojump_clock: MockClock) -> None:
    """Some answered 500 to everything until a new one was opened."""

    def behave(visit: Visit, request: Request) -> None:
        if visit.number == 1:
            visit.refuse(request, 500, "InternalServerError")
        else:
            visit.accept(request)

    report = await Apple(behave).send(5)
    assert (report.accepted, report.refused, report.connections) == (5, {}, 2)


async def test_one_5xx_is_no_reason_to_leave(autojump_clock: MockClock) -> None:
    def behave(visit: Visit, request: Request) -> None:
        if len(visit.requests) <= 5:
            visit.refuse(request, 503, "ServiceUnavailable")
        else:
            visit.accept(request)

    report = await Apple(behave).send(5)
    assert (report.accepted, report.resent, report.connections) == (5, 5, 1)


# ---- resets ---------------------------------------------------------------------------------


async def test_a_refused_stream_is_sent_again_at_once_with_the_same_id(
    autojump_clock: MockClock,
) -> None:
    moments = []

    def behave(visit: Visit, request: Request) -> None:
        moments.append(trio.current_time())
        if len(visit.requests) == 1:
            visit.wire.reset(request.stream, ErrorCode.REFUSED_STREAM, ErrorCode.STREAM_CLOSED)
        else:
            visit.accept(request)

    apple = Apple(behave)
    report = await apple.send(1)
    assert (report.accepted, report.resent, report.connections) == (1, 1, 1)
    first, again = apple.requests
    assert (first.apns_id, moments[1] - moments[0]) == (again.apns_id, 0)


@pytest.mark.parametrize(
    ("code", "name"), [(7, "REFUSED_STREAM"), (2, "INTERNAL_ERROR"), (8, "CANCEL"), (99, "code 99")]
)
async def test_one_that_is_always_reset_is_given_up(
    code: int, name: str, autojump_clock: MockClock
) -> None:
    moments = []

    def behave(visit: Visit, request: Request) -> None:
        if request.body == b"1":
            moments.append(trio.current_time())
            visit.wire.reset(request.stream, code)
        else:
            visit.accept(request)

    report = await Apple(behave).send(3)
    assert (report.accepted, report.refused) == (2, {1: f"its stream was reset: {name}"})
    # Only who was not looked at needs no pause, and that once.
    first = 0 if name == "REFUSED_STREAM" else 0.5
    pauses = [later - moment for moment, later in pairwise(moments)]
    assert pauses == pytest.approx([first, 1, 2, 4, 8])


async def test_an_answer_that_http_2_forbids_is_one_that_is_missing(
    autojump_clock: MockClock,
) -> None:
    def behave(visit: Visit, request: Request) -> None:
        bad = [(b"connection", b"close")] if len(visit.requests) == 1 else []
        visit.wire.respond(request.stream, 200, bad)

    report = await Apple(behave).send(1)
    assert (report.accepted, report.resent) == (1, 1)


# ---- the parts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"reason":"Unregistered","timestamp":1}', "Unregistered"),
        (b'{"reason":null}', None),
        (b'{"reason":5}', None),
        (b"{}", None),
        (b"", None),
        (b"Maximum active streams violated for this endpoint.", None),
        (b'"reason"', None),
        (b"[" * 100_000, None),
        (b"\xff\xfe", None),
        (b'{"reason":"\xff"}', None),
    ],
)
def test_a_reason_is_read_where_there_is_one(body: bytes, reason: str | None) -> None:
    assert told_in(body).reason == reason


def test_only_200_to_299_are_accepted() -> None:
    fates = {judge(status, None) for status in range(200, 300)}
    assert fates == {Fate.ACCEPTED}
    assert {judge(status, None) for status in (100, 301, 304, 400)} == {Fate.REFUSED}


async def test_ids_are_the_caller_s(autojump_clock: MockClock) -> None:
    apple = Apple()
    mine = ApiPush("ab", b"{}", "My-Own-Id", TOPIC)
    await apple.send(2, pushes=[mine, push(1)])
    assert next(request.apns_id for request in apple.requests) == b"My-Own-Id"
