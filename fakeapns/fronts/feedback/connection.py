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
from collections import deque
from enum import Enum, auto

from ...ledger import By, FeedbackSent, How, Ledger, Moment, Reason
from ...push import Judge, Occasion, Removal
from ..actions import Action, Close, Reset, Send, ShutWrite
from ..front import Left, Pending, Provider, left_by
from ..recorder import Recorder
from ..strangers import Ports, Unasked
from .handout import Handout, Listed, as_tuple, encode

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
        "_complete",
        "_cut",
        "_devices",
        "_handout",
        "_number",
        "_pause",
        "_phase",
        "_pieces",
        "_ports",
        "_recorder",
        "_said",
        "_settings",
        "_taken",
        "_todo",
        "_topics",
        "_triggers",
        "_unasked",
        "deadline",
    )

    def __init__(
        self,
        number: int,
        provider: Provider,
        judge: Judge,
        ledger: Ledger,
        now: Moment,
        ports: Ports = lambda _: None,
    ) -> None:
        self._number = number
        self._topics = provider.topics
        self._devices = judge.devices
        self._settings = judge.settings
        self._recorder = Recorder(ledger, number)
        self._handout = Handout()
        self._triggers = judge.triggers
        occasion = Occasion(number, provider.topics, service="feedback")
        self._chosen = self._triggers.choose("open", occasion) or self._triggers.choose(
            "feedback", occasion
        )
        if self._chosen is not None:
            judge.triggers.mishaps.call(self._chosen.fault.act, self._handout, otherwise=None)
        self._phase = _Phase.WAITING
        self._todo: Listed = []
        #: Bytes that go out before that, a piece at a time, with the entries that each completes.
        self._pieces: deque[tuple[bytes, Listed]] = deque()
        #: Entries that are complete with what goes out now.
        self._complete: Listed = []
        self._cut = b""
        #: Struck off the list, and not known to be read.
        self._taken: Listed = []
        self._pause = 0.0
        #: Apple's readers send nothing; what it did with bytes is not known.
        self._unasked = Unasked()
        self._ports = ports
        #: What TLS told, each thing once.
        self._said: dict[str, None] = {}
        self._actions: list[Action] = []
        self._closed: tuple[By, How, Reason] = ("server", "graceful", "ended")
        self.deadline = now.t + self._handout.delay

    # ---- what the loop asks -----------------------------------------------------------------

    #: What it does is a batch at most.
    busy = False

    @property
    def appetite(self) -> int | None:
        """Behind the list all is read and thrown away; before, nothing keeps it from going out."""
        return None if self._phase in (_Phase.PAUSING, _Phase.LINGERING) else 0

    @property
    def pending(self) -> Pending:
        """What is not dealt with. Nothing that a reader writes begins anything."""
        held = None if self.appetite is None else "its list is not out yet"
        return Pending(held, self._unasked.in_words("feedback", self._ports))

    @property
    def finished(self) -> bool:
        """Whether its last actions close the socket."""
        return self._phase is _Phase.FINISHED

    def receive(self, data: bytes, now: Moment) -> None:
        """The reader has written something, which nobody reads."""
        self._unasked.took(data)

    def kept_waiting(self, now: Moment) -> None:
        """The reader has written something, which is thrown away in its time."""

    def told(self, said: str) -> None:
        """TLS has this to tell of the reader."""
        self._said[said] = None

    def ended(self, how: Left, now: Moment) -> None:
        """The reader has closed its side, or is gone."""
        if self._phase is _Phase.FINISHED:
            # Gone just now, too: what has ended it was before.
            return
        self._left_waiting(now)
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
        self._left_waiting(now)
        self._actions = [ShutWrite(close_notify=True)]
        self._finish(("server", "graceful", "stopped"))

    def over(self, now: Moment) -> None:
        """Put back what does not count as read, and record the end."""
        for topic, entry in self._taken:
            self._devices.put_back(topic, entry)
        detail = "; ".join(self._said) or self._unasked.in_words("feedback", self._ports)
        self._recorder.closed(*self._closed, self._unasked.size, now, detail)

    def actions(self) -> list[Action]:
        """A batch, or what comes behind the last. Being asked again means that it is written."""
        written = not self._actions and self._phase is not _Phase.FINISHED
        if written and self._complete:
            if self._settings.feedback_clears == "when-written":
                self._taken = [each for each in self._taken if each not in self._complete]
            self._complete = []
        taken, self._actions = self._actions, []
        return taken

    # ---- on the way -------------------------------------------------------------------------

    def _begin(self, now: Moment) -> None:
        """Make the list."""
        listed = self._disturb(self._handout.listed(self._devices, self._topics, now), now)
        # The same pause as behind an error packet, and for the same reason.
        says_something = bool(listed or self._cut)
        self._pause = self._settings.close_pause_seconds if says_something else 0.0
        self._todo = listed
        self._phase = _Phase.HANDING
        self._hand_out(now)

    def _left_waiting(self, now: Moment) -> None:
        """Record a fault that has held the list back to the end: its reader has seen that."""
        if self._phase is _Phase.WAITING and self._chosen is not None and self._handout.delay:
            self._recorder.fault(self._chosen, "no entry before the end", now)

    def _disturb(self, listed: Listed, now: Moment) -> Listed:
        """What of the list goes out in full, as a fault has it that acts on it."""
        if self._chosen is None:
            return listed
        handout = self._handout
        if not handout.is_seen(listed, len(self._devices.feedback(self._topics))):
            self._triggers.take_back(self._chosen, self._number)
            self._handout = Handout()
            return listed
        self._recorder.fault(self._chosen, handout.in_words(listed), now)
        if handout.close != "keep":
            ended = handout.says_nothing or handout.cut_after is not None
            self._closed = ("server", handout.close, "fault" if ended else "ended")
        if handout.says_nothing:
            return []
        if handout.cut_after is None:
            return listed
        tuples, size = handout.cut_at(listed)
        # Of an entry that is cut nothing counts as handed out: it stays on the list.
        self._cut = encode(listed[tuples : tuples + 1])[:size]
        return listed[:tuples]

    def _hand_out(self, now: Moment) -> None:
        """The next batch, as soon as the one before is written; behind the last one the end."""
        if self._pieces:
            data, complete = self._pieces.popleft()
            for topic, entry in complete:
                self._recorder.note(
                    FeedbackSent,
                    now,
                    token=entry.token.hex(),
                    topic=topic,
                    timestamp=as_tuple(entry).timestamp,
                )
            self._complete += complete
            self._send(data)
            self.deadline = now.t + (self._handout.pause if self._pieces else 0.0)
            return
        if self._todo:
            size = len(self._todo) if self._handout.in_pieces else BATCH
            batch, self._todo = self._todo[:size], self._todo[size:]
            mine = [each for each in batch if self._claim(*each)]
            self._pieces.extend(self._handout.pieces(mine))
            self.deadline = now.t
            if self._pieces:
                self._hand_out(now)
            return
        self._send(self._cut)
        self._phase = _Phase.PAUSING
        if self._handout.close == "keep":
            self.deadline = math.inf
        elif self._handout.close == "reset" or not self._pause:
            # A reset at once, so that what was sent may be lost with it.
            self._shut(now)
        else:
            self.deadline = now.t + self._pause

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
        close = self._handout.close
        if close == "reset":
            self._finish(self._closed, Reset())
            return
        self._phase = _Phase.LINGERING
        self._actions.append(ShutWrite(close_notify=close != "no-close-notify"))
        if close == "half":
            self.deadline = math.inf
            return
        closing = self._settings.feedback_clears == "when-closed"
        self.deadline = now.t + (ORDERLY_CLOSE if closing else self._settings.close_grace_seconds)

    def _finish(self, closed: tuple[By, How, Reason], action: Action | None = None) -> None:
        """Close, behind what is still to be done."""
        self._phase = _Phase.FINISHED
        self._closed = closed
        self._actions.append(action or Close())
        self.deadline = math.inf
