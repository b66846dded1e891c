"""One gateway connection: bytes and the moment in, ledger entries and actions out."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from ...ledger import Moment
from ...protocol import (
    NEED_DATA,
    Event,
    Frames,
    GatewayParser,
    NotificationReceived,
    OddLengths,
)
from ..actions import Action
from ..appetite import Appetite
from ..front import Left, Pending, Provider
from ..timers import Timers
from .decisions import Decisions
from .frames import FrameRow
from .lengths import unread_in_words
from .shared import Gateway
from .standing import Standing

#: Work that is done in one go, in units of about a microsecond: a frame that may travel in a bundle
#: is one, or what it takes to record it; any other takes `_FRAME`, and one for each `_BYTES` bytes
#: of payload (measured: 5 to 16 µs and 10 to 90 µs for a KiB, and log and ledger file take as long
#: again). So a read of plain frames is dealt with at once, and one of 13,107 frames without
#: content in 600 slices.
SLICE = 512
_FRAME, _BYTES = 24, 16


class GatewayConnection:
    """The connection `number`, which opened `now`. See `Connection` for how it is driven."""

    __slots__ = (
        "_appetite",
        "_budget",
        "_decisions",
        "_gateway",
        "_left",
        "_life",
        "_on_record",
        "_parser",
        "_recorder",
        "_row_topic",
        "_standing",
        "_timers",
    )

    def __init__(self, number: int, provider: Provider, gateway: Gateway, now: Moment) -> None:
        self._gateway = gateway
        self._standing = Standing(number, provider.topics, gateway, now)
        self._recorder = self._standing.recorder
        self._life = self._standing.life
        #: The topic of what may travel in a bundle; None where nothing may.
        self._row_topic = gateway.bundled(provider.topics)
        self._parser = GatewayParser(gateway.settings.max_frame, fast=self._row_topic is not None)
        self._appetite = Appetite()
        #: What is left of a slice; nothing as long as there is something that was not looked at.
        self._budget = SLICE
        self._left: Left | None = None
        self._timers = Timers(gateway.judge.triggers, self._standing.occasion(now), now)
        self._decisions = Decisions(self._standing, self._appetite, self._timers)
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
        return Pending(self._appetite.held, self._waits())

    def _waits(self) -> str | None:
        because, stalled = self._standing.unread_because, self._appetite.stalled
        return unread_in_words(self._parser, because, self._recorder.received, stalled=stalled)

    @property
    def busy(self) -> bool:
        """Whether there is more to do at once."""
        return self._budget <= 0

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
        self._parser.receive_data(data)
        self._budget = 0

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
            self._read_on(now)
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
        self._read_a_slice(now)
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
        self._read_on(now)

    def over(self, now: Moment) -> None:
        """Write down how it ended, if that is known: no word for a failure of our own."""
        self._appetite.over()
        self._standing.over()
        if self._life.closed is not None:
            unread = self._parser.unread
            words = filter(None, (self._waits(), self._standing.last_words(unread)))
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

    # ---- reading ----------------------------------------------------------------------------

    def _read_on(self, now: Moment) -> None:
        """Deal with all that has come, as far as no fault keeps it back."""
        self._read_a_slice(now)
        while self.busy:
            self._read_a_slice(now)

    def _read_a_slice(self, now: Moment) -> None:
        """The same, as far as the work in it is no more than others may wait for."""
        self._budget = SLICE
        while not self._appetite.stalled:
            if self.busy:
                return
            if self._watches_frames():
                if self._cut(now):
                    break
            else:
                frames = self._parser.next_frames()
                if frames is not None:
                    self._take_row(frames, now)
                    continue
            event = self._parser.next_event()
            if event is NEED_DATA:
                break
            self._handle(event, now, self._parser.odd_lengths)
        # Nothing is left to do, whatever it took.
        self._budget = SLICE
        if self._appetite.stalled and self._parser.unread:
            self._appetite.kept_waiting(now)

    def _watches_frames(self) -> bool:
        """Whether frames have to be looked at one by one, since a fault may cut one."""
        return self._life.ending is None and self._gateway.judge.triggers.has("frame")

    def _cut(self, now: Moment) -> bool:
        """Whether a fault ends the connection inside the next frame, of which a part is there."""
        triggers = self._gateway.judge.triggers
        begun = self._parser.begun()
        found = triggers.find("frame", self._standing.occasion(now)) if begun else None
        if found is None or begun < found.step.fault.cut:
            return False
        self._parser.give_up()
        self._standing.unread_because = "a fault cut the connection inside a frame"
        self._decisions.act(triggers.fire(found, self._standing.number), now)
        return True

    def _take_row(self, frames: Frames, now: Moment) -> None:
        """Frames in a row: as many as possible in one bundle, the others one by one."""
        at = 0
        while at < len(frames) and not self._appetite.stalled and not self.busy:
            if self._life.ending is None and not self._standing.is_dead(self._standing.came):
                at += self._take_bundle(frames, at, now)
            if at < len(frames) and not self.busy:
                self._handle(frames[at], now, partial(frames.odd_lengths, at))
                at += 1
        self._parser.put_back(frames[at:])

    def _take_bundle(self, frames: Frames, first: int, now: Moment) -> int:
        """Take those behind the first about which there is nothing to say; how many."""
        standing, shortcut, topic = self._standing, self._gateway.shortcut, self._row_topic
        assert shortcut is not None
        assert topic is not None
        average = (frames.starts[-1] - frames.starts[0]) // len(frames)
        weight = self._gateway.ledger.work(average)
        most = max(1, self._budget // weight)
        if len(frames) - first > most:
            frames = frames[: first + most]
        count = shortcut.count(frames, first, topic, standing.number, standing.judged)
        if count:
            self._budget -= count * weight
            taken = frames[first : first + count]
            ordinal = self._recorder.received + 1
            row = FrameRow(standing.number, ordinal, topic, taken, standing.since)
            self._recorder.accepted(row, now)
            self._gateway.judge.triggers.count(count)
            standing.judged += count
            standing.only_simple = standing.only_simple and frames.command == 0
            standing.last_accepted = taken[-1].identifier or 0
        return count

    def _handle(self, event: Event, now: Moment, odd: Callable[[], OddLengths]) -> None:
        """The provider sent a frame; `odd` tells of its lengths, if it is no good."""
        self._budget -= _FRAME
        if isinstance(event, NotificationReceived):
            self._budget -= len(event.payload) // _BYTES
        self._decisions.take(event, now, odd)
