"""Assertions that are awaited, in asyncio and trio, and those that block such a loop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import trio

from fakeapns import FakeAPNs, ThreadedAPNs

from ..frames import PAYLOAD, framed, numbered
from ..providers import PATIENCE, dial, knock
from .callers import RUNNERS, Runner

Judge = Callable[[ThreadedAPNs], Awaitable[object]]

MEANT = [(numbered(number), PAYLOAD) for number in range(1, 4)]
FRAMES = b"".join(framed(1, token, payload) for token, payload in MEANT)

#: What is right once all three are there.
RIGHT: dict[str, Judge] = {
    "settle": lambda apns: apns.settle_async(),
    "find": lambda apns: apns.find_async("accepted", token=numbered(3)),
    "audit": lambda apns: apns.audit_async(MEANT),
    "assert_audit": lambda apns: apns.assert_audit_async(MEANT),
    "assert_accepted": lambda apns: apns.assert_accepted_async(3),
    "assert_rejected": lambda apns: apns.assert_rejected_async(0),
    "assert_discarded": lambda apns: apns.assert_discarded_async(0),
}


async def both(loop: str, first: Callable[[], Awaitable[object]], second: Awaitable[None]) -> None:
    """Do both at once."""

    async def awaited(work: Awaitable[object]) -> None:
        await work

    if loop == "asyncio":
        await asyncio.gather(first(), second)
        return
    async with trio.open_nursery() as nursery:
        nursery.start_soon(awaited, first())
        nursery.start_soon(awaited, second)


@contextlib.asynccontextmanager
async def in_its_handshake(apns: ThreadedAPNs) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A client that has everything ready to end its handshake and send, and does so when told."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = apns.ssl_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with knock(apns) as raw:
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        raw.sendall(outgoing.read())
        while True:
            incoming.write(raw.recv(65_536))
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                continue
        tls.write(FRAMES)

        async def go_on() -> None:
            raw.sendall(outgoing.read())

        yield go_on


@RUNNERS
@pytest.mark.parametrize("name", RIGHT)
def test_a_twin_takes_in_what_its_own_loop_sends_meanwhile(
    name: str, loop: str, run: Runner
) -> None:
    async def main() -> None:
        server = FakeAPNs(settle="1h", tls_minimum="1.3", tls_maximum="1.3")
        with server.in_thread() as apns:
            async with in_its_handshake(apns) as go_on:
                await both(loop, lambda: RIGHT[name](apns), go_on())
                assert len(apns.accepted) == 3

    run(main)


@RUNNERS
def test_a_twin_fails_as_the_other_does_and_says_nothing_of_loops(loop: str, run: Runner) -> None:
    async def main() -> None:
        with FakeAPNs().in_thread() as apns, dial(apns) as connection:
            connection.sendall(FRAMES)
            with pytest.raises(AssertionError, match=r"^expected exactly 2 acc.*, found 3") as one:
                await apns.assert_accepted_async(2)
            with pytest.raises(AssertionError, match=r"^expected nothing accepted, found 3"):
                await apns.assert_nothing_accepted_async()
            with pytest.raises(AssertionError, match=r"^what was recorded is not what") as other:
                await apns.assert_audit_async([*MEANT, (numbered(4), PAYLOAD)])
        assert "loop" not in f"{one.value}{other.value}"

    run(main)


@RUNNERS
def test_who_blocks_a_loop_is_told_of_the_twin_where_something_lacks(
    loop: str, run: Runner
) -> None:
    async def main() -> None:
        with FakeAPNs().in_thread() as apns, dial(apns) as connection:
            connection.sendall(FRAMES)
            apns.assert_accepted(3)
            for name, lacking in (
                ("assert_accepted", lambda: apns.assert_accepted(4)),
                ("assert_rejected", lambda: apns.assert_rejected()),
                ("assert_audit", lambda: apns.assert_audit([(numbered(4), PAYLOAD)])),
            ):
                with pytest.raises(AssertionError) as raised:
                    lacking()
                assert str(raised.value).splitlines()[-1] == (
                    f"If more was to be sent from the {loop} loop that this was called in, it had "
                    f"to wait: await apns.{name}_async(…) instead."
                )
            # What is too many did not fail to come.
            with pytest.raises(AssertionError) as raised:
                apns.assert_nothing_accepted()
            assert "loop" not in str(raised.value)

    run(main)


@RUNNERS
def test_who_gives_up_an_awaited_assertion_leaves_the_server_in_peace(
    loop: str, run: Runner
) -> None:
    async def main() -> None:
        with FakeAPNs(settle="1h").in_thread() as apns, knock(apns):
            if loop == "trio":
                with trio.move_on_after(0.01):
                    await apns.assert_accepted_async(0)
            else:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(apns.assert_accepted_async(0), 0.01)
            apns.catch_up()

    run(main)


def test_each_has_a_twin_of_the_same_arguments() -> None:
    names = [name for name in dir(ThreadedAPNs) if name.startswith("assert_")]
    names = [name for name in names if not name.endswith("_async")]
    assert len(names) == 5
    for name in (*names, "find", "audit", "settle"):
        one, other = getattr(ThreadedAPNs, name), getattr(ThreadedAPNs, f"{name}_async")
        assert inspect.signature(one) == inspect.signature(other)
        assert inspect.iscoroutinefunction(other)


def test_several_threads_may_ask_at_once() -> None:
    with FakeAPNs(settle="1h").in_thread() as apns, dial(apns) as connection:
        connection.sendall(FRAMES)
        found: list[int] = []
        asking = [
            threading.Thread(target=lambda: found.append(len(apns.assert_accepted(3))))
            for _ in range(8)
        ]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(PATIENCE)
    assert found == [3] * 8
