"""One gateway connection: an event and the moment in, ledger entries and actions out.

The rule that everything here serves: after an error is decided the real gateway goes on
taking bytes, answers late, closes, and has dropped whatever was written behind the bad
notification. So a connection is *open* until an error or a fault ends it; then it is
*failing* (the error is on its way, all that comes is discarded), *pausing* (the packet is
out; two clients lost its six bytes when the close came right behind), *lingering* (our side
is shut, we read on, since a close with unread input becomes a reset and wipes out the
packet on the way) and *finished*.

No I/O and no clock here: the server asks `deadline`, and calls `wake` when it has come.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum, auto

import msgspec

from .actions import Action, Close, Reset, Send, ShutWrite
from .entries import By, DelayedBy, How, Reason
from .faults import AnyFault, Delay, Drop, Shutdown, Stall
from .judge import Judge, delay_parts
from .ledger import Ledger
from .protocol import Event, FrameMalformed, NotificationReceived, Status, status_label
from .recorder import Recorder
from .units import parse_duration

#: Seconds between the packet and the close behind it.
PAUSE = 0.15
#: Seconds for which the server reads on after it has shut its side.
GRACE = 2.0


class _Phase(Enum):
    OPEN = auto()
    FAILING = auto()
    PAUSING = auto()
    LINGERING = auto()
    FINISHED = auto()


class _End(msgspec.Struct):
    """Why the server ends the connection, and what is left to do about it."""

    reason: Reason
    #: Entry and frame behind which everything is discarded.
    cause: int
    behind: int
    since: float
    #: Status and identifier; None where nothing is said.
    packet: tuple[int, int] | None = None
    close: How = "graceful"
    #: Further frames to wait for; None if the delay is in time.
    countdown: int | None = None


class GatewaySession:
    """The state of one connection whose client certificate stands for `topics`."""

    def __init__(
        self, connection: int, topics: Sequence[str], judge: Judge, ledger: Ledger
    ) -> None:
        self._connection = connection
        self._topics = topics
        self._judge = judge
        self._settings = judge.settings
        self._recorder = Recorder(ledger, connection, signed_expiry=self._settings.signed_expiry)
        self._phase = _Phase.OPEN
        self._end: _End | None = None
        self._closed: tuple[By, How, Reason] | None = None
        self._due = math.inf
        self._stalled = False
        self._actions: list[Action] = []
        self._judged = 0
        self._only_simple = True
        self._last_accepted = 0

    @property
    def deadline(self) -> float:
        """When `wake` is due, on the clock of `now`; infinite if nothing is."""
        return self._due

    @property
    def stalled(self) -> bool:
        """Whether neither events nor bytes are to be looked at before the deadline."""
        return self._stalled

    @property
    def finished(self) -> bool:
        """Whether the last action closes the socket."""
        return self._phase is _Phase.FINISHED

    def actions(self) -> list[Action]:
        """What is to be done now, in order. Each action is handed out once."""
        taken, self._actions = self._actions, []
        return taken

    # ---- what happens -----------------------------------------------------------------

    def handle(self, event: Event, now: float) -> None:
        """The provider sent a frame."""
        self._recorder.received += 1
        if self._end is not None:
            self._discard(event, self._end, now)
        elif isinstance(event, NotificationReceived):
            self._take(event, now)
        else:
            self._refuse_malformed(event, now)

    def wake(self, now: float) -> None:
        """The deadline has come."""
        self._due = math.inf
        self._stalled = False
        if self._end is None:
            return
        match self._phase:
            case _Phase.FAILING:
                counting = self._end.countdown is not None
                self._answer(self._end, "idle-limit" if counting else "time", now)
            case _Phase.PAUSING:
                self._shut(self._end, now)
            case _Phase.LINGERING:
                self._finish(Close())

    def provider_ended(self, how: How, now: float) -> None:
        """The provider closed its side, or the connection broke."""
        if self._phase in (_Phase.OPEN, _Phase.FAILING):
            self._closed = ("provider", how, "ended")
        if self._phase is _Phase.FAILING and how in ("graceful", "no-close-notify"):
            # It may still be reading, and a delay must not outlive the connection.
            assert self._end is not None
            self._answer(self._end, "provider-ended", now)
        self._finish(Close())

    def stop(self) -> None:
        """The server itself is stopping: no delay is waited for."""
        if self._phase in (_Phase.OPEN, _Phase.FAILING):
            self._closed = ("server", "graceful", "stopped")
            self._actions.append(ShutWrite(close_notify=True))
        self._finish(Close())

    def record_close(self, unread: int, now: float) -> None:
        """Write down how it ended; `unread` bytes belonged to no complete frame."""
        assert self._closed is not None
        self._recorder.closed(*self._closed, unread, now)

    # ---- judging ----------------------------------------------------------------------

    def _take(self, received: NotificationReceived, now: float) -> None:
        self._judged += 1
        self._only_simple = self._only_simple and received.command == 0
        verdict = self._judge.judge(received, self._topics, self._connection, self._judged)
        if verdict.status is not None and verdict.fault is not None:
            self._recorder.fault(verdict.fault, verdict.step, status_label(verdict.status), now)
        seq = self._recorder.notification(
            received,
            "accepted" if verdict.status is None else "rejected",
            now,
            topic=verdict.topic,
            warnings=verdict.warnings,
            status=verdict.status,
        )
        if verdict.status is None:
            self._last_accepted = received.identifier or 0
            if verdict.fault is not None:
                self._act(verdict.fault, verdict.step, now)
        else:
            identifier = self._identifier_to_echo(received, verdict.status)
            self._fail(seq, received.command, verdict.status, identifier, verdict.delay, now)

    def _identifier_to_echo(self, received: NotificationReceived, status: int) -> int:
        if status == Status.MISSING_TOKEN and self._settings.zero_identifier_for_empty_token:
            # Seen in the sandbox first, then off and on elsewhere (node-apn #149, pushy #149).
            return 0
        return received.identifier or 0

    def _refuse_malformed(self, event: FrameMalformed, now: float) -> None:
        self._only_simple = self._only_simple and event.command == 0
        # Apple tells developers that reading zero bytes means a bad command byte (TN2265),
        # and that a frame it cannot parse gets 128. Both hold if only the byte is silent.
        silent = event.command not in (1, 2) or self._settings.silent_parse_errors
        status = None if silent else int(Status.PROTOCOL_ERROR)
        seq = self._recorder.malformed(event, "rejected", now, status)
        delay = self._judge.error_delay(event.data)
        self._fail(seq, event.command, status, event.identifier or 0, delay, now)

    def _discard(self, event: Event, end: _End, now: float) -> None:
        if isinstance(event, NotificationReceived):
            topic, warnings = self._judge.describe(event, self._topics)
            self._recorder.notification(
                event,
                "discarded",
                now,
                topic=topic,
                warnings=warnings,
                behind=end.behind,
                cause=end.cause,
            )
        else:
            self._recorder.malformed(event, "discarded", now)
        if self._phase is _Phase.FAILING and end.countdown is not None:
            end.countdown -= 1
            self._due = now + self._settings.idle_limit_seconds
            if end.countdown <= 0:
                self._answer(end, "notifications", now)

    def _act(self, fault: AnyFault, step: int | None, now: float) -> None:
        """Let a fault act right behind the notification that was just accepted."""
        behind = self._recorder.received
        match fault:
            case Stall():
                self._recorder.fault(fault, step, f"for {fault.for_}", now)
                self._stalled = True
                self._due = now + parse_duration(fault.for_)
            case Drop():
                cause = self._recorder.fault(fault, step, fault.close, now)
                self._end = _End("fault", cause, behind, now, close=fault.close)
                self._shut(self._end, now)
            case Shutdown():
                detail = f"last accepted {self._last_accepted}"
                cause = self._recorder.fault(fault, step, detail, now)
                end = _End("shutdown", cause, behind, now)
                if not self._only_simple:
                    end.packet = (int(Status.SHUTDOWN), self._last_accepted)
                delay = self._judge.error_delay(b"") if fault.delay is None else fault.delay
                self._begin(end, delay, now)

    # ---- ending -----------------------------------------------------------------------

    def _fail(
        self,
        cause: int,
        command: int,
        status: int | None,
        identifier: int,
        delay: Delay | float,
        now: float,
    ) -> None:
        end = _End("error", cause, self._recorder.received, now)
        if status is None or command == 0:
            # Command 0 knows no error packet: the close is all that its sender gets.
            end.reason = "silent-error"
        else:
            end.packet = (status, identifier)
        self._begin(end, delay, now)

    def _begin(self, end: _End, delay: Delay | float, now: float) -> None:
        self._end = end
        self._phase = _Phase.FAILING
        seconds, end.countdown = delay_parts(delay)
        if end.countdown:
            self._due = now + self._settings.idle_limit_seconds
        elif seconds:
            self._due = now + seconds
        else:
            self._answer(end, "none", now)

    def _answer(self, end: _End, by: DelayedBy, now: float) -> None:
        """The delay is over: send the packet, if there is one to send."""
        if end.packet is None:
            self._shut(end, now)
            return
        status, identifier = end.packet
        self._actions.append(Send(self._recorder.response(status, identifier, end.since, by, now)))
        self._phase = _Phase.PAUSING
        self._due = now + PAUSE

    def _shut(self, end: _End, now: float) -> None:
        if end.close == "reset":
            self._finish(Reset())
            return
        self._actions.append(ShutWrite(close_notify=end.close != "no-close-notify"))
        self._phase = _Phase.LINGERING
        self._due = now + GRACE

    def _finish(self, action: Action) -> None:
        if self._closed is None and self._end is not None:
            self._closed = ("server", self._end.close, self._end.reason)
        if self._phase is not _Phase.FINISHED:
            self._actions.append(action)
        self._phase = _Phase.FINISHED
        self._due = math.inf
