"""The face that a connection to the API turns to a fault."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from ....ledger import Moment
from ....protocol.http2 import ErrorCode, Omitted, code_name
from ....push import Chosen, Verdict
from ....scenario import Change
from ....scenario.faults import CloseKind, Delay, Exchange, Last, Then
from ...unseen import Unseen
from ..goodbye import Goodbye, last_stream
from ..outcomes import Outcomes
from ..reasons import Answer, answer
from ..sent import Sent
from ..standing import Standing, Wedged
from ..terms import Changed


class At(Exchange):
    """For a fault that acts on the push at hand, for which there is a verdict, or between two."""

    __slots__ = ("_chosen", "_now", "_outcomes", "_sent", "_standing", "_verdict", "decided")

    def __init__(
        self,
        standing: Standing,
        outcomes: Outcomes,
        chosen: Chosen,
        now: Moment,
        sent: Sent | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        self._standing = standing
        self._outcomes = outcomes
        self._chosen = chosen
        self._now = now
        self._sent = sent
        self._verdict = verdict
        #: Whether it is said what becomes of the push.
        self.decided = False

    @property
    def identifier(self) -> int | None:
        """Pushes of the API have none."""
        return None

    # ---- in place of its answer -------------------------------------------------------------

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
        """Refuse the push at hand; other streams go on. What only the gateway has words for, the
        identifier and how the connection ends, is nothing here.
        """
        said = self._outcomes.answer_for(self._at_hand()[0], status, self._now)
        self._refuse(said, said.reason or f"HTTP {said.status}", delay)

    def refuse_everything(self, reason: str) -> None:
        """Refuse it, and all that comes behind it."""
        self._standing.wedged = Wedged(self._chosen, reason)
        self._refuse(self._outcomes.answer_for(self._at_hand()[0], reason, self._now), reason, None)

    def _refuse(self, said: Answer, detail: str, delay: Delay | None) -> None:
        self._fired(detail)
        self.decided = True
        sent, verdict = self._at_hand()
        self._outcomes.refuse(sent, verdict, said, self._chosen.reason, delay, self._now)

    def never_answer(self, *, accepted: bool) -> None:
        """Leave its stream alone."""
        if accepted:
            self._take(answers=False)
            self._fired("for ever")
        else:
            self._discard("for ever, and never processed")

    def answer_late(self, delay: Delay) -> None:
        """Take it, and say so later."""
        sent, verdict = self._at_hand()
        self.decided = True
        told = delay if isinstance(delay, str) else f"{delay.notifications} notifications"
        self._fired(told)
        self._outcomes.take_late(sent, verdict, delay, self._now)

    def answer_in_part(self, *, half_a_body: bool) -> None:
        """Begin its answer."""
        sent, verdict = self._at_hand()
        self.decided = True
        said = answer("InternalServerError") if half_a_body else None
        self._outcomes.take_in_part(sent, verdict, said, self._chosen.reason, self._now)
        self._fired("half a body" if half_a_body else "headers alone")

    def cut_answer(self, size: int, close: CloseKind) -> None:
        """Say the beginning of its answer, and close."""
        sent, verdict = self._at_hand()
        self.decided = True
        self._standing.say_so_far()
        beginning = self._outcomes.take_in_bytes(sent, verdict, self._now)[:size]
        cause = self._fired(f"{close}, behind {len(beginning)} bytes of the answer")
        self._standing.break_off(cause, close, "0ms", beginning, self._now)

    def reset_stream(self, code: int, *, processed: bool, twice: bool) -> None:
        """End its stream."""
        sent, verdict = self._at_hand()
        if processed:
            self.decided = True
            self._outcomes.take_in_part(sent, verdict, None, None, self._now)
            self._fired(f"{code_name(code)} behind the headers")
        else:
            self._discard(code_name(code))
        further = (ErrorCode.STREAM_CLOSED,) if twice else ()
        # The client may have ended it before.
        done = self._standing.wire.reset(sent.asked.stream, code, *further)
        for each in (code, *further) if done else ():
            self._standing.note_reset(
                sent.asked.stream, each, "server", self._chosen.reason, self._now
            )

    # ---- the connection ---------------------------------------------------------------------

    def end(
        self, detail: str, *, close: CloseKind = "graceful", delay: Delay = "0ms", say: bytes = b""
    ) -> None:
        """End it behind what has come, without the answer to the push at hand."""
        self._take(answers=False)
        self._standing.break_off(self._fired(detail), close, delay, say, self._now)

    def go_away_at(
        self, last: Last, code: int, debug: str, seconds: float, then: Then, *, twice: bool
    ) -> None:
        """Process no stream above the last one, and say so soon or now."""
        standing, sent = self._standing, self._sent
        opened = standing.wire.last_stream
        highest = last_stream(last, opened if sent is None else sent.asked.stream)
        detail = f"last stream {highest}"
        if isinstance(last, int) and highest > opened:
            detail += f", which is beyond {opened}, the last that was opened"
        if sent is None or sent.asked.stream <= highest:
            self._take()
            cause = self._fired(detail)
        else:
            cause = self._discard(detail)
        goodbye = Goodbye(
            *(highest, code, debug, self._now.t + seconds, then),
            twice=twice,
            cause=cause,
            behind=standing.recorder.requests,
        )
        standing.take_leave(goodbye, self._now)

    def stop_reading(self, seconds: float, detail: str) -> None:
        """Leave what comes with the kernel, and look at nothing that was read."""
        self._take()
        self._standing.appetite.stall(self._now.t + seconds, self._unseen(detail), self._now)

    def read_slowly(self, rate: int) -> None:
        """Leave most of what comes with the kernel for a while."""
        self._take()
        unseen = self._unseen(f"{rate} bytes a second")
        self._standing.appetite.slow_down(rate, unseen, self._now)

    def swallow(self, seconds: float, detail: str) -> None:
        """Go silent for good, soon or now."""
        self._take()
        self._standing.fall_silent(self._now.t + seconds, self._unseen(detail), self._now)

    def change_device(self, change: Change, token: bytes | None) -> None:
        """Let it happen behind the push at hand."""
        self._take()
        standing, (sent, _) = self._standing, self._at_hand()
        changes = standing.api.changes
        changes.act(change, token, sent.push, self._chosen, self._now, standing.recorder)

    def change_settings(
        self, values: Mapping[int, int], seconds: float | None, *, until_success: bool
    ) -> None:
        """Say others, and the usual ones again later."""
        self._take()
        told = ", ".join(f"{key}: {value}" for key, value in values.items())
        back_at = math.inf if seconds is None else self._now.t + seconds
        changes = {key: Changed(value, back_at, until_success) for key, value in values.items()}
        self._standing.terms.change(changes, self._unseen(told), self._now)

    def give_no_credit(self, after: int) -> None:
        """Leave out each WINDOW_UPDATE."""
        self._standing.terms.give_no_credit(after, self._unseen(f"after {after:,} bytes"))

    def say_no_settings(self, *, goaway: bool) -> None:
        """Leave out what a server begins with."""
        unseen = self._unseen("GOAWAY instead" if goaway else "nothing instead")
        self._standing.begin_without(unseen, self._now, goaway=goaway)

    def ignore_pings(self) -> None:
        """Leave out what acknowledges a PING."""
        self._standing.terms.leave_out(Omitted.PING_ACK, self._unseen("not acknowledged"))

    # ---- inside -----------------------------------------------------------------------------

    def _at_hand(self) -> tuple[Sent, Verdict]:
        assert self._sent is not None, "this fault acts on a push alone"
        assert self._verdict is not None
        return self._sent, self._verdict

    def _take(self, *, answers: bool = True) -> None:
        """The push at hand is dealt with as if no fault had come, with an answer or without."""
        if self._sent is not None and not self.decided:
            self.decided = True
            sent, verdict = self._at_hand()
            if answers:
                self._outcomes.take(sent, verdict, self._now)
            else:
                self._outcomes.take_silently(sent, verdict, self._now)

    def _discard(self, detail: str) -> int:
        """The push at hand is not processed: the `seq` of the entry that says why."""
        self.decided = True
        sent, _ = self._at_hand()
        cause = self._fired(detail)
        self._outcomes.discard(sent, sent.push.ordinal, cause, self._chosen.reason, self._now)
        return cause

    def _fired(self, detail: str) -> int:
        return self._standing.recorder.fault(self._chosen, detail, self._now)

    def _unseen(self, detail: str) -> Unseen:
        """The fault at work, which is on record once it is seen."""
        standing = self._standing
        triggers = standing.api.judge.triggers
        return Unseen(self._chosen, detail, standing.number, standing.recorder, triggers)
