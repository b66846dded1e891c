"""Verdicts over real sockets: right senders are not accused, whatever held up what they wrote, and
those that send in vain are found.

A pool meets the story with many bad tokens three times here, and so often as somebody wants:
`FAKEAPNS_TEST_RUNS=50 python -m pytest tests/end_to_end/test_verdicts.py`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from fakeapns import FakeAPNs, Reject, Stall, Throttle
from fakeapns.ledger.entries import FeedbackSent, Response

from .pool import Meant, Pool
from .wire import Link, pack

RUNS = int(os.environ.get("FAKEAPNS_TEST_RUNS", "3"))

MEANT: list[Meant] = [
    (hashlib.sha256(b"%d" % number).digest(), b'{"aps":{"badge":%d}}' % number)
    for number in range(1, 501)
]


def frames(*numbers: int) -> dict[int, bytes]:
    """Notifications of `MEANT` by number, from 1."""
    return {number: pack(*MEANT[number - 1], number) for number in numbers}


@asynccontextmanager
async def connected(apns: FakeAPNs) -> AsyncIterator[Link]:
    """A connection that is listened on."""
    link = await Link.open((apns.gateway.host, apns.gateway.port), apns.ssl_context())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.listen)
        yield link
        nursery.cancel_scope.cancel()
    await link.close()


async def removed(apns: FakeAPNs, number: int) -> None:
    """Let the app be gone from a device, which feedback lists behind the first send to it."""
    token = MEANT[number - 1][0]
    apns.devices.add("com.example.app", token=token.hex()).uninstall()
    async with connected(apns) as link:
        await link.write({1: pack(token, b"{}", 1)})
        await apns.wait_for(token=token)
    apns.reset()


async def read_feedback(apns: FakeAPNs) -> None:
    """Read the list to its end."""
    link = await Link.open((apns.feedback.host, apns.feedback.port), apns.ssl_context())
    await link.listen()
    await link.close()


def refuse(apns: FakeAPNs, *numbers: int) -> None:
    """Let these be refused for their tokens."""
    for number in numbers:
        apns.inject(Reject("invalid-token"), token=MEANT[number - 1][0].hex())


# ---- right senders ----------------------------------------------------------------------


async def test_what_a_throttled_connection_still_held_was_written_before_it_was_refused() -> None:
    async with FakeAPNs() as apns:
        refuse(apns, 2, 6)
        apns.inject(Throttle(bytes_per_second=400), connection=1, notification=1)
        async with connected(apns) as slow:
            await slow.write(frames(1))
            await apns.wait_for(1)
            for number in range(2, 8):
                await slow.write(frames(number))
            await slow.told.wait()
            assert slow.refused == 2
            for first in (3, 7):
                async with connected(apns) as quick:
                    await quick.write(frames(*range(first, 8)))
                    if first == 3:
                        await quick.told.wait()
                        assert quick.refused == 6
                    await apns.wait_for(token=MEANT[first - 1][0])
            await apns.wait_for(token=MEANT[6][0])
            [late] = await apns.wait_for(outcome="discarded", token=MEANT[5][0], timeout=30)
            # It is as in the issue: the old copy is read when the refusal has long been told.
            assert late.connection == 1
            assert late.seq > next(
                each.seq for each in apns.ledger.of(Response) if each.identifier == 6
            )
        found = apns.audit(MEANT[:7])
    assert found.ok, str(found)


async def test_what_a_stall_held_up_while_feedback_was_read_was_not_sent_after_it() -> None:
    async with FakeAPNs() as apns:
        await removed(apns, 2)
        apns.inject(Stall("1s"), token=MEANT[0][0].hex())
        async with connected(apns) as link:
            await link.write(frames(1))
            await apns.wait_for(1)
            await link.write(frames(2))
            await read_feedback(apns)
            [listed] = apns.ledger.of(FeedbackSent)
            [held] = await apns.wait_for(token=MEANT[1][0], timeout=30)
            assert held.seq > listed.seq
            assert apns.audit(MEANT[:2]).sent_after_feedback == 0
        # On a new connection it is written with that knowledge.
        async with connected(apns) as link:
            await link.write(frames(2))
            await apns.wait_for(2, token=MEANT[1][0])
        assert apns.audit(MEANT[:2]).sent_after_feedback == 1


@pytest.mark.parametrize("run", range(RUNS))
async def test_a_pool_that_meets_many_bad_tokens_is_green_every_time(run: int) -> None:
    async with FakeAPNs(scenario="many-bad-tokens") as apns:
        pool = Pool(apns, MEANT, 4)
        await pool.run()
        found = apns.audit(MEANT)
    assert found.ok, str(found)
    assert len(pool.refused) == len(found.refused) > 5


# ---- senders that send in vain ----------------------------------------------------------


async def test_a_pool_that_believes_no_error_is_found() -> None:
    async with FakeAPNs() as apns:
        refuse(apns, 50, 150, 250)
        await Pool(apns, MEANT, 4, believes=False).run()
        found = apns.audit(MEANT)
    assert [each.number for each in found.resent_after_refusal] == [50, 150, 250]


async def test_who_sends_all_again_on_a_new_connection_is_found() -> None:
    async with FakeAPNs() as apns:
        refuse(apns, 2)
        for _ in range(2):
            async with connected(apns) as link:
                await link.write(frames(1, 2, 3))
                await link.told.wait()
        found = apns.audit(MEANT[:3])
    assert [each.number for each in found.resent_after_refusal] == [2]
    assert [each.number for each in found.duplicated] == [1]


async def test_who_sends_a_refused_one_again_on_a_connection_that_was_open_is_found() -> None:
    async with FakeAPNs() as apns:
        refuse(apns, 2)
        async with connected(apns) as other:
            await other.write(frames(1))
            await apns.wait_for(1)
            async with connected(apns) as link:
                await link.write(frames(2))
                await link.told.wait()
            await other.write(frames(2))
            await other.told.wait()
        found = apns.audit(MEANT[:2])
    assert [each.number for each in found.resent_after_refusal] == [2]


async def test_who_goes_on_sending_to_devices_that_feedback_listed_is_found() -> None:
    async with FakeAPNs() as apns:
        await removed(apns, 2)
        async with connected(apns) as link:
            await read_feedback(apns)
            await link.write(frames(2))
            await apns.wait_for(token=MEANT[1][0])
        assert apns.audit([MEANT[1]]).sent_after_feedback == 1
