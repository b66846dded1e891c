"""The feedback service: it writes its list at once, pauses, and closes.

Which entries count as read when the reader leaves half-way is not documented. By default
an entry is struck off when it is handed to the socket; see the setting `feedback_clears`.
"""

from __future__ import annotations

import contextlib
import ssl

import trio

from ..actions import Close, ShutWrite
from ..devices import Devices
from ..entries import By, FeedbackSent, How, Reason
from ..ledger import Ledger
from ..protocol import FeedbackTuple, encode_feedback
from ..recorder import Recorder
from ..session import GRACE, PAUSE
from ..settings import Settings
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
    settings: Settings,
    ledger: Ledger,
) -> None:
    """Hand out the lists of these topics, and record what was sent and how it ended."""
    reader = _Reader(stream, connection, topics, devices, settings, ledger)
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
        settings: Settings,
        ledger: Ledger,
    ) -> None:
        self._stream = stream
        self._connection = connection
        self._topics = topics
        self._devices = devices
        self._clears = settings.feedback_clears
        self._ledger = ledger
        self._taken: _Listed = []
        self._unread = 0
        self.ending: tuple[By, How, Reason] = ("server", "graceful", "ended")

    async def serve(self) -> None:
        """Write, pause, close, and read on until the reader closes too."""
        listed = self._devices.feedback(self._topics)
        for first in range(0, len(listed), BATCH):
            with trio.move_on_after(PATIENCE) as patience:
                await self._write(listed[first : first + BATCH])
            if patience.cancelled_caught:
                self.ending = ("server", "no-close-notify", "limit")
                return
        if listed and await self._ends_within(PAUSE):
            self.ending = ("provider", self._stream.ended or "lost", "ended")
            return
        await perform(self._stream, [ShutWrite(close_notify=True)])
        await self._ends_within(GRACE)

    async def _write(self, batch: _Listed) -> None:
        # Somebody else may have read some of them since; each entry goes to one reader.
        mine = [
            (topic, entry)
            for topic, entry in batch
            if self._clears == "never" or self._devices.take(topic, entry)
        ]
        self._taken += mine
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
        if self._clears != "never":
            for topic, entry in self._taken:
                self._devices.put_back(topic, entry)
        now = trio.current_time()
        Recorder(self._ledger, self._connection).closed(*self.ending, self._unread, now)
        self._ledger.flush()
