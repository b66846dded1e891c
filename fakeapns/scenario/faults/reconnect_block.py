"""Apple's answer to a provider that connects too often."""

from __future__ import annotations

from collections import deque
from typing import Annotated, ClassVar

import msgspec

from ..units import Duration, parse_duration
from .at import Accepting
from .base import Fault
from .stages import Service, Stage


class Attempts(msgspec.Struct):
    """When connections came lately, and until when they are refused; in seconds."""

    recent: deque[float] = msgspec.field(default_factory=deque)
    blocked_until: float | None = None


class ReconnectBlock(Fault, frozen=True, tag="reconnect_block"):
    """More than so many `connections` `within` a time, and all are refused `for` a while.

    Each further attempt starts that while anew: Apple's block lapses "without attempts"
    (TN2265). The threshold was never published.
    """

    stages: ClassVar[tuple[Stage, ...]] = ("accept",)
    services: ClassVar[tuple[Service, ...]] = ("gateway", "feedback", "api")
    # One bad notification costs a connection, so a list of dead tokens means many in a row: the way
    # providers run into this. The hour is TN2265's; ten in a minute is ours.
    connections: Annotated[int, msgspec.Meta(ge=1)] = 10
    within: Duration = "1m"
    for_: Duration = msgspec.field(name="for", default="1h")

    def memory(self) -> Attempts:
        """The attempts of one server."""
        return Attempts()

    def meets(self, memory: Attempts, now: float) -> bool:
        """Whether there were too many of late, this one included."""
        memory.recent.append(now)
        while memory.recent[0] < now - parse_duration(self.within):
            memory.recent.popleft()
        blocked = memory.blocked_until is not None and now < memory.blocked_until
        if len(memory.recent) <= self.connections and not blocked:
            return False
        memory.blocked_until = now + parse_duration(self.for_)
        return True

    def act(self, at: Accepting) -> None:
        """Turn it away, as Apple's firewall does."""
        at.refuse("reset")
