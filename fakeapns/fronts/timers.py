"""Steps that act on a connection by time alone."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from ..ledger import Moment
from ..push import Chosen, Occasion, Triggers


class Timers:
    """The timed steps of one connection that opened `now`, in the order in which they are due.

    They act on a connection that is idle, too: what Apple and firewalls did to one (java-apns #214,
    uniqush-push #47) came by time alone.
    """

    __slots__ = ("_triggers", "_waiting")

    def __init__(self, triggers: Triggers, occasion: Occasion, now: Moment) -> None:
        self._triggers = triggers
        timers = triggers.timers(occasion)
        self._waiting = [(now.t + seconds, placed) for seconds, placed in timers]

    @property
    def due(self) -> float:
        """When `ring` is due, in seconds since the start; infinite if nothing is on its way."""
        return self._waiting[0][0] if self._waiting else math.inf

    def ring(self, occasion: Occasion, now: Moment) -> Iterator[Chosen]:
        """The faults whose time has come. Ends when nobody asks for the next one."""
        # Its time has come, whatever the difference of two floats says.
        occasion = msgspec.structs.replace(occasion, elapsed=math.inf)
        acted: float | None = None
        while self.due <= now.t:
            due, placed = self._waiting.pop(0)
            # Of those that are due at one moment the first wins.
            may_act = due != acted and self._triggers.holds(placed)
            if may_act and self._triggers.matches(placed, occasion):
                acted = due
                yield self._triggers.fire(placed, occasion.connection)
