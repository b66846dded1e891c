"""What has come on one gateway connection, and how it is dealt with: in slices of work."""

from __future__ import annotations

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
from ..appetite import Appetite
from .decisions import Decisions
from .lengths import unread_in_words
from .standing import Standing

#: Work that is done in one go, in units of about a microsecond: a frame that may travel in a bundle
#: is one, or what it takes to record it; any other takes `_FRAME`, and one for each `_BYTES` bytes
#: of payload (measured: 5 to 16 µs and 10 to 90 µs for a KiB, and log and ledger file take as long
#: again). So a read of plain frames is dealt with at once, and one of 13,107 frames without
#: content in 600 slices.
SLICE = 512
_FRAME, _BYTES = 24, 16


class Reading:
    """Reads frames as far as `appetite` lets it: many into a bundle, the others by `decisions`."""

    __slots__ = ("_appetite", "_budget", "_decisions", "_gateway", "_parser", "_standing", "_topic")

    def __init__(self, standing: Standing, appetite: Appetite, decisions: Decisions) -> None:
        self._standing = standing
        self._gateway = standing.gateway
        self._appetite = appetite
        self._decisions = decisions
        #: The topic of what may travel in a bundle; None where nothing may.
        self._topic = self._gateway.bundled(standing.topics)
        limit = self._gateway.settings.max_frame
        self._parser = GatewayParser(limit, fast=self._topic is not None)
        #: What is left of a slice; nothing as long as there is something that was not looked at.
        self._budget = SLICE

    @property
    def busy(self) -> bool:
        """Whether there is more to do at once."""
        return self._budget <= 0

    @property
    def unread(self) -> int:
        """Bytes that have come and belong to no frame that was dealt with."""
        return self._parser.unread

    def waits(self) -> str | None:
        """What has come and is no frame, in words."""
        standing, stalled = self._standing, self._appetite.stalled
        received = standing.recorder.received
        return unread_in_words(self._parser, standing.unread_because, received, stalled=stalled)

    def receive(self, data: bytes) -> None:
        """This has come: there is something to do."""
        self._parser.receive_data(data)
        self._budget = 0

    def finish(self, now: Moment) -> None:
        """Deal with all that has come, as far as no fault keeps it back."""
        self.go_on(now)
        while self.busy:
            self.go_on(now)

    def go_on(self, now: Moment) -> None:
        """The same, as far as the work in it is no more than others may wait for."""
        self._budget = SLICE
        while not self._appetite.stalled:
            if self.busy:
                return
            if not self._take_next(now):
                break
        # Nothing is left to do, whatever it took.
        self._budget = SLICE
        if self._appetite.stalled and self.unread:
            self._appetite.kept_waiting(now)

    def _take_next(self, now: Moment) -> bool:
        """Take a row, or a frame; whether there was one, and may be more."""
        if self._watches_frames():
            if self._cut(now):
                return False
        else:
            frames = self._parser.next_frames()
            if frames is not None:
                self._take_row(frames, now)
                return True
        event = self._parser.next_event()
        if event is NEED_DATA:
            return False
        self._take(event, now, self._parser.odd_lengths)
        return True

    # ---- one by one -------------------------------------------------------------------------

    def _watches_frames(self) -> bool:
        """Whether frames have to be looked at one by one, since a fault may cut one."""
        return self._standing.life.ending is None and self._gateway.judge.triggers.has("frame")

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

    def _take(self, event: Event, now: Moment, odd: Callable[[], OddLengths]) -> None:
        """The provider sent a frame; `odd` tells of its lengths, if it is no good."""
        self._budget -= _FRAME
        if isinstance(event, NotificationReceived):
            self._budget -= len(event.payload) // _BYTES
        self._decisions.take(event, now, odd)

    # ---- in a row ---------------------------------------------------------------------------

    def _take_row(self, frames: Frames, now: Moment) -> None:
        """Frames in a row: as many as possible in one bundle, the others one by one."""
        at, standing = 0, self._standing
        while at < len(frames) and not self._appetite.stalled and not self.busy:
            if standing.life.ending is None and not standing.is_dead(standing.came):
                at += self._take_bundle(frames, at, now)
            if at < len(frames) and not self.busy:
                self._take(frames[at], now, partial(frames.odd_lengths, at))
                at += 1
        self._parser.put_back(frames[at:])

    def _take_bundle(self, frames: Frames, first: int, now: Moment) -> int:
        """Take those behind the first about which there is nothing to say; how many."""
        standing, shortcut, topic = self._standing, self._gateway.shortcut, self._topic
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
            standing.accept(frames[first : first + count], topic, now)
        return count
