"""The provider API over trio: one connection behind another, until the fate of each is known."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from math import inf

import msgspec
import trio

from ..report import Report, SendError
from ..sender import Connect, connect_again
from .conversation import MOST_STREAMS, Conversation
from .delivery import Delivery
from .push import ApiPush
from .target import Target

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

    One on which nothing more may be begun is left beside the next, until what it owes has come.
    `tries` is how often in a row connecting may fail. `progress` is called now and then. Raises
    `SendError` where the server cannot be reached, nothing gets through, or it will have nothing
    of who sends.
    """
    report = Report(intended=len(pushes))
    work = _Work(Delivery(pushes, report), target, _clock(), _News(), lambda: progress(report))
    wrong: SendError | None = None
    async with trio.open_nursery() as nursery:
        try:
            await _one_after_another(connect, tries, work, nursery)
        except SendError as raised:
            # Kept from the nursery, which would wrap it into a group.
            wrong = raised
    if wrong is not None:
        raise wrong
    return report


async def _one_after_another(
    connect: Connect, tries: int, work: _Work, nursery: trio.Nursery
) -> None:
    refusals, fruitless, most = 0, 0, MOST_STREAMS
    while await work.is_left():
        # Whoever connects again and again is blocked (TN2265).
        await trio.sleep(0.1 * 2**fruitless if fruitless else 0)
        stream = await connect_again(connect, tries)
        work.delivery.report.connections += 1
        talk = Conversation(work.target, work.delivery, work.now(), most)
        driver = _Driver(stream, talk, work)
        nursery.start_soon(driver.run)
        await driver.left.wait()
        refusals = refusals + 1 if driver.refusal else 0
        if refusals >= tries:
            raise SendError(driver.refusal)
        if talk.hopeless and not work.delivery.finished:
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


def _clock() -> Callable[[], float]:
    """The time of day that runs as trio's clock does."""
    ahead = time.time() - trio.current_time()
    return lambda: ahead + trio.current_time()


class _News:
    """Wakes all connections when one of them has heard something: they share what is to be sent."""

    def __init__(self) -> None:
        #: Set with the next news; each has an event of its own.
        self.next = trio.Event()

    def tell(self) -> None:
        """There are some."""
        self.next.set()
        self.next = trio.Event()


class _Work(msgspec.Struct):
    """What all connections have in common."""

    delivery: Delivery
    target: Target
    now: Callable[[], float]
    news: _News
    progress: Callable[[], None]

    async def is_left(self) -> bool:
        """Whether another connection has something to send, once that is known."""
        while self.delivery.next_moment == inf and not self.delivery.finished:
            await self.news.next.wait()
        return not self.delivery.finished


class _Driver:
    """Moves the bytes of one conversation."""

    def __init__(self, stream: trio.abc.Stream, talk: Conversation, work: _Work) -> None:
        self._stream = stream
        self._talk = talk
        self._now = work.now
        self._news = work.news
        self._progress = work.progress
        self._patience = work.target.patience
        self._writable = True
        #: Set once nothing more is begun here.
        self.left = trio.Event()
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
            self.left.set()
            self._news.tell()

    async def _speak(self) -> None:
        talk = self._talk
        while not talk.over:
            news = self._news.next
            talk.wake(self._now())
            self._progress()
            await self._write(talk.data_to_send())
            if talk.over:
                break
            if talk.leaves:
                self.left.set()
            with trio.move_on_after(max(0.0, talk.deadline - self._now())) as pause:
                await news.wait()
            if pause.cancelled_caught:
                # The clock may have given something back that another one can send.
                talk.wake(self._now())
                self._news.tell()
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
                self._news.tell()
        except trio.BrokenResourceError as wrong:
            why = f"the connection broke: {wrong.__cause__ or wrong}"
            if isinstance(wrong.__cause__, ssl.SSLError) and not self._talk.greeted:
                self.refusal = f"the handshake failed: {wrong.__cause__}"
        except trio.ClosedResourceError:
            pass
        self._talk.lost(why)
        self._news.tell()
