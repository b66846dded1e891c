"""Servers that play a few steps, and what tests of faults look at."""

from __future__ import annotations

from typing import Any, TypeVar

import trio

from fakeapns import FakeAPNs, On, Scenario, Step
from fakeapns.ledger.entries import Entry, FaultFired
from fakeapns.scenario.faults import Fault

from ..frames import framed

E = TypeVar("E", bound=Entry)
Provider = trio.SSLStream[trio.abc.Stream]

#: Types of TLS records.
ALERT, DATA = 21, 23
#: Virtual seconds in which everything that can happen has happened.
AGES = 1_000_000.0
HOUR = 3600.0


def playing(*steps: Step, **arguments: Any) -> FakeAPNs:
    """A server for which these steps go wrong."""
    return FakeAPNs(scenario=Scenario(about="A test.", step=steps), **arguments)


def step(fault: Fault, *, times: int | None = None, **on: Any) -> Step:
    """A step whose trigger is written as keywords."""
    return Step(fault, On(**on), times)


def burst(*identifiers: int) -> bytes:
    """Frames with these identifiers, to be written in one go."""
    return b"".join(framed(each) for each in identifiers)


async def recorded(apns: FakeAPNs, kind: type[E], count: int = 1) -> list[E]:
    """The entries of this kind, as soon as there are `count`."""
    enough = trio.Event()

    def look(entry: Entry) -> None:
        if isinstance(entry, kind) and len(apns.ledger.of(kind)) >= count:
            enough.set()

    stop = apns.ledger.watch(look)
    if len(apns.ledger.of(kind)) < count:
        with trio.fail_after(AGES):
            await enough.wait()
    stop()
    return apns.ledger.of(kind)


def fired(apns: FakeAPNs) -> list[tuple[int | None, str, str]]:
    """The faults that acted: step, name, detail."""
    return [(each.step, each.fault, each.detail) for each in apns.ledger.of(FaultFired)]


async def records(provider: Provider) -> list[int]:
    """The types of the TLS records that still come, up to the end of the stream."""
    transport = provider.transport_stream
    data = b""
    while more := await transport.receive_some():
        data += more
    found = []
    while data:
        found.append(data[0])
        data = data[5 + int.from_bytes(data[3:5], "big") :]
    return found


async def silence(provider: Provider, seconds: float = AGES) -> bool:
    """Whether nothing comes for so long, not even the end."""
    with trio.move_on_after(seconds) as patience:
        await provider.receive_some()
    return patience.cancelled_caught
