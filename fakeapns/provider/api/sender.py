"""The provider API over trio: one connection at a time, until the fate of each push is known."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence

import trio

from ..report import Report, SendError
from ..sender import Connect, connect_again
from .conversation import MOST_STREAMS, Conversation, Target
from .delivery import Delivery
from .push import ApiPush

#: Connections in a row that may pass without a single answer.
MOST_FRUITLESS = 8
#: Seconds for saying goodbye.
_FAREWELL = 1.0
_READ = 65_536


async def send_api(
    connect: Connect,
    pushes: Sequence[ApiPush],
    target: Target,
    *,
    tries: int = 1,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Send everything over one connection at a time; what became of each in the end.

    `tries` is how often in a row connecting may fail. `progress` is called now and then. Raises
    `SendError` where the server cannot be reached, nothing gets through, or it will have nothing
    of who sends.
    """
    report = Report(intended=len(pushes))
    delivery = Delivery(pushes, report)
    now = _clock()
    refusals, fruitless, most = 0, 0, MOST_STREAMS
    while not delivery.finished:
        # Whoever connects again and again is blocked (TN2265).
        await trio.sleep(0.1 * 2**fruitless if fruitless else 0)
        stream = await connect_again(connect, tries)
        report.connections += 1
        talk = Conversation(target, delivery, now(), most)
        driver = _Driver(stream, talk, now, lambda: progress(report), target.patience)
        await driver.run()
        refusals = refusals + 1 if driver.refusal else 0
        if refusals >= tries:
            raise SendError(driver.refusal)
        if talk.hopeless and not delivery.finished:
            raise SendError(talk.hopeless)
        if talk.answered:
            fruitless, most = 0, MOST_STREAMS
            continue
        fruitless += 1
        # Somewhere in what was asked is one that ends connections: smaller bites find it.
        most = max(1, talk.unanswered // 2) if talk.unanswered else most
        if fruitless == MOST_FRUITLESS:
            raise SendError(
                f"{MOST_FRUITLESS} connections in a row ended and nothing got through; "
                f"the last: {talk.ending}"
            )
    return report


def _clock() -> Callable[[], float]:
    """The time of day that runs as trio's clock does."""
    ahead = time.time() - trio.current_time()
    return lambda: ahead + trio.current_time()


class _Driver:
    """Moves the bytes of one conversation."""

    def __init__(
        self,
        stream: trio.abc.Stream,
        talk: Conversation,
        now: Callable[[], float],
        progress: Callable[[], None],
        patience: float,
    ) -> None:
        self._stream = stream
        self._talk = talk
        self._now = now
        self._progress = progress
        self._patience = patience
        self._news = trio.Event()
        self._writable = True
        #: Why TLS was refused behind a handshake that seemed to have succeeded, as 1.3 has it.
        self.refusal = ""

    async def run(self) -> None:
        """Talk until it is over."""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._listen)
                await self._speak()
                nursery.cancel_scope.cancel()
        finally:
            await trio.aclose_forcefully(self._stream)

    async def _speak(self) -> None:
        talk = self._talk
        while not talk.over:
            talk.wake(self._now())
            self._progress()
            await self._write(talk.data_to_send())
            if not talk.over:
                with trio.move_on_after(max(0.0, talk.deadline - self._now())):
                    await self._news.wait()
                self._news = trio.Event()
        if self._writable:
            with trio.move_on_after(_FAREWELL):
                await self._write(talk.data_to_send())
                await self._stream.aclose()

    async def _write(self, data: bytes) -> None:
        if not data:
            return
        try:
            with trio.move_on_after(self._patience) as waiting:
                await self._stream.send_all(data)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            # An answer, or why it ended, is still to be read.
            self._writable = False
        if waiting.cancelled_caught:
            self._writable = False
            self._talk.lost(f"the server took nothing for {self._patience:g} seconds")

    async def _listen(self) -> None:
        why = "the server closed the connection"
        try:
            while data := await self._stream.receive_some(_READ):
                self._talk.receive(bytes(data), self._now())
                self._news.set()
        except trio.BrokenResourceError as wrong:
            why = f"the connection broke: {wrong.__cause__ or wrong}"
            if isinstance(wrong.__cause__, ssl.SSLError) and not self._talk.greeted:
                self.refusal = f"the handshake failed: {wrong.__cause__}"
        except trio.ClosedResourceError:
            pass
        self._talk.lost(why)
        self._news.set()
