"""One reader of feedback: the list goes out in batches, then a pause, then the close.

Which entries count as read when the reader leaves half-way is not documented. By default an
entry is struck off the list as it is handed out, and is back on it unless it was written; see
the setting `feedback_clears`.

What is known: the list is for the topic of the reader's certificate, one connection each; the
service writes at once, without a request; and what was read is not reported again (Binary Provider
API). It closes behind the last tuple, or at once if there is none (NWPusher's README;
apns4erl #24). There is no acknowledgement, so a service cannot know what was read: struck off as
written is what "cleared after you read it" can mean at the least. Two readers at a time got a part
each (rpush #129).
"""

from __future__ import annotations

import math
from enum import Enum, auto

from ...ledger import By, FeedbackSent, How, Ledger, Moment, Reason
from ...protocol import FeedbackTuple, encode_feedback
from ...push import Judge, Occasion, Removal
from ..actions import Action, Close, Send, ShutWrite
from ..front import Left, Provider, left_by
from ..recorder import Recorder
from .handout import Handout, Listed

#: Tuples in one write, so that two readers share a long list (rpush #129 had several).
BATCH = 100
#: Seconds that a reader gets to close in order, where it matters whether it does: one that works on
#: the list before it closes should not find it there again.
ORDERLY_CLOSE = 30.0


class _Phase(Enum):
    WAITING = auto()
    HANDING = auto()
    PAUSING = auto()
    LINGERING = auto()
    FINISHED = auto()


