"""Where one gateway connection stands: what has come of it so far, and how it ends."""

from __future__ import annotations

from typing import Literal

from ...ledger import Moment, Outcome, Reason
from ...protocol import Frames, NotificationReceived, status_label
from ...push import Occasion, Parcel, Push, Verdict, envelope_warnings, unusable_topic
from ...scenario.faults import CloseKind, Delay
from ..ending import Answer, Ending, Life
from ..recorder import Recorder
from ..strangers import silence
from ..unseen import Unseen
from .answers import identifier_to_name, packet
from .frames import FrameRow
from .shared import Gateway, Owed


class Standing:
    """The connection `number`, which opened `now` and stands for `topics`.

    `judged` counts the notifications on it that were, `last_accepted` is the identifier of the
    last one that was taken, and `only_simple` says whether all frames so far were of command
    0, which gets no answers (Legacy Notification Format). `blackhole` is when one opens, and
    why: from then on the first thing that comes vanishes, and all behind it. `since` is the
    earliest moment, in epoch seconds, at which anything may have been written on it. `came` is
    when what is looked at now had come, or was no longer kept back. `said` is
    what TLS told, each thing once, and `unread_because` why nothing more is read, in words, once
    that is so.
    """

    __slots__ = (
        "blackhole",
        "came",
        "gateway",
        "judged",
        "last_accepted",
        "life",
        "number",
        "only_simple",
        "opened",
        "recorder",
        "said",
        "since",
        "topics",
        "unread_because",
    )

    def __init__(self, number: int, topics: tuple[str, ...], gateway: Gateway, now: Moment) -> None:
        self.number = number
        self.topics = topics
        self.gateway = gateway
        self.opened = self.came = now.t
        self.since = now.wall - now.ahead
        self.recorder = Recorder(gateway.ledger, number)
        self.life = Life(gateway.settings)
        self.judged = 0
        self.last_accepted = 0
        self.only_simple = True
        self.blackhole: tuple[float, Unseen] | None = None
        self.said: dict[str, None] = {}
        self.unread_because: str | None = None

    def occasion(self, now: Moment) -> Occasion:
        """What is known between two notifications."""
        elapsed = now.t - self.opened
        return Occasion(self.number, self.topics, self.judged, elapsed, service="gateway")

    # ---- what came --------------------------------------------------------------------------

    def push(self, received: NotificationReceived) -> Push:
        """The frame at hand as a push."""
        expiration = received.expiration
        if self.gateway.settings.signed_expiry and (expiration or 0) >= 0x8000_0000:
            # As documents of about 2010 have it: negative is not stored. Later ones call any
            # non-zero value a date. PushSharp sends 0xFFFFFFFF and means "do not store".
            expiration = (expiration or 0) - 0x1_0000_0000
        return Push(
            token_bytes=received.token,
            payload_bytes=received.payload,
            topic=self._topic(received.token),
            connection=self.number,
            ordinal=self.recorder.received,
            command=received.command,
            identifier=received.identifier,
            expiration=expiration,
            priority=received.priority,
        )

    def _topic(self, token: bytes) -> str | None:
        """Which of the certificate's topics a push to this token is for: the first by default.

        A universal certificate (since December 2015) names several. Which one it used on the
        binary gateway is not recorded anywhere, so a token of any of them is right. One whose
        first topic cannot be used is wrong whatever the token.
        """
        if not self.topics:
            return None
        main = self.topics[0]
        known = self.gateway.judge.devices.find(token)
        if not known or unusable_topic(main) is not None:
            return main
        return next((topic for topic in self.topics if topic in known), main)

    def record(
        self,
        push: Push,
        outcome: Outcome,
        now: Moment,
        *,
        warnings: tuple[str, ...],
        status: str | None = None,
        behind: int | None = None,
        cause: int | None = None,
        reason: str | None = None,
    ) -> int:
        """Record the push at hand, with what shows in its envelope; the entry's `seq`."""
        shown = envelope_warnings(push.token_bytes, push.expiration, self.since)
        seq = self.recorder.notification(
            push,
            outcome,
            now,
            warnings=warnings + shown,
            status=status,
            behind=behind,
            cause=cause,
            reason=reason,
        )
        if outcome == "accepted":
            self.gateway.changes.meet_accepted(push, now, self.recorder)
            self.gateway.deliveries.deliver(push, seq, now)
        return seq

    def accept(self, frames: Frames, topic: str, now: Moment) -> None:
        """Record the next frames as accepted: there is nothing to say about any of them."""
        row = FrameRow(self.number, self.recorder.received + 1, topic, frames, self.since)
        seq = self.recorder.accepted(row, now)
        self.gateway.judge.triggers.count(len(frames))
        self.judged += len(frames)
        self.only_simple = self.only_simple and frames.command == 0
        self.last_accepted = frames[-1].identifier or 0
        last = len(frames) - 1
        token = frames.token(last)
        self.gateway.changes.meet(token, topic, now, self.recorder)
        self.gateway.deliveries.deliver_to(token, now, lambda: parcel_of(frames[last], topic, seq))

    def last_words(self, unread: int) -> str | None:
        """What is to be told of the end beside counts; `unread` bytes belonged to no frame."""
        if self.said or self.recorder.received or unread or self.life.ending is not None:
            return "; ".join(self.said) or None
        match self.life.closed:
            case ("provider", "no-close-notify" | "reset" | "lost" as how, _):
                return silence(how, self.gateway.ports, reads_feedback=True)
        return None

    # ---- how it ends ------------------------------------------------------------------------

    def refused(
        self, push: Push, verdict: Verdict, status: int, reason: str | None, now: Moment
    ) -> int:
        """Record the push as refused with this status, and why; the entry's `seq`."""
        label = status_label(status)
        seq = self.record(
            push, "rejected", now, warnings=verdict.warnings, status=label, reason=reason
        )
        self.gateway.changes.meet_refused(push, verdict, now, self.recorder)
        return seq

    def swallow(self, cause: int, now: Moment) -> None:
        """Take all that comes and do nothing with it from now on, because of this entry."""
        self.end(cause, "fault", 0.0, now, close="keep")

    def over(self) -> None:
        """The connection is over."""
        if self.blackhole is not None:
            self.blackhole[1].over()

    def is_dead(self, t: float) -> bool:
        """Whether what comes then vanishes: what came before is judged as ever."""
        return self.blackhole is not None and self.blackhole[0] <= t

    def something_came(self, now: Moment) -> None:
        """Let it vanish, if the connection is dead, and all that comes behind it."""
        # What an error or a fault has ended before goes its way, and nobody sees that it is dead.
        if self.blackhole is not None and self.life.ending is None and self.is_dead(self.came):
            self.swallow(self.blackhole[1].seen(now), now)

    def name(
        self, push: Push, status: int, wanted: Literal["own", "zero", "last-accepted"] | int
    ) -> int:
        """The identifier that an answer names beside a status."""
        zero = self.gateway.settings.zero_identifier_for_empty_token
        return identifier_to_name(
            push, status, wanted, self.last_accepted, zero_for_empty_token=zero
        )

    def fail(
        self,
        cause: int,
        status: int | None,
        identifier: int,
        delay: Delay | float,
        now: Moment,
        *,
        close: CloseKind = "graceful",
        split: bool = False,
    ) -> None:
        """End it with an error for the entry `cause`. Without a status the close is all."""
        said = None if status is None else packet(self.recorder, status, identifier, now)
        reason: Reason = "silent-error" if status is None else "error"
        self.end(cause, reason, delay, now, answer=said, close=close, split=split)

    def pay(self, owed: Owed, now: Moment) -> None:
        """End it with an error that a connection before it should have had."""
        self.fail(
            owed.cause,
            owed.status,
            owed.identifier,
            owed.delay,
            now,
            close=owed.close,
            split=owed.split,
        )

    def end(
        self,
        cause: int,
        reason: Reason,
        delay: Delay | float,
        now: Moment,
        *,
        answer: Answer | None = None,
        close: CloseKind = "graceful",
        split: bool = False,
    ) -> None:
        """End it behind what has come, because of this entry, once the delay is over."""
        ending = Ending(
            reason=reason,
            cause=cause,
            behind=self.recorder.received,
            answer=answer,
            split=split,
            close=close,
        )
        self.life.end(ending, delay, now)


def parcel_of(frame: NotificationReceived, topic: str, seq: int) -> Parcel:
    """What is on record under this number, as a device is handed it."""
    what = (frame.token, frame.payload, frame.priority, frame.expiration)
    return Parcel(seq, topic, *what)
