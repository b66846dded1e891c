"""Steps that act on a connection by time alone."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from ..ledger import Moment
from ..push import Chosen, Occasion, Placed, Triggers
from ..scenario import parse_duration


class _Timer(msgspec.Struct):
    """A step that is due `at` a moment, and not before the line was quiet for `idle` seconds."""

    placed: Placed
    at: float
    idle: float | None

    def due(self, heard: float) -> float:
        """When it may act, if the last byte was heard then."""
        return self.at if self.idle is None else max(self.at, heard + self.idle)


class Timers:
    """The timed steps of one connection that opened `now`, in the order in which they are due.

    They act on a connection that is idle, too: what Apple and firewalls did to one (java-apns #214,
    uniqush-push #47) came by time alone. One that waits for `idle` acts once in each silence.
    """

    __slots__ = ("_heard", "_rung", "_triggers", "_waiting")

    def __init__(self, triggers: Triggers, occasion: Occasion, now: Moment) -> None:
        self._triggers = triggers
        self._heard = now.t
        #: Those that have acted in this silence, and wait for the next.
        self._rung: list[_Timer] = []
        self._waiting = [
            _Timer(
                placed,
                now.t + parse_duration(placed.step.on.after or "0ms"),
                None if placed.step.on.idle is None else parse_duration(placed.step.on.idle),
            )
            for placed in triggers.timers(occasion)
        ]

    @property
    def due(self) -> float:
        """When `ring` is due, in seconds since the start; infinite if nothing is on its way."""
        return min((each.due(self._heard) for each in self._waiting), default=math.inf)

    def heard(self, now: Moment) -> None:
        """The provider has sent something, or is not listened to before that moment."""
        self._heard = max(self._heard, now.t)
        if self._rung:
            self._waiting += self._rung
            self._rung.clear()

    def over(self) -> None:
        """None of them acts any more."""
        self._waiting.clear()
        self._rung.clear()

    def ring(self, occasion: Occasion, now: Moment) -> Iterator[Chosen]:
        """The faults whose time has come. Ends when nobody asks for the next one."""
        # Their time has come, whatever the difference of two floats says.
        occasion = msgspec.structs.replace(occasion, elapsed=math.inf, idle=math.inf)
        acted: float | None = None
        for due, timer in self._take_due(now):
            # Of those that are due at one moment the first wins.
            may_act = due != acted and self._triggers.still_has(timer.placed)
            if may_act and self._triggers.matches(timer.placed, occasion):
                acted = due
                yield self._triggers.fire(timer.placed, occasion.connection)

    def _take_due(self, now: Moment) -> Iterator[tuple[float, _Timer]]:
        while self.due <= now.t:
            due, _, timer = min(
                (each.due(self._heard), each.placed.position, each) for each in self._waiting
            )
            self._waiting.remove(timer)
            if timer.idle is not None:
                self._rung.append(timer)
            yield due, timer