class FeedbackConnection:
    """The connection `number`. See `Connection` for how it is driven."""

    __slots__ = (
        "_actions",
        "_chosen",
        "_closed",
        "_cut",
        "_devices",
        "_handout",
        "_pause",
        "_phase",
        "_recorder",
        "_settings",
        "_taken",
        "_todo",
        "_topics",
        "_unread",
        "deadline",
    )

    def __init__(
        self, number: int, provider: Provider, judge: Judge, ledger: Ledger, now: Moment
    ) -> None:
        self._topics = provider.topics
        self._devices = judge.devices
        self._settings = judge.settings
        self._recorder = Recorder(ledger, number)
        self._handout = Handout()
        self._chosen = judge.triggers.choose(
            "feedback", Occasion(number, provider.topics, service="feedback")
        )
        if self._chosen is not None:
            self._chosen.fault.act(self._handout)
        self._phase = _Phase.WAITING
        self._todo: Listed = []
        self._cut = b""
        #: Struck off the list, and not known to be read.
        self._taken: Listed = []
        self._pause = 0.0
        self._unread = 0
        self._actions: list[Action] = []
        self._closed: tuple[By, How, Reason] = ("server", "graceful", "ended")
        self.deadline = now.t + self._handout.delay

    # ---- what the loop asks -----------------------------------------------------------------

    @property
    def appetite(self) -> int | None:
        """Behind the list all is read and thrown away; before, nothing keeps it from going out."""
        return None if self._phase in (_Phase.PAUSING, _Phase.LINGERING) else 0

    @property
    def finished(self) -> bool:
        """Whether its last actions close the socket."""
        return self._phase is _Phase.FINISHED

    def receive(self, data: bytes, now: Moment) -> None:
        """The reader has written something, which nobody reads."""
        # Apple's readers send nothing; what it did with bytes is not known.
        self._unread += len(data)

    def ended(self, how: Left, now: Moment) -> None:
        """The reader has closed its side, or is gone."""
        if self._phase is _Phase.FINISHED:
            # Gone just now, too: what has ended it was before.
            return
        orderly = how in ("graceful", "no-close-notify")
        if orderly and self._settings.feedback_clears == "when-closed":
            # A reader that leaves with something unread resets the connection instead.
            self._taken.clear()
        ours = orderly and self._phase is _Phase.LINGERING
        self._finish(self._closed if ours else left_by(how))

    def wake(self, now: Moment) -> None:
        """The deadline has come."""
        match self._phase:
            case _Phase.WAITING:
                self._begin(now)
            case _Phase.HANDING:
                self._hand_out(now)
            case _Phase.PAUSING:
                self._shut(now)
            case _Phase.LINGERING:
                self._finish(self._closed)

    def stop(self, now: Moment) -> None:
        """The server itself is stopping."""
        if self._phase is _Phase.FINISHED:
            return
        self._actions = [ShutWrite(close_notify=True)]
        self._finish(("server", "graceful", "stopped"))

    def over(self, now: Moment) -> None:
        """Put back what does not count as read, and record the end."""
        for topic, entry in self._taken:
            self._devices.put_back(topic, entry)
        self._recorder.closed(*self._closed, self._unread, now)

    def actions(self) -> list[Action]:
        """A batch, or what comes behind the last. Being asked again means that it is written."""
        written = not self._actions and self._phase is not _Phase.FINISHED
        if written and self._settings.feedback_clears == "when-written":
            self._taken.clear()
        taken, self._actions = self._actions, []
        return taken

    # ---- on the way -------------------------------------------------------------------------

    def _begin(self, now: Moment) -> None:
        """Make the list."""
        listed = self._handout.listed(self._devices, self._topics, now)
        if self._chosen is not None:
            self._recorder.fault(self._chosen, self._handout.in_words(listed), now)
        if self._handout.cut_after is not None:
            tuples, size = self._handout.cut_after
            # Of an entry that is cut nothing counts as handed out: it stays on the list.
            self._cut = _encode(listed[tuples : tuples + 1])[:size]
            listed = listed[:tuples]
            self._closed = ("server", "graceful", "fault")
        # The same pause as behind an error packet, and for the same reason.
        pause = self._settings.close_pause_seconds if listed else 0.0
        self._pause = math.inf if self._handout.never_closes else pause
        self._todo = listed
        self._phase = _Phase.HANDING
        self._hand_out(now)

    def _hand_out(self, now: Moment) -> None:
        """The next batch, as soon as the one before is written; behind the last one the end."""
        if self._todo:
            batch, self._todo = self._todo[:BATCH], self._todo[BATCH:]
            mine = [each for each in batch if self._claim(*each)]
            for topic, entry in mine:
                self._recorder.note(
                    FeedbackSent,
                    now,
                    token=entry.token.hex(),
                    topic=topic,
                    timestamp=_tuple(entry).timestamp,
                )
            self._send(_encode(mine))
            self.deadline = now.t
            return
        self._send(self._cut)
        self._phase = _Phase.PAUSING
        self.deadline = now.t + self._pause
        if not self._pause:
            self._shut(now)

    def _send(self, data: bytes) -> None:
        if data:
            self._actions.append(Send(data))

    def _claim(self, topic: str, entry: Removal) -> bool:
        """Whether this reader may hand out the entry: each goes to one reader."""
        if self._settings.feedback_clears == "never":
            return True
        if self._devices.take(topic, entry):
            self._taken.append((topic, entry))
            return True
        return self._handout.makes_up

    def _shut(self, now: Moment) -> None:
        self._phase = _Phase.LINGERING
        self._actions.append(ShutWrite(close_notify=True))
        closing = self._settings.feedback_clears == "when-closed"
        self.deadline = now.t + (ORDERLY_CLOSE if closing else self._settings.close_grace_seconds)

    def _finish(self, closed: tuple[By, How, Reason]) -> None:
        """Close, behind what is still to be done."""
        self._phase = _Phase.FINISHED
        self._closed = closed
        self._actions.append(Close())
        self.deadline = math.inf


def _tuple(entry: Removal) -> FeedbackTuple:
    """As it goes over the wire: four bytes for the time (Binary Provider API, table A-5)."""
    return FeedbackTuple(entry.timestamp & 0xFFFFFFFF, entry.token)


def _encode(listed: Listed) -> bytes:
    return encode_feedback(_tuple(each) for _, each in listed)
