"""Stories that only meet who pauses, and only harm who does not look."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs
from fakeapns.ledger.audit import Audit
from fakeapns.ledger.entries import FaultFired

from ..frames import PAYLOAD, framed, numbered

#: What is sent before a pause and behind it.
BEFORE = [numbered(each) for each in range(1, 6)]
BEHIND = [numbered(each) for each in range(6, 11)]
PAUSE = 4.5
NAME = "idle-line-dropped"


async def write(stream: trio.abc.SendStream, tokens: list[bytes]) -> None:
    await stream.send_all(b"".join(framed(1, token) for token in tokens))


async def does_not_look(apns: FakeAPNs) -> None:
    """Writes on where it was."""
    stream = await apns.connect()
    await write(stream, BEFORE)
    await trio.sleep(PAUSE)
    await write(stream, BEHIND)


async def looks_first(apns: FakeAPNs) -> None:
    """Reads before it writes, and connects anew at an end."""
    stream = await apns.connect()
    await write(stream, BEFORE)
    await trio.sleep(PAUSE)
    with trio.move_on_after(0.01):
        if not await stream.receive_some():
            stream = await apns.connect()
    await write(stream, BEHIND)


async def keeps_it_warm(apns: FakeAPNs) -> None:
    """Writes now and then."""
    stream = await apns.connect()
    for token in BEFORE + BEHIND:
        await write(stream, [token])
        await trio.sleep(0.5)


def play(provider: object) -> tuple[Audit, list[str]]:
    async def main() -> tuple[Audit, list[str]]:
        async with FakeAPNs(scenario=NAME) as apns:
            assert callable(provider)
            await provider(apns)
            await apns.wait_until_quiet(0.1)
            met = [each.fault for each in apns.ledger.of(FaultFired)]
            return apns.audit([(token, PAYLOAD) for token in BEFORE + BEHIND]), met

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def test_who_does_not_look_before_it_writes_loses_that() -> None:
    audit, met = play(does_not_look)
    assert (len(audit.lost), met) == (len(BEHIND), ["drop"])


@pytest.mark.parametrize(("provider", "met"), [(looks_first, ["drop"]), (keeps_it_warm, [])])
def test_who_looks_first_loses_nothing_and_who_keeps_the_line_warm_never_meets_it(
    provider: object, met: list[str]
) -> None:
    audit, found = play(provider)
    assert (audit.shortfalls, found) == ((), met)
