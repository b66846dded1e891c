"""Ledgers for timelines: told by hand, or played by providers."""

from __future__ import annotations

from typing import Any, TypeVar

import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, Scenario
from fakeapns.ledger import ApiNotification
from fakeapns.ledger.clock import Moment
from fakeapns.ledger.entries import ConnectionClosed, ConnectionOpened, Entry, Notification
from fakeapns.ledger.ledger import Ledger
from tests.frames import TOPIC, numbered
from tests.ledger.pushes import push_facts
from tests.moments import at
from tests.scenario.test_catalogue import Provider, as_outgoing, work_of

E = TypeVar("E", bound=Entry)


class Story:
    """A ledger told by hand, each entry a millisecond behind the one before."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.now = 0.0
        #: By how many seconds the wall clock was advanced.
        self.ahead = 0.0

    def tell(self, kind: type[E], **facts: Any) -> E:
        """Something has happened."""
        self.now += 0.001
        now = at(self.now)
        now = Moment(now.t, now.wall + self.ahead)
        return self.ledger.record(kind, now, **facts)

    def opened(self, connection: int = 1, **changed: Any) -> ConnectionOpened:
        """A connection has opened."""
        usual = {
            "service": "gateway",
            "peer": "127.0.0.1:4711",
            "tls": "TLSv1.2",
            "topic": TOPIC,
            "certificate": f"UID={TOPIC}",
        }
        return self.tell(ConnectionOpened, connection=connection, **(usual | changed))

    def sent(
        self, number: int = 1, outcome: str = "accepted", connection: int = 1, **changed: Any
    ) -> Notification:
        """A notification has come; what is sent depends on the number alone."""
        usual = {
            "ordinal": number,
            "command": 2,
            "identifier": number,
            "token_bytes": numbered(number),
            "topic": TOPIC,
            "payload_bytes": b'{"aps":{"badge":%d}}' % number,
            "expiration": None,
            "priority": None,
        }
        facts = usual | changed
        return self.tell(Notification, connection=connection, outcome=outcome, **facts)

    def pushed(self, number: int = 1, **changed: Any) -> ApiNotification:
        """A push over the provider API, on the stream that its number has."""
        usual = {
            "ordinal": number,
            "token_bytes": numbered(number),
            "payload_bytes": b'{"aps":{"badge":%d}}' % number,
            "stream": 2 * number - 1,
        }
        return self.tell(ApiNotification, **push_facts(**usual | changed))

    def closed(self, connection: int = 1, **changed: Any) -> ConnectionClosed:
        """A connection is over."""
        counts = dict.fromkeys(("received", "accepted", "rejected", "discarded", "malformed"), 0)
        usual = {"by": "server", "how": "graceful", "reason": "error", "unread_bytes": 0}
        return self.tell(ConnectionClosed, connection=connection, **(usual | counts | changed))


def played(scenario: Scenario | str, provider: Provider) -> FakeAPNs:
    """A server that has been sent everything, in virtual time."""

    async def main() -> FakeAPNs:
        async with FakeAPNs(scenario=scenario) as apns:
            await provider(apns, [*map(as_outgoing, work_of(apns))], 2)
        return apns

    return trio.run(main, clock=MockClock(autojump_threshold=0))
