"""How a connection ends: the error that is on its way, the pause, the close, the lingering.

The rule that everything here serves: after an error is decided the real gateway goes on
taking bytes, answers late, closes, and has dropped whatever was written behind the bad
notification. So a connection is *open* until an error or a fault ends it; then it is
*failing* (the error is on its way, all that comes is discarded), *pausing* (the packet is
out; two clients lost its six bytes when the close came right behind), *lingering* (our side
is shut, we read on, since a close with unread input becomes a reset and wipes out the
packet on the way) and *finished*.
"""

from __future__ import annotations

import math
from enum import Enum, auto

import msgspec

from ..ledger.entries import By, DelayedBy, How, Reason
from ..push.judge import delay_parts
from ..scenario.faults import Close as CloseKind
from ..scenario.faults import Delay
from .actions import Action, Close, Reset, Send, ShutWrite
from .recorder import Recorder

#: Seconds between the packet and the close behind it.
PAUSE = 0.15
#: Seconds for which the server reads on after it has shut its side.
GRACE = 2.0


class Ending(msgspec.Struct, kw_only=True):
    """Why the server ends a connection, and how.

    `cause` is the entry and `behind` the frame behind which everything is discarded.
    `packet` is status and identifier, None where nothing is said; `raw` is said instead.
    """

    reason: Reason
    cause: int
    behind: int
    since: float
    packet: tuple[int, int] | None = None
    raw: bytes | None = None
    split: bool = False
    close: CloseKind = "graceful"
    #: Further frames to wait for; None if the delay is in time.
    countdown: int | None = None


class _Phase(Enum):
    OPEN = auto()
    FAILING = auto()
    PAUSING = auto()
    LINGERING = auto()
    FINISHED = auto()


class Closing:
    """The end of one connection. `idle_limit` seconds end a delay that counts frames."""

    __slots__ = (
        "_closed",
        "_idle_limit",
        "_phase",
        "_recorder",
        "actions",
        "due",
        "ending",
    )

    def __init__(self, recorder: Recorder, idle_limit: float) -> None:
        self._recorder = recorder
        self._idle_limit = idle_limit
        self._phase = _Phase.OPEN
        self._closed: tuple[By, How, Reason] | None = None
        self.ending: Ending | None = None
        self.due = math.inf
        self.actions: list[Action] = []

    @property
    def finished(self) -> bool:
        """Whether the last action closes the socket."""
        return self._phase is _Phase.FINISHED

    def begin(self, ending: Ending, delay: Delay | float, now: float) -> None:
        """End the connection, once the delay is over."""
        self.ending = ending
        self._phase = _Phase.FAILING
        seconds, ending.countdown = delay_parts(delay)
        if ending.countdown:
            self.due = now + self._idle_limit
        elif seconds:
            self.due = now + seconds
        else:
            self._answer(ending, "none", now)

    def frame_came(self, ending: Ending, now: float) -> None:
        """A further frame has come, and been discarded."""
        if self._phase is not _Phase.FAILING or ending.countdown is None:
            return
        ending.countdown -= 1
        self.due = now + self._idle_limit
        if ending.countdown <= 0:
            self._answer(ending, "notifications", now)

    def wake(self, now: float) -> None:
        """What was due is due now."""
        self.due = math.inf
        assert self.ending is not None
        match self._phase:
            case _Phase.FAILING:
                counting = self.ending.countdown is not None
                self._answer(self.ending, "idle-limit" if counting else "time", now)
            case _Phase.PAUSING:
                self._shut(self.ending, now)
            case _Phase.LINGERING:
                self._finish(Close())

    def provider_ended(self, how: How, now: float) -> None:
        """The provider closed its side, or the connection broke."""
        if self._phase in (_Phase.OPEN, _Phase.FAILING):
            self._closed = ("provider", how, "ended")
        if self._phase is _Phase.FAILING and how in ("graceful", "no-close-notify"):
            # It may still be reading, and a delay must not outlive the connection.
            assert self.ending is not None
            self._answer(self.ending, "provider-ended", now)
        self._closed = self._closed or ("provider", how, "ended")
        close = "graceful" if self.ending is None else self.ending.close
        if self._phase in (_Phase.OPEN, _Phase.PAUSING) and how == close == "graceful":
            # A client that says goodbye may wait for the same.
            self.actions.append(ShutWrite(close_notify=True))
        self._finish(Close())

    def abandon(self) -> None:
        """The provider does not read what it is sent."""
        self._closed = self._closed or ("server", "no-close-notify", "limit")
        self._finish(Close())

    def stop(self) -> None:
        """The server itself is stopping: no delay is waited for."""
        if self._closed is None:
            self._closed = ("server", "graceful", "stopped")
            self.actions.append(ShutWrite(close_notify=True))
        self._finish(Close())

    def record(self, unread: int, now: float) -> None:
        """Write down how it ended; `unread` bytes belonged to no complete frame."""
        assert self._closed is not None
        self._recorder.closed(*self._closed, unread, now)

    def _answer(self, ending: Ending, by: DelayedBy, now: float) -> None:
        """The delay is over: say what there is to say."""
        if ending.packet is not None:
            status, identifier = ending.packet
            said = self._recorder.response(status, identifier, ending.since, by, now)
        elif ending.raw is not None:
            said = ending.raw
        else:
            self._shut(ending, now)
            return
        half = len(said) // 2 if ending.split else len(said)
        self.actions += [Send(part) for part in (said[:half], said[half:]) if part]
        if ending.close == "reset":
            # At once, so that the packet may be lost: that is what such a reset is for.
            self._shut(ending, now)
            return
        if ending.close != "keep":
            self._closed = self._closed or ("server", ending.close, ending.reason)
        self._phase = _Phase.PAUSING
        self.due = now + PAUSE

    def _shut(self, ending: Ending, now: float) -> None:
        if ending.close == "reset":
            self._closed = self._closed or ("server", "reset", ending.reason)
            self._finish(Reset())
            return
        self._phase = _Phase.LINGERING
        self.due = math.inf
        if ending.close == "keep":
            return
        self._closed = self._closed or ("server", ending.close, ending.reason)
        self.actions.append(ShutWrite(close_notify=ending.close != "no-close-notify"))
        if ending.close != "half":
            self.due = now + GRACE

    def _finish(self, action: Action) -> None:
        if self._phase is not _Phase.FINISHED:
            self.actions.append(action)
        self._phase = _Phase.FINISHED
        self.due = math.inf
