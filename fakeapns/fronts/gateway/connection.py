"""One gateway connection: an event and the moment in, ledger entries and actions out.

No I/O and no clock here: the server asks `deadline`, and calls `wake` when it has come.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ...ledger.entries import How
from ...ledger.ledger import Ledger
from ...protocol import Event, FrameMalformed, Frames, NotificationReceived, Status, status_label
from ...push.judge import Judge, Owed, Verdict
from ...scenario.faults import Delay, Reject
from ..actions import Action
from ..ending import Closing, Ending
from ..recorder import Recorder
from .faults import Acting, Progress

#: How an error is sent that no step has asked for.
_USUAL = Reject()


class GatewaySession:
    """The state of one connection that opened at `now` and stands for `topics`."""

    __slots__ = (
        "_acting",
        "_closing",
        "_connection",
        "_judge",
        "_progress",
        "_recorder",
        "_settings",
        "_topics",
    )

    def __init__(
        self,
        connection: int,
        topics: Sequence[str],
        judge: Judge,
        ledger: Ledger,
        now: float = 0.0,
        fooled_by: int | None = None,
    ) -> None:
        self._connection = connection
        self._topics = topics
        self._judge = judge
        self._settings = judge.settings
        self._recorder = Recorder(ledger, connection, signed_expiry=self._settings.signed_expiry)
        self._closing = Closing(self._recorder, self._settings.idle_limit_seconds)
        self._progress = Progress(now)
        self._acting = Acting(
            connection, topics, judge, self._recorder, self._closing, self._progress
        )
        if fooled_by is None:
            self._acting.greet(now)
        else:
            self._acting.swallow(fooled_by, now)

    @property
    def deadline(self) -> float:
        """When `wake` is due, on the clock of `now`; infinite if nothing is."""
        return min(self._closing.due, self._acting.resume, self._acting.due)

    @property
    def stalled(self) -> bool:
        """Whether neither events nor bytes are to be looked at before the deadline."""
        return self._acting.resume < math.inf

    @property
    def deaf(self) -> bool:
        """Whether all further bytes are to stay unread."""
        return self._acting.deaf

    @property
    def rate(self) -> int | None:
        """Bytes a second that are to be read at most; None is without limit."""
        return self._acting.rate

    @property
    def finished(self) -> bool:
        """Whether the last action closes the socket."""
        return self._closing.finished

    def actions(self) -> list[Action]:
        """What is to be done now, in order. Each action is handed out once."""
        taken, self._closing.actions = self._closing.actions, []
        return taken

    # ---- what happens -----------------------------------------------------------------

    def handle(self, event: Event, now: float) -> None:
        """The provider sent a frame."""
        self._recorder.received += 1
        ending = self._closing.ending
        if ending is not None:
            self._discard(event, ending, now)
        elif isinstance(event, NotificationReceived):
            self._take(event, now)
        else:
            self._refuse_malformed(event, now)

    def handle_many(self, frames: Frames, now: float) -> int:
        """The provider sent frames in a row. How many were dealt with: a stall keeps the rest."""
        at = 0
        while at < len(frames) and not self.stalled:
            if self._closing.ending is None:
                at += self._take_plain(frames[at:], now)
            if at < len(frames):
                self.handle(frames[at], now)
                at += 1
        return at

    def _take_plain(self, frames: Frames, now: float) -> int:
        """Take those of the first frames about which there is nothing to say."""
        progress = self._progress
        count = self._judge.plain.count(frames, self._topics, self._connection, progress.judged)
        if count:
            self._recorder.plain(frames[:count], self._topics[0], now)
            self._judge.plan.count_many(count)
            progress.judged += count
            progress.only_simple = progress.only_simple and frames.command == 0
            progress.last_accepted = frames[count - 1].identifier or 0
        return count

    def cuts_frame(self, begun: Callable[[], int], now: float) -> bool:
        """Ask before each event: whether a fault acts inside the next frame, of which so many
        bytes as `begun` says have come.
        """
        return self._acting.cuts_frame(begun, now)

    @property
    def watches_frames(self) -> bool:
        """Whether frames have to be looked at one by one, since a fault may cut one."""
        return self._acting.watches_frames

    def release(self) -> None:
        """End a stall before its time."""
        self._acting.resume = math.inf

    def abandon(self) -> None:
        """The provider does not read what it is sent: no more waiting for it."""
        self._closing.abandon()

    def wake(self, now: float) -> None:
        """The deadline has come."""
        if self._acting.resume <= now:
            self._acting.resume = math.inf
        elif self._closing.due <= now:
            self._closing.wake(now)
        else:
            self._acting.ring(now)

    def provider_ended(self, how: How, now: float) -> None:
        """The provider closed its side, or the connection broke."""
        self._closing.provider_ended(how, now)

    def stop(self) -> None:
        """The server itself is stopping: no delay is waited for."""
        self._closing.stop()

    def record_close(self, unread: int, now: float) -> None:
        """Write down how it ended; `unread` bytes belonged to no complete frame."""
        self._closing.record(unread, now)

    # ---- judging ----------------------------------------------------------------------

    def _take(self, received: NotificationReceived, now: float) -> None:
        progress = self._progress
        progress.judged += 1
        progress.only_simple = progress.only_simple and received.command == 0
        verdict = self._judge.judge(
            received, self._topics, self._connection, progress.judged, now - progress.opened
        )
        if verdict.status is not None and verdict.chosen is not None:
            self._acting.fired(verdict.chosen, status_label(verdict.status), now)
        seq = self._recorder.notification(
            received,
            "accepted" if verdict.status is None else "rejected",
            now,
            topic=verdict.topic,
            warnings=verdict.warnings,
            status=verdict.status,
        )
        if verdict.status is not None:
            self._refuse(received, verdict.status, verdict, seq, now)
            return
        progress.last_accepted = received.identifier or 0
        if verdict.chosen is not None:
            self._acting.act(verdict.chosen, now, received)

    def _refuse(
        self, received: NotificationReceived, status: int, verdict: Verdict, seq: int, now: float
    ) -> None:
        fault = verdict.chosen.fault if verdict.chosen is not None else None
        reject = fault if isinstance(fault, Reject) else _USUAL
        identifier = self._identifier_to_name(received, status, reject)
        if reject.answer_on == "next-connection":
            owed = Owed(received.command, status, identifier, seq, verdict.delay, reject)
            self._judge.owe(verdict.topic or "", owed)
            return
        self._fail(seq, received.command, status, identifier, verdict.delay, reject, now)

    def _identifier_to_name(
        self, received: NotificationReceived, status: int, reject: Reject
    ) -> int:
        match reject.identifier:
            case "zero":
                return 0
            case "last-accepted":
                return self._progress.last_accepted
            case int(number):
                return number
        if status == Status.SHUTDOWN:
            # The one status that names what was accepted, not what was refused.
            return self._progress.last_accepted
        if status == Status.MISSING_TOKEN and self._settings.zero_identifier_for_empty_token:
            # Seen in the sandbox first, then off and on elsewhere (node-apn #149, pushy #149).
            return 0
        return received.identifier or 0

    def _refuse_malformed(self, event: FrameMalformed, now: float) -> None:
        progress = self._progress
        progress.only_simple = progress.only_simple and event.command == 0
        # Apple tells developers that reading zero bytes means a bad command byte (TN2265),
        # and that a frame it cannot parse gets 128. Both hold if only the byte is silent.
        silent = event.command not in (1, 2) or self._settings.silent_parse_errors
        status = None if silent else int(Status.PROTOCOL_ERROR)
        seq = self._recorder.malformed(event, "rejected", now, status)
        # Not by its bytes: how many of them had come when it was refused is up to TCP.
        delay = self._judge.error_delay(f"{event.command} {event.reason}".encode())
        self._fail(seq, event.command, status, event.identifier or 0, delay, _USUAL, now)

    def _discard(self, event: Event, ending: Ending, now: float) -> None:
        if isinstance(event, NotificationReceived):
            topic, warnings = self._judge.describe(event, self._topics)
            self._recorder.notification(
                event,
                "discarded",
                now,
                topic=topic,
                warnings=warnings,
                behind=ending.behind,
                cause=ending.cause,
            )
        else:
            self._recorder.malformed(event, "discarded", now)
        self._closing.frame_came(ending, now)

    def _fail(
        self,
        cause: int,
        command: int,
        status: int | None,
        identifier: int,
        delay: Delay | float,
        reject: Reject,
        now: float,
    ) -> None:
        # Command 0 knows no error packet: the close is all that its sender gets.
        silent = status is None or command == 0
        ending = Ending(
            reason="silent-error" if silent else "error",
            cause=cause,
            behind=self._recorder.received,
            since=now,
            packet=None if silent or status is None else (status, identifier),
            split=reject.split,
            close=reject.close,
        )
        self._closing.begin(ending, delay, now)
