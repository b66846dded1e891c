"""What all connections to one gateway share."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

import msgspec

from ...ledger import Ledger
from ...push import Chosen, Judge, Rules, unusable_topic
from ...scenario.faults import CloseKind, Delay
from ..deliveries import Deliveries
from ..device_changes import DeviceChanges
from ..strangers import Ports
from .scripted import scripted
from .shortcut import Shortcut

#: Errors that wait for the next connections of a topic, each for one of them. Ours: more than any
#: test connects for.
MOST_OWED = 1000


class Owed(msgspec.Struct, frozen=True):
    """An error that the next connection of a topic is to be greeted with.

    `status` is None where its frame was of command 0, which gets no answer. `cause` is the
    entry that it is for, `delay` seconds or a number of notifications.
    """

    status: int | None
    identifier: int
    cause: int
    delay: Delay | float
    close: CloseKind
    split: bool


class Gateway:
    """One gateway: who decides, where it is recorded, and what it owes to whom.

    Without `bundles` every notification is judged and recorded by itself. That changes
    nothing but the time it takes (7.9 µs of CPU for one of 100 bytes, instead of 1.0), and is
    there to prove it. `ports` says where other services are, for who has mistaken this for one.
    """

    def __init__(
        self,
        judge: Judge,
        ledger: Ledger,
        *,
        bundles: bool = True,
        ports: Ports = lambda _: None,
    ) -> None:
        self.judge = judge
        self.ledger = ledger
        self.ports = ports
        self.deliveries = Deliveries(judge, ledger)
        self.changes = DeviceChanges(judge, ledger)
        self.settings = judge.settings
        self.rules = Rules.of("gateway", judge.settings)
        self.shortcut = Shortcut.of(judge, self.rules) if bundles else None
        self._owed: defaultdict[str, deque[Owed]] = defaultdict(deque)

    def owe(self, topic: str, owed: Owed) -> None:
        """Greet the next connection of this topic with an error."""
        if len(self._owed[topic]) < MOST_OWED:
            self._owed[topic].append(owed)

    def owed(self, topics: Sequence[str]) -> Owed | None:
        """The error that a new connection is to be greeted with, if any. It ends that one."""
        for topic in topics:
            waiting = self._owed.get(topic)
            if waiting:
                return waiting.popleft()
        return None

    def asked_for(self, token: bytes) -> Chosen | None:
        """The fault that a token asks for by itself, where that is switched on."""
        return scripted(token) if self.settings.scripted_tokens else None

    def bundled(self, topics: Sequence[str]) -> str | None:
        """The topic of what a connection may have recorded in bundles, None if nothing."""
        if self.shortcut is None or not topics or unusable_topic(topics[0]) is not None:
            return None
        return topics[0]
