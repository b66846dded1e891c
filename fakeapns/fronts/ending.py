"""How a connection ends: the answer that is on its way, the pause, the close, the lingering.

The rule that everything here serves: after an error is decided the real gateway goes on
taking bytes, answers late, closes, and has dropped whatever was written behind the bad
notification. So a connection is *open* until an error or a fault ends it; then it is
*failing* (the answer is on its way, all that comes is discarded), *pausing* (the answer is
out; two clients lost its six bytes when the close came right behind), *lingering* (our side
is shut, we read on, since a close with unread input becomes a reset and wipes out the
answer on the way) and *finished*.

Where it is from: one packet at most, then the close, and all behind is to be sent again (Binary
Provider API); all before was accepted (houston #72). Errors were seen 75 ms (pushy #178) to 500 ms
(node-apn #193) behind the write, and more than 500 notifications may be written before a write
fails (TN2265): so many can be lost. A close while something is unread becomes a reset (RFC 1122,
4.2.2.13), and on Windows that throws away what had arrived, the packet with it (pushy #6). Apple's
service let it happen; here it happens only when a fault asks for it, so that a test fails for the
sender's mistakes and not by chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum, auto

import msgspec

from ..ledger import By, DelayedBy, How, Moment, Reason
from ..scenario import Settings
from ..scenario.faults import CloseKind, Delay, delay_parts
from .actions import Action, Close, Reset, Send, ShutWrite
from .front import Left, left_by

#: Records an answer that leaves now, and gives its bytes. Told what has ended its delay.
Answer = Callable[[DelayedBy, Moment], bytes]


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """Why a connection is ended from our side, and how; `by` is whose wish it was.

    `cause` is the entry and `behind` the frame behind which everything is discarded. Without
    an `answer` nothing is said; with `split` it goes out in two pieces. `close` is one of the ways
    of `scenario.faults.values`.
    """

    reason: Reason
    cause: int
    behind: int
    answer: Answer | None = None
    split: bool = False
    close: CloseKind = "graceful"
    by: By = "server"


class _Phase(Enum):
    OPEN = auto()
    FAILING = auto()
    PAUSING = auto()
    LINGERING = auto()
    FINISHED = auto()


class Life:
    """The life of one connection: which phase it is in, and what is to be done for that.

    `settings` say how long the pauses on the way are. `due` is when `wake` is to be called.
    `closed` is who ended it, how and why, once that is known.
    """

    __slots__ = (
        "_actions",
        "_countdown",
        "_phase",
        "_settings",
        "closed",
        "due",
        "ending",
        "finished",
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._phase = _Phase.OPEN
        self._countdown: int | None = None
        self._actions: list[Action] = []
        self.closed: tuple[By, How, Reason] | None = None
        self.ending: Ending | None = None
        self.due = math.inf
        #: Whether the last action closes the socket.
        self.finished = False

    @property
    def is_shut(self) -> bool:
        """Whether our side is closed, so that nothing more can be said."""
        return self._phase in (_Phase.LINGERING, _Phase.FINISHED)

    def say(self, data: bytes) -> None:
        """Send this, whatever else happens."""
        self._actions.append(Send(data))

    def actions(self) -> list[Action]:
        """What is to be done, in order; each once."""
        taken, self._actions = self._actions, []
        return taken

    # ---- the server ends it -----------------------------------------------------------------

    def end(self, ending: Ending, delay: Delay | float, now: Moment) -> None:
        """End the connection, once the delay is over."""
        self.ending = ending
        self._phase = _Phase.FAILING
        seconds, self._countdown = delay_parts(delay)
        if self._countdown:
            self.due = now.t + self._settings.idle_limit_seconds
        elif seconds:
            self.due = now.t + seconds
        else:
            self._answer(ending, "none", now)

    def frame_came(self, now: Moment) -> None:
        """A further frame has come, and been discarded."""
        if self._phase is not _Phase.FAILING or self._countdown is None:
            return
        assert self.ending is not None
        self._countdown -= 1
        # Or a provider that has stopped for the answer would wait for frames that never come.
        self.due = now.t + self._settings.idle_limit_seconds
        if self._countdown <= 0:
            self._answer(self.ending, "notifications", now)

    def wake(self, now: Moment) -> None:
        """What was due is due now."""
        self.due = math.inf
        assert self.ending is not None
        match self._phase:
            case _Phase.FAILING:
                counting = self._countdown is not None
                self._answer(self.ending, "idle-limit" if counting else "time", now)
            case _Phase.PAUSING:
                self._shut(self.ending, now)
            case _Phase.LINGERING:
                self._finish(Close())

    def stop(self) -> None:
        """The server itself is stopping: no delay is waited for."""
        if self.closed is None:
            self.closed = ("server", "graceful", "stopped")
            self._actions.append(ShutWrite(close_notify=True))
        self._finish(Close())

    # ---- the provider ends it ---------------------------------------------------------------

    def left(self, how: Left, now: Moment, *, politely: bool = True) -> None:
        """The provider closed its side, is gone, or does not read what it is sent.

        Its goodbye is answered, if that is to be done `politely`.
        """
        if how == "unread":
            self.closed = self.closed or left_by(how)
            self._finish(Close())
            return
        if self._phase in (_Phase.OPEN, _Phase.FAILING):
            self.closed = left_by(how)
        if self._phase is _Phase.FAILING and how in ("graceful", "no-close-notify"):
            # It may still be reading, and a delay must not outlive the connection.
            assert self.ending is not None
            self._answer(self.ending, "provider-ended", now)
        self.closed = self.closed or left_by(how)
        close = "graceful" if self.ending is None else self.ending.close
        open_ended = self._phase in (_Phase.OPEN, _Phase.PAUSING)
        if politely and open_ended and how == close == "graceful":
            # A client that says goodbye may wait for the same.
            self._actions.append(ShutWrite(close_notify=True))
        self._finish(Close())

    # ---- on the way -------------------------------------------------------------------------

    def _answer(self, ending: Ending, by: DelayedBy, now: Moment) -> None:
        """The delay is over: say what there is to say."""
        said = b"" if ending.answer is None else ending.answer(by, now)
        if not said:
            self._shut(ending, now)
            return
        # Whole unless asked for: java-apns's simulator notes that on Linux a packet in pieces may
        # not be seen before the close, PyAPNs ignores a read of any other size.
        half = len(said) // 2 if ending.split else len(said)
        self._actions += [Send(part) for part in (said[:half], said[half:]) if part]
        if ending.close == "reset":
            # At once, so that the answer may be lost: that is what such a reset is for.
            self._shut(ending, now)
            return
        if ending.close != "keep":
            self.closed = self.closed or (ending.by, ending.close, ending.reason)
        self._phase = _Phase.PAUSING
        self.due = now.t + self._settings.close_pause_seconds

    def _shut(self, ending: Ending, now: Moment) -> None:
        if ending.close == "reset":
            self.closed = self.closed or (ending.by, "reset", ending.reason)
            self._finish(Reset())
            return
        self._phase = _Phase.LINGERING
        self.due = math.inf
        if ending.close == "keep":
            return
        self.closed = self.closed or (ending.by, ending.close, ending.reason)
        # TLS wants a close_notify before FIN (RFC 5246, 7.2.1). What Apple did is not recorded.
        self._actions.append(ShutWrite(close_notify=ending.close != "no-close-notify"))
        if ending.close != "half":
            self.due = now.t + self._settings.close_grace_seconds

    def _finish(self, action: Action) -> None:
        if not self.finished:
            self._actions.append(action)
        self.finished = True
        self._phase = _Phase.FINISHED
        self.due = math.inf
