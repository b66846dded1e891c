"""What faults do to one connection, beyond refusing a notification."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from ...ledger.entries import Reason
from ...protocol import NotificationReceived
from ...push.judge import Judge
from ...push.triggers import Chosen, Moment
from ...scenario.faults import (
    AcceptThenClose,
    Acknowledge,
    Blackhole,
    Close,
    Delay,
    Drop,
    Garbage,
    Shutdown,
    Stall,
    Throttle,
    bytes_in,
)
from ...scenario.steps import Step
from ...scenario.units import parse_duration
from ..actions import Send
from ..ending import Closing, Ending
from ..recorder import Recorder


class Progress(msgspec.Struct):
    """How far a connection has come."""

    opened: float
    judged: int = 0
    last_accepted: int = 0
    #: Whether all frames so far were of command 0.
    only_simple: bool = True


class Acting:
    """The faults of one connection: those on their way, and those that have acted.

    `resume` is when a stall ends, `rate` the bytes a second that are read at most, and with
    `deaf` all further bytes stay unread.
    """

    __slots__ = (
        "_blackhole",
        "_closing",
        "_connection",
        "_judge",
        "_progress",
        "_recorder",
        "_timers",
        "_topics",
        "deaf",
        "rate",
        "resume",
    )

    def __init__(
        self,
        connection: int,
        topics: Sequence[str],
        judge: Judge,
        recorder: Recorder,
        closing: Closing,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._topics = topics
        self._judge = judge
        self._recorder = recorder
        self._closing = closing
        self._progress = progress
        self._timers: list[tuple[float, int, Step]] = []
        #: When a blackhole opens, and the entry that says why.
        self._blackhole: tuple[float, int] | None = None
        self.resume = math.inf
        self.rate: int | None = None
        self.deaf = False

    @property
    def due(self) -> float:
        """When `ring` is due; infinite if nothing is on its way."""
        if self._closing.ending is not None:
            return math.inf
        opens = math.inf if self._blackhole is None else self._blackhole[0]
        return min(self._timers[0][0] if self._timers else math.inf, opens)

    def greet(self, now: float) -> None:
        """Let act what meets the provider as the connection opens."""
        owed = self._judge.owed(self._topics)
        if owed is not None:
            silent = owed.command == 0
            ending = Ending(
                reason="silent-error" if silent else "error",
                cause=owed.cause,
                behind=0,
                since=now,
                packet=None if silent else (owed.status, owed.identifier),
                split=owed.fault.split,
                close=owed.fault.close,
            )
            self._closing.begin(ending, owed.delay, now)
            return
        timers = self._judge.plan.timers(self._moment(now))
        self._timers = [(now + seconds, position, step) for seconds, position, step in timers]
        self.ring(now)

    def ring(self, now: float) -> None:
        """Let the faults act whose time has come."""
        plan = self._judge.plan
        acted: float | None = None
        while self._timers and self._timers[0][0] <= now and self._closing.ending is None:
            due, position, step = self._timers.pop(0)
            # Of those that are due at one moment the first wins. Its time has come, whatever
            # the difference of two floats says.
            may_act = due != acted and plan.holds(position, step)
            if may_act and plan.matches(position, step, self._moment(math.inf)):
                self.act(plan.fire(position, step, self._connection), now)
                acted = due
        self._swallow(now)

    @property
    def watches_frames(self) -> bool:
        """Whether a fault may cut a frame."""
        return self._closing.ending is None and self._judge.plan.has("frame")

    def cuts_frame(self, begun: Callable[[], int], now: float) -> bool:
        """Whether a fault ends the connection inside the next frame, of which so many bytes
        as `begun` says have come. Asked before the frame is looked at.
        """
        plan = self._judge.plan
        if not self.watches_frames:
            return False
        available = begun()
        found = plan.find("frame", self._moment(now)) if available else None
        if found is None or available < _cut_size(found[1]):
            return False
        self.deaf = True
        self.act(plan.fire(*found, self._connection), now)
        return True

    def _moment(self, now: float) -> Moment:
        elapsed = now - self._progress.opened
        return Moment(self._connection, self._topics, self._progress.judged, elapsed)

    def act(self, chosen: Chosen, now: float, received: NotificationReceived | None = None) -> None:
        """Let a fault act right behind what has come so far."""
        identifier = 0 if received is None else received.identifier or 0
        match chosen.fault:
            case Stall(for_=seconds):
                self.fired(chosen, f"for {seconds}", now)
                self.resume = now + parse_duration(seconds)
            case Throttle(bytes_per_second=rate):
                self.rate = bytes_in(rate)
                self.fired(chosen, f"{self.rate} bytes a second", now)
            case Acknowledge():
                if received is not None and received.command != 0:
                    self.fired(chosen, f"identifier {identifier}", now)
                    packet = self._recorder.response(0, identifier, now, "none", now)
                    self._closing.actions.append(Send(packet))
            case Drop(close=close):
                self._end(chosen, close, now, close=close)
            case AcceptThenClose(after=after):
                self._end(chosen, f"after {after}", now, delay=after)
            case Blackhole(after=after):
                if self._blackhole is None:
                    cause = self.fired(chosen, f"after {after}", now)
                    self._blackhole = (now + parse_duration(after), cause)
                    self._swallow(now)
            case Garbage(close=close) as garbage:
                content = garbage.content(identifier)
                self._end(chosen, content.hex(" "), now, raw=content, close=close)
            case Shutdown(delay=delay):
                packet_10 = None if self._used_only_simple() else (10, self._progress.last_accepted)
                self._end(
                    chosen,
                    f"last accepted {self._progress.last_accepted}",
                    now,
                    reason="shutdown",
                    packet=packet_10,
                    delay=self._judge.error_delay() if delay is None else delay,
                )
            case other:
                raise AssertionError(f"{other.name} has no arm here: see the page on the format")

    def _swallow(self, now: float) -> None:
        """Open the blackhole, if it is time: what came before it was judged as ever."""
        if self._blackhole is None or self._blackhole[0] > now or self._closing.ending is not None:
            return
        self.swallow(self._blackhole[1], now)

    def swallow(self, cause: int, now: float) -> None:
        """Take all that comes from now on and do nothing with it, because of this entry."""
        ending = Ending(
            reason="fault", cause=cause, behind=self._recorder.received, since=now, close="keep"
        )
        self._closing.begin(ending, 0.0, now)

    def _used_only_simple(self) -> bool:
        return self._progress.only_simple and self._recorder.received > 0

    def _end(
        self,
        chosen: Chosen,
        detail: str,
        now: float,
        *,
        delay: Delay | float = 0.0,
        reason: Reason = "fault",
        packet: tuple[int, int] | None = None,
        raw: bytes | None = None,
        close: Close = "graceful",
    ) -> None:
        ending = Ending(
            reason=reason,
            cause=self.fired(chosen, detail, now),
            behind=self._recorder.received,
            since=now,
            packet=packet,
            raw=raw,
            close=close,
        )
        self._closing.begin(ending, delay, now)

    def fired(self, chosen: Chosen, detail: str, now: float) -> int:
        """Record that a fault acts; the entry's `seq`."""
        return self._recorder.fault(chosen.fault, chosen.position, detail, now)


def _cut_size(step: Step) -> int:
    assert isinstance(step.fault, Drop)
    assert step.fault.after_bytes is not None
    return bytes_in(step.fault.after_bytes)
