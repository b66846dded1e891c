"""What faults do to one gateway connection, in the language that faults speak."""

from __future__ import annotations

import math
from typing import Literal

from ...ledger import DelayedBy, Moment
from ...protocol import Status, status_label
from ...push import Chosen, Push, Verdict
from ...scenario.faults import Close, Delay
from ..appetite import Appetite
from .answers import packet
from .shared import Owed
from .standing import Standing


class Effects:
    """Errors, and what faults have set going on one connection."""

    __slots__ = (
        "appetite",
        "blackhole",
        "standing",
    )

    def __init__(self, standing: Standing, appetite: Appetite) -> None:
        self.standing = standing
        self.appetite = appetite
        #: When a blackhole opens, and the entry that says why.
        self.blackhole: tuple[float, int] | None = None

    @property
    def due(self) -> float:
        """When `wake` is due; infinite if nothing is on its way."""
        return math.inf if self.blackhole is None else self.blackhole[0]

    def wake(self, now: Moment) -> None:
        """Open the blackhole, if it is time: what came before it was judged as ever."""
        if self.blackhole is not None and self.blackhole[0] <= now.t:
            self.swallow_from_now_on(self.blackhole[1], now)

    def swallow_from_now_on(self, cause: int, now: Moment) -> None:
        """Take all that comes and do nothing with it, because of this entry."""
        if self.standing.ending is None:
            self.standing.end(cause, "fault", 0.0, now, close="keep")

    def refuse(self, push: Push, verdict: Verdict, status: int, now: Moment) -> None:
        """Refuse the push at hand as Apple would."""
        seq = self.record(push, verdict, status, now)
        named = self.standing.name(push, status, "own")
        self.standing.fail(seq, answered(push, status), named, verdict.delay, now)

    def record(self, push: Push, verdict: Verdict, status: int, now: Moment) -> int:
        """Record the push as refused with this status; the entry's `seq`."""
        return self.standing.recorder.notification(
            push, "rejected", now, warnings=verdict.warnings, status=status_label(status)
        )


def answered(push: Push, status: int) -> int | None:
    """The status that goes out. Command 0 knows no error packet: the close is all it gets."""
    # Legacy Notification Format: on an error Apple closes, and sends nothing.
    return None if push.command == 0 else status


class At:
    """A `Conversation` for a fault that acts on the push at hand, or between two.

    `verdict` is there if the fault decides what becomes of the push.
    """

    __slots__ = ("_chosen", "_effects", "_now", "_push", "_standing", "_verdict")

    def __init__(
        self,
        effects: Effects,
        chosen: Chosen,
        now: Moment,
        push: Push | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        self._effects = effects
        self._standing = effects.standing
        self._chosen = chosen
        self._now = now
        self._push = push
        self._verdict = verdict

    @property
    def identifier(self) -> int:
        """What an error packet calls the push at hand; 0 if there is none, or no identifier."""
        return 0 if self._push is None else self._push.identifier or 0

    def refuse(
        self,
        status: int,
        *,
        delay: Delay | None,
        identifier: Literal["own", "zero", "last-accepted"] | int,
        close: Close,
        split: bool,
        next_connection: bool,
    ) -> None:
        """Refuse the push at hand, on this connection or at the beginning of the next."""
        push, verdict, standing = self._push, self._verdict, self._standing
        assert push is not None
        assert verdict is not None
        self._fired(status_label(status))
        seq = self._effects.record(push, verdict, status, self._now)
        named = standing.name(push, status, identifier)
        said, wait = answered(push, status), verdict.delay if delay is None else delay
        if next_connection:
            owed = Owed(said, named, seq, wait, close, split)
            standing.gateway.owe(push.topic or "", owed)
            return
        standing.fail(seq, said, named, wait, self._now, close=close, split=split)

    def acknowledge(self) -> None:
        """Status 0, unless the frame was of command 0, which is never answered."""
        if self._push is None or self._push.command == 0:
            return
        self._fired(f"identifier {self.identifier}")
        answer = packet(self._standing.recorder, Status.NO_ERROR, self.identifier, self._now)
        self._standing.life.say(answer("none", self._now))

    def end(
        self, detail: str, *, close: Close = "graceful", delay: Delay = "0ms", say: bytes = b""
    ) -> None:
        """End the connection behind what has come."""

        def answer(by: DelayedBy, now: Moment) -> bytes:
            return say

        cause = self._fired(detail)
        self._standing.end(cause, "fault", delay, self._now, answer=answer, close=close)

    def go_away(self, delay: Delay | None) -> None:
        """Status 10 with the last identifier that was accepted; to command 0 no packet."""
        standing = self._standing
        named = standing.last_accepted
        cause = self._fired(f"last accepted {named}")
        silent = standing.only_simple and standing.recorder.received > 0
        # Named is the last one sent successfully (Binary Provider API), 0 before the first: of
        # that Apple says nothing. Which one is fixed now, however long the answer takes.
        answer = None if silent else packet(standing.recorder, Status.SHUTDOWN, named, self._now)
        wait = standing.gateway.judge.error_delay() if delay is None else delay
        standing.end(cause, "shutdown", wait, self._now, answer=answer)

    def stop_reading(self, seconds: float, detail: str) -> None:
        """Leave what comes with the kernel, and look at nothing that was read."""
        self._fired(detail)
        self._effects.appetite.stall(self._now.t + seconds)

    def read_slowly(self, rate: int) -> None:
        """Leave most of what comes with the kernel for a while."""
        self._fired(f"{rate} bytes a second")
        self._effects.appetite.slow_down(rate, self._now)

    def swallow(self, seconds: float, detail: str) -> None:
        """Go silent for good, soon or now; once is enough."""
        if self._effects.blackhole is None:
            self._effects.blackhole = (self._now.t + seconds, self._fired(detail))
            self._effects.wake(self._now)

    def _fired(self, detail: str) -> int:
        """Record that the fault acts; the entry's `seq`."""
        return self._standing.recorder.fault(self._chosen, detail, self._now)
