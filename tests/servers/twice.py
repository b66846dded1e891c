"""The same provider at the same server twice: with the short way through it, and without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest
import trio
from trio.testing import MockClock

from fakeapns import DeviceEntry, FakeAPNs, Scenario, Step
from fakeapns.fronts.gateway.frames import FrameBundle

from ..frames import TOPIC, framed, numbered
from .played import AGES

#: Enough to need several reads.
MANY = 1200
#: Virtual time passes only when nobody has anything left to do, so that it is not up to the
#: scheduler what comes first.
SOON = 0.0001
LEAVE, BREAK = "leave", "break"
#: What a provider does: write bytes, wait for seconds, end the stream.
Deeds = Sequence[bytes | float | str]


class Played(NamedTuple):
    """What there is to compare."""

    entries: list[dict[str, Any]]
    answers: bytes
    feedback: list[tuple[str, bytes]]
    in_bundles: int


async def _play(steps: Sequence[Step], deeds: Deeds, known: Any, given: Any, now: bool) -> Played:
    scenario = Scenario(about="A test.", seed=7, step=tuple(steps), device=tuple(known))
    answers = b""
    async with FakeAPNs(scenario=scenario, **given) as apns:
        provider = await apns.connect()

        async def listen() -> None:
            nonlocal answers
            try:
                while data := await provider.receive_some():
                    answers += bytes(data)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                pass

        async with trio.open_nursery() as nursery:
            nursery.start_soon(listen)
            try:
                for deed in deeds:
                    await _do(provider, deed)
                    await trio.sleep(SOON)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                # The server was faster: that may happen, but then it has to both times.
                answers += b"broken"
            if not now:
                await apns.wait_until_quiet(AGES)
            nursery.cancel_scope.cancel()
        feedback = [(topic, entry.token) for topic, entry in apns.devices.feedback([TOPIC])]
    entries = [
        {"kind": type(each).__name__, **msgspec.structs.asdict(each)} for each in apns.ledger
    ]
    for each in entries:
        # These are the real clock's, and made up.
        each.pop("wall")
        each.pop("run", None)
    return Played(entries, answers, feedback, sum(map(len, apns.ledger.bundles(FrameBundle))))


async def _do(provider: trio.SSLStream[trio.abc.Stream], deed: bytes | float | str) -> None:
    match deed:
        case bytes():
            await provider.send_all(deed)
        case float():
            await trio.sleep(deed)
        case "leave":
            await provider.aclose()
        case _:
            await trio.aclose_forcefully(provider.transport_stream)


def play(
    fast: bool,
    steps: Sequence[Step],
    deeds: Deeds,
    known: Sequence[DeviceEntry] = (),
    given: dict[str, Any] | None = None,
    *,
    now: bool = False,
) -> Played:
    """One server in virtual time. It is stopped when all is over, or at once with `now`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fakeapns.fake.services.BUNDLES", fast)
        clock = MockClock(autojump_threshold=0)
        return trio.run(_play, steps, deeds, known, given or {}, now, clock=clock)


def both(*story: Any, **how: Any) -> Played:
    """Play it both ways; what came of it."""
    quick, slow = play(True, *story, **how), play(False, *story, **how)
    assert quick.entries == slow.entries
    assert quick[1:3] == slow[1:3]
    assert slow.in_bundles == 0
    return quick


def burst(count: int = MANY, make: Callable[..., bytes] = framed) -> bytes:
    """A big write of frames with identifiers from 1."""
    return b"".join(make(each, numbered(each)) for each in range(1, count + 1))


#: Devices that some of these go to.
UNINSTALLED = [
    DeviceEntry(topic=TOPIC, token=numbered(each).hex(), state="uninstalled", since="-1h")
    for each in (3, 700, 701)
]
