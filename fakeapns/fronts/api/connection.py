"""One connection to the API: bytes and the moment in, ledger entries and actions out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...ledger import By, How, Moment
from ...protocol import Spoken
from ...protocol.http2 import Event, Request
from ...text import size_in_words
from ..actions import Action
from ..front import Left, Pending, Provider
from ..timers import Timers
from .exchange import Exchange
from .greeting import Greeting
from .shared import Api
from .standing import Standing

#: Microseconds of a slice of work; and of a request that somebody looks at, and of one in a row of
#: those that are alike (measured), before what recording takes.
_SLICE, _SINGLY, _IN_A_ROW = 500, 20, 7
#: Bytes of a request where headers repeat.
_SIZE = 300


class ApiConnection:
    """The connection `number`, which opened `now`. See `Connection` for how it is driven."""

    def __init__(self, number: int, provider: Provider, api: Api, now: Moment) -> None:
        self._api = api
        self._standing = Standing(number, provider, api, now)
        self._life = self._standing.life
        self._wire = self._standing.wire
        self._appetite = self._standing.appetite
        self._exchange = Exchange(self._standing)
        self._timers = Timers(api.judge.triggers, self._standing.occasion(now), now)
        self._greeting: Greeting | None = Greeting(api.ports, secure=provider.secure)
        #: What has come and is not looked at: bytes, and what they meant.
        self._bytes = b""
        self._events: list[Event] = []
        #: How long a request is going to take: what the last ones took.
        self._each = _SINGLY
        self._left: Left | None = None
        #: Bytes that were lost with the connection.
        self._lost = 0
        #: Whether something else is spoken, to which nobody listens.
        self._is_stranger = False
        if provider.fooled_by is not None:
            self._standing.fall_silent(now.t, provider.fooled_by, now)
        else:
            self._ring(now)
        if provider.alpn == "h2":
            self._greet(now)
        self._standing.part(now)

    # ---- what the loop asks -----------------------------------------------------------------

    @property
    def deadline(self) -> float:
        """When `wake` is due, in seconds since the start; infinite if nothing is."""
        return math.inf if self._life.finished else min(self._appetite.due, self._due)

    @property
    def _due(self) -> float:
        """When something acts by itself, read or not."""
        if self._life.ending is not None:
            return min(self._life.due, self._standing.due)
        return min(self._timers.due, self._standing.due)

    @property
    def appetite(self) -> int | None:
        """How many bytes may be read now: None is without limit."""
        return self._appetite.bytes

    @property
    def busy(self) -> bool:
        """Whether there is more to do at once."""
        return self._waiting and not self._appetite.stalled

    @property
    def _waiting(self) -> bool:
        return bool(self._events or self._bytes)

    @property
    def pending(self) -> Pending:
        """What is not dealt with: waiting is a request that is not complete."""
        return Pending(self._appetite.held, " and ".join(self._waits()) or None)

    def _waits(self) -> Iterator[str]:
        if self._greeting is not None:
            if self._greeting.unread:
                size = size_in_words(self._greeting.unread)
                yield f"{size} have come, too few to tell what is spoken"
            return
        if self._waiting and self._appetite.stalled:
            yield "what has come is not looked at"
        begun = self._wire.unfinished
        if begun:
            yield f"{'a request is' if begun == 1 else f'{begun:,} requests are'} not complete"
        if half := self._wire.half_read:
            yield half

    @property
    def finished(self) -> bool:
        """Whether its last actions close the socket, and all that came is on record."""
        return self._life.finished and not self.busy

    def actions(self) -> list[Action]:
        """What is to be done now, in order. Each action is handed out once."""
        self._standing.say_so_far()
        # Sending can end a connection, too.
        self._events += self._wire.events()
        return self._life.actions()

    def receive(self, data: bytes, now: Moment) -> None:
        """The provider has written this."""
        self._appetite.took(now)
        if data:
            self._timers.heard(now)
            self._standing.something_came(now)
        self._read(data, now)

    def _read(self, data: bytes, now: Moment) -> None:
        if self._greeting is None:
            self._bytes += data
            return
        if self._is_stranger:
            return
        heard = self._greeting.take(data)
        if isinstance(heard, bytes):
            self._greeting = None
            self._bytes = heard
            if not self._standing.speaks:
                self._greet(now)
        elif heard is not None:
            self._send_off(self._greeting, heard, now)

    def _send_off(self, greeting: Greeting, spoken: Spoken, now: Moment) -> None:
        """Say to somebody who speaks something else what is spoken here, and close: but on a
        connection that has ended, or is dead, nothing is said to anybody.
        """
        standing = self._standing
        cut = standing.cut(0, now)
        strange = greeting.strange(spoken, standing.recorder, now, cut)
        standing.said[strange.words] = None
        standing.speaks, self._is_stranger = False, True
        if cut is None:
            standing.end(now, say=strange.reply)
        elif strange.reply:
            standing.answers.unanswered += 1

    def _greet(self, now: Moment) -> None:
        self._standing.speaks = True
        if self._life.ending is None and not self._standing.is_mute:
            self._exchange.greet(now)
            self._standing.say_goodbyes(now)

    def kept_waiting(self, now: Moment) -> None:
        """Something has come that is not read yet."""
        self._timers.heard(now)
        self._appetite.kept_waiting(now)

    def told(self, said: str) -> None:
        """TLS has this to tell of the provider."""
        self._standing.said[said] = None

    def ended(self, how: Left, now: Moment) -> None:
        """The provider closed its side, or the connection broke."""
        held = self.busy or self._appetite.stalled
        if held and how in ("graceful", "no-close-notify"):
            # What was read before is judged first, and for that a stall has to be over.
            self._left = how
            return
        self._read_on(now)
        self._leave(how, now)

    def wake(self, now: Moment) -> None:
        """The deadline has come, or it is this one's turn to go on."""
        if not self.busy and not self._appetite.wake(now, alone=self._due > now.t):
            if self._life.due <= now.t:
                self._life.wake(now)
            self._standing.wake(now)
            self._ring(now)
        self._read_a_slice(now)
        if self._left is not None and not self._appetite.stalled and not self.busy:
            self._leave(self._left, now)

    def _ring(self, now: Moment) -> None:
        """Let the faults act whose time has come. Of a dead connection nothing is heard."""
        ring = self._timers.ring(self._standing.occasion(now), now)
        while self._life.ending is None and not self._standing.is_dead(now.t):
            chosen = next(ring, None)
            if chosen is None:
                return
            self._exchange.act(chosen, now)
        self._timers.over()

    def stop(self, now: Moment) -> None:
        """The server itself is stopping: what was read is on record, whatever held it back."""
        self._appetite.release()
        self._read_on(now)
        while self._appetite.stalled:
            self._appetite.release()
            self._read_on(now)
        if self._life.finished:
            return
        if self._life.ending is None and self._standing.speaks and not self._standing.is_mute:
            self._standing.say_goaway(self._wire.last_processed, 0, b"", now)
        self._standing.say_so_far()
        self._life.stop()

    def over(self, now: Moment) -> None:
        """Write down how it ended, if that is known: no word for a failure of our own."""
        unsent = self._standing.over()
        if self._life.closed is None:
            return
        self._lose_the_rest(now)
        self._exchange.handle(self._wire.receive_eof("the connection ended"), now)
        unread = self._wire.unread if self._greeting is None else self._greeting.unread
        left = self._wire.half_read if self._greeting is None else None
        words = "; ".join(filter(None, (*self._standing.said, left, unsent)))
        detail = words or self._silence(*self._life.closed[:2])
        unread, unanswered = unread + self._lost, self._standing.answers.unanswered
        self._standing.recorder.ended(self._life.closed, unread, unanswered, now, detail)

    def _silence(self, by: By, how: How) -> str | None:
        """What is to be told of a client that has left before it spoke."""
        if self._greeting is None or by != "provider":
            return None
        return self._greeting.left(how, agreed=self._standing.speaks)

    # ---- reading ----------------------------------------------------------------------------

    def _read_on(self, now: Moment) -> None:
        while self.busy:
            self._read_a_slice(now)

    def _read_a_slice(self, now: Moment) -> None:
        """Deal with so much that others need not wait for long."""
        if self._appetite.stalled:
            return
        most = _SLICE // (self._each + self._api.ledger.work(_SIZE))
        if not self._events and self._bytes:
            bite, self._bytes = self._bytes[: most * _SIZE], self._bytes[most * _SIZE :]
            self._standing.terms.came(len(bite))
            self._events = self._wire.receive_data(bite)
        events, self._events = self._events[:most], self._events[most:]
        taken, singly = self._exchange.handle(events, now)
        self._events = events[taken:] + self._events
        self._each = _SINGLY if singly else _IN_A_ROW
        if not self._waiting:
            self._standing.part(now)
        elif self._appetite.stalled:
            self._appetite.kept_waiting(now)

    def _leave(self, how: Left, now: Moment) -> None:
        self._lose_the_rest(now)
        self._exchange.handle(self._wire.receive_eof(), now)
        self._standing.speaks = self._standing.speaks and how in ("graceful", "no-close-notify")
        self._standing.say_so_far()
        # A dead connection answers nothing. That shows in nothing else, so no fault was seen.
        self._life.left(how, now, politely=not self._standing.is_dead(now.t))

    def _lose_the_rest(self, now: Moment) -> None:
        """A broken one has lost whatever was not looked at, as with any server that does not read;
        and so has one that is closed while nothing is read.
        """
        self._appetite.release()
        known = [each for each in self._events if not isinstance(each, Request)]
        self._standing.lose(len(self._events) - len(known))
        self._lost += len(self._bytes)
        self._bytes, self._events = b"", []
        self._exchange.handle(known, now)
