"""What faults do to one gateway connection, in the language that faults speak."""

from __future__ import annotations

from typing import Literal

from ...ledger import DelayedBy, Moment
from ...protocol import Status, code_of, status_label
from ...push import Chosen, Push, Verdict
from ...scenario import Change
from ...scenario.faults import CloseKind, Conversation, Delay
from ..appetite import Appetite
from ..unseen import Unseen
from .answers import answered, packet
from .shared import Owed
from .standing import Standing


class At(Conversation):
    """For a fault that acts on the push at hand, for which there is a verdict, or between two."""

    __slots__ = ("_appetite", "_chosen", "_now", "_push", "_standing", "_verdict", "decided")

    def __init__(
        self,
        standing: Standing,
        appetite: Appetite,
        chosen: Chosen,
        now: Moment,
        push: Push | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        self._standing = standing
        self._appetite = appetite
        self._chosen = chosen
        self._now = now
        self._push = push
        self._verdict = verdict
        #: Whether the fault has said what becomes of the push.
        self.decided = False

    @property
    def identifier(self) -> int | None:
        """What an error packet calls the push at hand; command 0 has no identifier."""
        return None if self._push is None else self._push.identifier

    def refuse(
        self,
        status: str | int,
        *,
        delay: Delay | None,
        identifier: Literal["own", "zero", "last-accepted"] | int,
        close: CloseKind,
        split: bool,
        next_connection: bool,
    ) -> None:
        """Refuse the push at hand, on this connection or at the beginning of the next."""
        push, verdict, standing = self._push, self._verdict, self._standing
        assert push is not None
        assert verdict is not None
        code = code_of(status)
        assert code is not None, f"no step acts here with {status}, which has no word"
        self._fired(status_label(code))
        seq = standing.refused(push, verdict, code, self._chosen.reason, self._now)
        self.decided = True
        named = standing.name(push, code, identifier)
        said, wait = answered(push, code), verdict.delay if delay is None else delay
        if next_connection:
            owed = Owed(said, named, seq, wait, close, split)
            standing.gateway.owe(push.topic or "", owed)
            return
        standing.fail(seq, said, named, wait, self._now, close=close, split=split)

    def acknowledge(self) -> None:
        """Status 0, unless the frame was of command 0, which is never answered."""
        if self._push is None or self._push.command == 0:
            return
        named = self.identifier or 0
        self._fired(f"identifier {named}")
        answer = packet(self._standing.recorder, Status.NO_ERROR, named, self._now)
        self._standing.life.say(answer("none", self._now))

    def end(
        self, detail: str, *, close: CloseKind = "graceful", delay: Delay = "0ms", say: bytes = b""
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
        self._appetite.stall(self._now.t + seconds, self._unseen(detail), self._now)

    def read_slowly(self, rate: int) -> None:
        """Leave most of what comes with the kernel for a while."""
        self._appetite.slow_down(rate, self._unseen(f"{rate} bytes a second"), self._now)

    def swallow(self, seconds: float, detail: str) -> None:
        """Go silent for good, soon or now; once is enough."""
        hole = self._unseen(detail)
        if self._standing.blackhole is None:
            # What came together is judged in turns, and the same becomes of all of it.
            begin = self._now.t if self._push is None else self._standing.came
            self._standing.blackhole = (begin + seconds, hole)
        else:
            hole.over()

    def change_device(self, change: Change, token: bytes | None) -> None:
        """Let it happen behind the push at hand."""
        standing, push = self._standing, self._push
        assert push is not None
        changes = standing.gateway.changes
        changes.act(change, token, push, self._chosen, self._now, standing.recorder)

    def _unseen(self, detail: str) -> Unseen:
        """The fault at work, which is on record once it is seen."""
        standing = self._standing
        return Unseen(
            self._chosen,
            detail,
            standing.number,
            standing.recorder,
            standing.gateway.judge.triggers,
        )

    def _fired(self, detail: str) -> int:
        """Record that the fault acts; the entry's `seq`."""
        return self._standing.recorder.fault(self._chosen, detail, self._now)
