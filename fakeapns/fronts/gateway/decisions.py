"""What becomes of each frame of one connection, and of the connection with it."""

from __future__ import annotations

from collections.abc import Callable

from ...ledger import Moment, Outcome
from ...protocol import (
    Event,
    FrameMalformed,
    NotificationReceived,
    OddLengths,
    Status,
    status_label,
)
from ...push import Chosen, Push, Verdict
from ..appetite import Appetite
from ..ending import Ending
from ..strangers import stranger
from ..timers import Timers
from .answers import STATUS, answered
from .faults import At
from .lengths import OF_SIZES, with_lengths
from .standing import Standing


class Decisions:
    """Takes what is in no bundle, and lets faults act. It shares what a connection has of these."""

    __slots__ = ("_appetite", "_gateway", "_recorder", "_standing", "_timers")

    def __init__(self, standing: Standing, appetite: Appetite, timers: Timers) -> None:
        self._standing = standing
        self._recorder = standing.recorder
        self._gateway = standing.gateway
        self._appetite = appetite
        self._timers = timers

    def take(self, event: Event, now: Moment, odd: Callable[[], OddLengths]) -> None:
        """The provider sent a frame; `odd` tells of its lengths, if it is no good."""
        self._standing.something_came(now)
        self._recorder.received += 1
        if self._standing.life.ending is not None:
            self._discard(event, self._standing.life.ending, now)
            return
        self._standing.only_simple = self._standing.only_simple and event.command == 0
        if isinstance(event, NotificationReceived):
            self._judge(self._standing.push(event), now, odd)
        else:
            self._refuse_malformed(event, now, odd)

    def _discard(self, event: Event, ending: Ending, now: Moment) -> None:
        # Apple drops these without a word. Here they are on record, and never judged: how many
        # there are depends on timing, so no counter may know of them.
        standing = self._standing
        if isinstance(event, NotificationReceived):
            push = standing.push(event)
            warnings = self._gateway.judge.warnings(push)
            behind, cause = ending.behind, ending.cause
            standing.record(push, "discarded", now, warnings=warnings, behind=behind, cause=cause)
        else:
            self._malformed(event, "discarded", now, self._spoken(event) or event.reason)
        standing.life.frame_came(now)

    def _refuse_malformed(
        self, frame: FrameMalformed, now: Moment, odd: Callable[[], OddLengths]
    ) -> None:
        # Apple tells developers that reading zero bytes means a bad command byte (TN2265),
        # and that a frame it cannot parse gets 128 (Binary Provider API, table A-4). Both hold if
        # only the byte is silent. Command 0 never gets a packet (Legacy Notification Format).
        silent = frame.command not in (1, 2) or self._gateway.settings.silent_parse_errors
        status = None if silent else int(Status.PROTOCOL_ERROR)
        ordinal = self._recorder.received
        reason = self._spoken(frame) or with_lengths(frame.reason, odd(), ordinal)
        seq = self._malformed(frame, "rejected", now, reason, status)
        if not frame.framed:
            self._standing.unread_because = f"nothing is read behind frame {ordinal}: {reason}"
        # Not by its bytes: how many of them had come when it was refused is up to TCP.
        cause = f"{frame.command} {frame.reason}".encode()
        delay = self._gateway.judge.error_delay(cause)
        self._standing.fail(seq, status, frame.identifier or 0, delay, now)

    def _spoken(self, frame: FrameMalformed) -> str | None:
        """What was spoken instead of frames, if that is known, and what to do."""
        return stranger(frame.spoken, "gateway", self._standing.gateway.ports)

    def _malformed(
        self,
        frame: FrameMalformed,
        outcome: Outcome,
        now: Moment,
        reason: str,
        status: int | None = None,
    ) -> int:
        """Record the frame at hand as no notification, for this reason; the entry's `seq`."""
        return self._recorder.malformed(
            now,
            command=frame.command,
            identifier=frame.identifier,
            reason=reason,
            bytes_hex=frame.data.hex(),
            bytes_at=frame.at,
            status=None if status is None else status_label(status),
            outcome=outcome,
        )

    def _judge(self, push: Push, now: Moment, odd: Callable[[], OddLengths]) -> None:
        standing = self._standing
        standing.judged += 1
        gateway, elapsed = self._gateway, now.t - standing.opened
        asked_for = gateway.asked_for(push.token_bytes)
        verdict = gateway.judge.judge(push, gateway.rules, standing.judged, elapsed, asked_for)
        if verdict.refusal is not None:
            status = STATUS[verdict.refusal]
            reason = verdict.reason or ""
            if verdict.refusal in OF_SIZES:
                reason = with_lengths(reason, odd(), push.ordinal)
            seq = standing.refused(push, verdict, status, reason, now)
            named = standing.name(push, status, "own")
            standing.fail(seq, answered(push, status), named, verdict.delay, now)
            return
        if not verdict.decided:
            self._accept(push, verdict, now)
        if verdict.chosen is not None:
            self.act(verdict.chosen, now, push, verdict)

    def _accept(self, push: Push, verdict: Verdict, now: Moment) -> None:
        # Taken, which is not delivered: success is silence (Binary Provider API).
        self._standing.record(push, "accepted", now, warnings=verdict.warnings)
        self._standing.last_accepted = push.identifier or 0

    def act(
        self,
        chosen: Chosen,
        now: Moment,
        push: Push | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        """Let a fault act, on this push or on none."""
        at = At(self._standing, self._appetite, chosen, now, push, verdict)
        self._gateway.judge.triggers.mishaps.call(chosen.fault.act, at, otherwise=None)
        if self._appetite.stalled:
            # Nobody can say of a line that is not read whether it is quiet.
            self._timers.heard(now._replace(t=self._appetite.due))
        if push is not None and verdict is not None and verdict.decided and not at.decided:
            # A fault of the user's that failed, or said nothing: the push is there all the same.
            self._accept(push, verdict, now)
