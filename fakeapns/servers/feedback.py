"""The feedback service: it writes its list at once, pauses, and closes.

Which entries count as read when the reader leaves half-way is not documented. By default
an entry is struck off when it is handed to the socket; see the setting `feedback_clears`.
"""

from __future__ import annotations

import contextlib
import math
import ssl

import trio

from ..fronts.actions import Close, ShutWrite
from ..fronts.ending import GRACE, PAUSE
from ..fronts.recorder import Recorder
from ..ledger.entries import By, FeedbackSent, How, Reason
from ..ledger.ledger import Ledger
from ..protocol import FeedbackTuple, encode_feedback
from ..push.devices import Devices
from ..push.judge import Judge
from ..push.triggers import Chosen, Moment
from ..scenario.faults import (
    FeedbackCut,
    FeedbackDelay,
    FeedbackRepeat,
    FeedbackSilent,
    FeedbackStale,
    bytes_in,
)
from ..scenario.units import parse_duration
from .gateway import how_it_broke
from .perform import perform
from .tls import TLSStream

#: Tuples in one write, so that two readers share a long list.
BATCH = 100
#: Seconds for which a reader may leave a batch unread.
PATIENCE = 30.0

_Listed = list[tuple[str, FeedbackTuple]]


async def serve_feedback(
    stream: TLSStream,
    connection: int,
    topics: tuple[str, ...],
    devices: Devices,
    judge: Judge,
    ledger: Ledger,
) -> None:
    """Hand out the lists of these topics, and record what was sent and how it ended."""
    reader = _Reader(stream, connection, topics, devices, judge, ledger)
    try:
        await reader.serve()
    except trio.Cancelled:
        reader.ending = ("server", "graceful", "stopped")
        soon = trio.CancelScope(deadline=trio.current_time() + 0.1, shield=True)
        # The reader may be gone just now, too.
        with soon, contextlib.suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            await perform(stream, [ShutWrite(close_notify=True), Close()])
        raise
    except (trio.BrokenResourceError, ssl.SSLError) as broken:
        reader.ending = ("provider", how_it_broke(broken), "ended")
    finally:
        reader.settle()


class _Reader:
    """One connection that reads the lists."""

    def __init__(
        self,
        stream: TLSStream,
        connection: int,
        topics: tuple[str, ...],
        devices: Devices,
        judge: Judge,
        ledger: Ledger,
    ) -> None:
        self._stream = stream
        self._connection = connection
        self._topics = topics
        self._devices = devices
        self._clears = judge.settings.feedback_clears
        self._chosen = judge.plan.choose("feedback", Moment(connection, topics))
        self._ledger = ledger
        self._recorder = Recorder(ledger, connection)
        self._taken: _Listed = []
        self._unread = 0
        self.ending: tuple[By, How, Reason] = ("server", "graceful", "ended")

    async def serve(self) -> None:
        """Write, pause, close, and read on until the reader closes too."""
        fault = None if self._chosen is None else self._chosen.fault
        if isinstance(fault, FeedbackDelay):
            await trio.sleep(parse_duration(fault.delay))
        listed = self._list(self._chosen)
        last = b""
        if isinstance(fault, FeedbackCut):
            behind = listed[fault.after_tuples : fault.after_tuples + 1]
            listed = listed[: fault.after_tuples]
            # Of an entry that is cut nothing counts as handed out: it stays on the list.
            last = encode_feedback(each for _, each in behind)[: bytes_in(fault.after_bytes)]
            self.ending = ("server", "graceful", "fault")
        for first in range(0, len(listed), BATCH):
            with trio.move_on_after(PATIENCE) as patience:
                await self._write(listed[first : first + BATCH])
            if patience.cancelled_caught:
                self.ending = ("server", "no-close-notify", "limit")
                return
        await self._stream.send_all(last)
        silent = isinstance(fault, FeedbackSilent)
        pause = math.inf if silent else PAUSE if listed else 0
        if pause and await self._ends_within(pause):
            self.ending = ("provider", self._stream.ended or "lost", "ended")
            return
        await perform(self._stream, [ShutWrite(close_notify=True)])
        # Where it matters whether the reader closes in order, it gets the time to.
        await self._ends_within(PATIENCE if self._clears == "when-closed" else GRACE)

    def _list(self, chosen: Chosen | None) -> _Listed:
        """What is to be handed out, as a fault has it."""
        listed = self._devices.feedback(self._topics)
        if chosen is None:
            return listed
        match chosen.fault:
            case FeedbackStale(age=age):
                since = self._devices.now() - parse_duration(age)
                here = [each for each in self._devices if each.since is None]
                listed = [
                    (each.topic, FeedbackTuple(max(0, int(since)), each.token_bytes))
                    for each in here
                    if each.topic in self._topics
                ] + listed
            case FeedbackRepeat():
                listed = listed + listed
        detail = f"{len(listed)} entries"
        if isinstance(chosen.fault, FeedbackCut):
            detail += f", cut behind {chosen.fault.after_tuples}"
        self._recorder.fault(chosen.fault, chosen.position, detail, trio.current_time())
        self._ledger.flush()
        return listed

    async def _write(self, batch: _Listed) -> None:
        mine = [(topic, entry) for topic, entry in batch if self._claim(topic, entry)]
        for topic, entry in mine:
            self._ledger.record(
                FeedbackSent,
                trio.current_time(),
                connection=self._connection,
                token=entry.token.hex(),
                topic=topic,
                timestamp=entry.timestamp,
            )
        self._ledger.flush()
        await self._stream.send_all(encode_feedback(entry for _, entry in mine))
        if self._clears == "when-written":
            self._taken.clear()

    def _claim(self, topic: str, entry: FeedbackTuple) -> bool:
        """Whether this reader may hand out the entry: each goes to one reader."""
        if self._clears == "never":
            return True
        if self._devices.take(topic, entry):
            self._taken.append((topic, entry))
            return True
        # A fault may hand out what is on no list.
        return self._chosen is not None and isinstance(
            self._chosen.fault, FeedbackStale | FeedbackRepeat
        )

    async def _ends_within(self, seconds: float) -> bool:
        """Discard what comes; whether the reader has closed before the time was over."""
        with trio.move_on_after(seconds):
            while data := await self._stream.receive_some():
                self._unread += len(data)
            if self._clears == "when-closed":
                # A reader that leaves with something unread resets the connection instead.
                self._taken.clear()
            return True
        return False

    def settle(self) -> None:
        """Put back what does not count as read, and record the end."""
        for topic, entry in self._taken:
            self._devices.put_back(topic, entry)
        self._recorder.closed(*self.ending, self._unread, trio.current_time())
        self._ledger.flush()
