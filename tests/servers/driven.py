"""One front on a stream that a test holds the other end of."""

from __future__ import annotations

from fakeapns.fronts.front import Front, Provider
from fakeapns.ledger.ledger import Ledger
from fakeapns.servers.clock import Clock
from fakeapns.servers.pump import pump
from fakeapns.servers.tls import TLSStream

from ..frames import TOPIC


def running_clock() -> Clock:
    """A clock that was started in the loop at hand."""
    clock = Clock()
    clock.start()
    return clock


async def drive(
    stream: TLSStream, front: Front, ledger: Ledger, number: int = 1, clock: Clock | None = None
) -> None:
    """Serve a provider that has shaken hands, to the end."""
    clock = clock or running_clock()
    connection = front.open(number, Provider((TOPIC,), None), clock.now())
    await pump(stream, connection, clock, ledger.flush)
