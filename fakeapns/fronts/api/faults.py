"""What faults do to one request, in the language that faults speak."""

from __future__ import annotations

from typing import Literal

from ...ledger import Moment
from ...protocol import REASONS, reason_of
from ...push import Chosen, Verdict
from ...scenario.faults import CloseKind, Delay
from .answers import Answers
from .reasons import Answer
from .recorder import ApiRecorder
from .sent import Sent


class At:
    """For a fault that acts on the push at hand, for which there is a verdict."""

    __slots__ = (
        "_answers",
        "_chosen",
        "_now",
        "_recorder",
        "_sent",
        "_verdict",
        "decided",
    )

    def __init__(
        self,
        chosen: Chosen,
        sent: Sent,
        verdict: Verdict,
        answers: Answers,
        recorder: ApiRecorder,
        now: Moment,
    ) -> None:
        self._chosen = chosen
        self._sent = sent
        self._verdict = verdict
        self._answers = answers
        self._recorder = recorder
        self._now = now
        #: Whether the fault has said what becomes of the push.
        self.decided = False

    @property
    def identifier(self) -> int | None:
        """Pushes of the API have none."""
        return None

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
        asked, now = self._sent.asked, self._now
        said = answer_for(status, now)
        self._recorder.fault(self._chosen, said.reason or f"HTTP {said.status}", now)
        held = None
        if delay is not None:
            held = self._answers.hold(asked, said, delay, now)
        self._recorder.push(
            self._sent.push,
            self._sent.signed,
            "rejected",
            now,
            warnings=self._verdict.warnings,
            answer=said,
            answering=self._answers.can_say(asked.stream) if held is None else held,
            violations=() if said.reason is None else (said.reason,),
            detail=self._chosen.reason,
        )
        if held is None:
            self._answers.say(asked, said, now)
        self.decided = True


def answer_for(status: str | int, now: Moment) -> Answer:
    """What is answered for a status of either interface: a name, a code or HTTP's number."""
    reason = reason_of(status)
    http = status if isinstance(status, int) and status >= 400 else 500
    if reason is None:
        return Answer(http)
    http = REASONS[reason]
    # The moment at which a token became no good: there is none, so it is now.
    return Answer(http, reason, int(now.wall * 1000) if http == 410 else None)
