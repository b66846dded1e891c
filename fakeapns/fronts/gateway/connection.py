"""One gateway connection: bytes and the moment in, ledger entries and actions out."""

from __future__ import annotations

import math

from ...ledger import Moment
from ..actions import Action
from ..appetite import Appetite
from ..front import Left, Pending, Provider
from ..timers import Timers
from .decisions import Decisions
from .reading import Reading
from .shared import Gateway
from .standing import Standing


class GatewayConnection:
    """The connection `number`, which opened `now`. See `Connection` for how it is driven."""

    __slots__ = (
        "_appetite",
        "_decisions",
        "_gateway",
        "_left",
        "_life",
        "_reading",
        "_recorder",
        "_standing",
        "_timers",
    )

    def __init__(self, number: int, provider: Provider, gateway: Gateway, now: Moment) -> None:
        self._gateway = gateway
        self._standing = Standing(number, provider.topics, gateway, now)
        self._recorder = self._standing.recorder
        self._life = self._standing.life
        self._appetite = Appetite()
        self._left: Left | None = None
        self._timers = Timers(gateway.judge.triggers, self._standing.occasion(now), now)
        self._decisions = Decisions(self._standing, self._appetite, self._timers)
        self._reading = Reading(self._standing, self._appetite, self._decisions)
        self._greet(provider, now)

    # ---- what the loop asks -----------------------------------------------------------------

    @property
    def deadline(self) -> float:
        """When `wake` is due, in seconds since the start; infinite if nothing is."""
        if self._life.finished:
            return math.inf
        return min(self._appetite.due, self._due)

    @property
    def _due(self) -> float:
        """When something acts by itself, read or not."""
        return self._timers.due if self._life.ending is None else self._life.due

    @property
    def appetite(self) -> int | None:
        """How many bytes may be read now: None is without limit."""
        return self._appetite.bytes

    @property
    def pending(self) -> Pending:
        """What is not dealt with: waiting is a frame."""
        return Pending(self._appetite.held, self._reading.waits())

    @property
    def busy(self) -> bool:
        """Whether there is more to do at once."""
        return self._reading.busy

    @property
    def finished(self) -> bool:
        """Whether its last actions close the socket, and all that came is on record."""
        return self._life.finished and not self.busy

    def actions(self) -> list[Action]:
        """What is to be done now, in order. Each action is handed out once."""
        return self._life.actions()

    def receive(self, data: bytes, now: Moment) -> None:
        """The provider has written this."""
        self._appetite.took(now)
        self._standing.came = now.t
        if data:
            self._timers.heard(now)
            self._standing.something_came(now)
        self._reading.receive(data)

    def kept_waiting(self, now: Moment) -> None:
        """Something has come that is not read yet."""
        self._timers.heard(now)
        self._appetite.kept_waiting(now)

    def told(self, said: str) -> None:
        """TLS has this to tell of the provider."""
        self._standing.said[said] = None

    def ended(self, how: Left, now: Moment) -> None:
        """The provider closed its side, or the connection broke."""
        if (self.busy or self._appetite.stalled) and how in ("graceful", "no-close-notify"):
            # What was read before is judged first, and for that a stall has to be over.
            self._left = how
            return
        # A broken one has lost whatever was not read yet, as with any server that did not read.
        if self.busy:
            self._reading.finish(now)
        self._leave(how, now)

    def _leave(self, how: Left, now: Moment) -> None:
        # A dead connection answers nothing. That shows in nothing else, so no fault was seen.
        self._life.left(how, now, politely=not self._standing.is_dead(now.t))

    def wake(self, now: Moment) -> None:
        """The deadline has come, or it is this one's turn to go on."""
        if not self.busy:
            if self._appetite.wake(now, alone=self._due > now.t):
                self._standing.came = now.t
            elif self._life.due <= now.t:
                self._life.wake(now)
            else:
                self._ring(now)
        self._reading.go_on(now)
        if self._left is not None and not self._appetite.stalled and not self.busy:
            self._leave(self._left, now)

    def stop(self, now: Moment) -> None:
        """The server itself is stopping: what was read is on record, whatever held it back."""
        if self.finished:
            return
        self._let_go(now)
        while self._appetite.stalled:
            self._let_go(now)
        if not self._life.finished:
            self._life.stop()

    def _let_go(self, now: Moment) -> None:
        if self._appetite.stalled:
            self._appetite.release()
            self._standing.came = now.t
        self._reading.finish(now)

    def over(self, now: Moment) -> None:
        """Write down how it ended, if that is known: no word for a failure of our own."""
        self._appetite.over()
        self._standing.over()
        if self._life.closed is not None:
            unread = self._reading.unread
            words = filter(None, (self._reading.waits(), self._standing.last_words(unread)))
            self._recorder.closed(*self._life.closed, unread, now, "; ".join(words) or None)

    # ---- without a byte ---------------------------------------------------------------------

    def _greet(self, provider: Provider, now: Moment) -> None:
        """Let act what meets the provider as the connection opens."""
        if provider.fooled_by is not None:
            self._standing.swallow(provider.fooled_by, now)
            return
        # An error for a removed app came only after a reconnect (node-apn #282).
        owed = self._gateway.owed(provider.topics)
        if owed is None:
            self._ring(now)
            return
        self._standing.pay(owed, now)

    def _ring(self, now: Moment) -> None:
        """Let the faults act whose time has come. Of a dead connection nothing is heard."""
        ring = self._timers.ring(self._standing.occasion(now), now)
        while self._life.ending is None and not self._standing.is_dead(now.t):
            chosen = next(ring, None)
            if chosen is None:
                return
            self._decisions.act(chosen, now)
        self._timers.over()
