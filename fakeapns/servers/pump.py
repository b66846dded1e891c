"""The one loop that drives a connection of any front: bytes and moments in, actions out."""

from __future__ import annotations

import errno
import math
import ssl
from collections.abc import Callable
from typing import assert_never

import trio

from ..fronts import Action, Close, Connection, Left, Reset, Send, ShutWrite
from ..ledger import Moment
from .clock import Clock
from .refusals import RENEGOTIATION, last_words
from .stream import CHUNK, Stream

#: Seconds for which a provider may leave an answer unread. Ours: six bytes fit any buffer, so this
#: is for readers of long feedback lists that have stopped reading.
UNREAD_LIMIT = 30.0
#: Seconds for the last words of a server that is stopping.
GOODBYE_LIMIT = 0.1
#: Bytes that are decrypted in one go: so many at first, twice as many as long as that is no more
#: than a slice of work, and half as many for each slice beyond, down to a little. What was
#: decrypted is dealt with even when the server stops, and 200 clients that flood it must not hold
#: that up.
_FIRST, _LITTLE = 4096, 1024
#: Slices of work in reading anything at all (measured: 60 µs).
_READ = 0.1


async def pump(
    stream: Stream, connection: Connection, clock: Clock, flush: Callable[[], None]
) -> None:
    """Serve one connection until it is over, whoever ends it.

    `flush` hands what was recorded to the operating system: that is done before every answer,
    so that nothing is ever answered that is not on record.
    """
    driver = _Driver(stream, connection, clock, flush)
    try:
        await driver.perform()
        while not connection.finished:
            await driver.wait()
            await driver.perform()
    except trio.Cancelled:
        driver.hurry()
        connection.stop(clock.now())
        with trio.CancelScope(deadline=trio.current_time() + GOODBYE_LIMIT, shield=True):
            await driver.perform()
        raise
    finally:
        # Whatever it was, a failure of our own too: what is promised of an end is kept.
        connection.over(clock.now())
        flush()


class _Driver:
    """A stream and the connection that decides about it."""

    __slots__ = (
        "_clock",
        "_connection",
        "_flush",
        "_portion",
        "_stream",
        "_work",
    )

    def __init__(
        self, stream: Stream, connection: Connection, clock: Clock, flush: Callable[[], None]
    ) -> None:
        self._stream = stream
        self._connection = connection
        self._clock = clock
        self._flush = flush
        self._portion = _FIRST
        #: Slices of work in what is to be done next: a whole one once that was not all.
        self._work = _READ

    async def wait(self) -> None:
        """Wait for the next thing that happens, and tell the connection."""
        deadline = self._connection.deadline
        if deadline == math.inf:
            # Most have none, and a scope takes a twentieth of what a request and its answer do.
            await self._listen()
            return
        with trio.CancelScope(deadline=self._clock.deadline(deadline)) as scope:
            await self._listen()
        if scope.cancelled_caught:
            self._connection.wake(self._woken())

    async def _listen(self) -> None:
        """Wait for what the provider does next."""
        appetite = self._connection.appetite
        if self._stream.ended is not None:
            await trio.sleep_forever()
        if appetite == 0:
            await self._stream.hear_of_more()
            self._connection.kept_waiting(self._clock.now())
            return
        before = self._stream.taken
        try:
            await self._stream.fetch(appetite or CHUNK)
        except trio.BrokenResourceError as broken:
            self._broke(broken)
        self._stream.turn.was_away()
        self._work = _READ + (self._stream.taken - before) / CHUNK

    def _broke(self, broken: BaseException) -> None:
        said = last_words(broken, asked_anew=self._stream.asks_anew)
        if said is not None:
            self._connection.told(said)
        self._connection.ended(how_it_broke(broken), self._clock.now())

    async def _deal_with_it(self) -> None:
        """Deal with all that has come, a slice in each turn."""
        while self._has_more:
            await self._stream.turn.take(self._work)
            self._go_on()

    def hurry(self) -> None:
        """The same without waiting, since the server stops: as much as there is time for.

        What was decrypted is dealt with in any case. No more can be known of the rest than of what
        is left with the kernel.
        """
        while self._has_more and self._stream.turn.hurry(self._work):
            self._go_on()
        self._stream.undecrypted = False

    @property
    def _has_more(self) -> bool:
        return self._connection.busy or self._stream.undecrypted

    def _go_on(self) -> None:
        """Do a slice of work."""
        if not self._connection.busy:
            try:
                data = self._stream.decrypt(self._portion)
            except ssl.SSLError as broken:
                self._stream.undecrypted = False
                self._broke(broken)
                return
            if self._stream.asks_anew:
                self._connection.told(RENEGOTIATION)
            # Who is read little by little is told of nothing, too: that was its share.
            if data or self._stream.ended is not None or self._connection.appetite is not None:
                self._take(data)
        if self._connection.busy:
            self._connection.wake(self._clock.now())
        # It was more than a slice: so will be the rest.
        if self._connection.busy:
            self._work, self._portion = 1.0, max(_LITTLE, self._portion // 2)

    def _take(self, data: bytes) -> None:
        """Hand over what was read, and that it was the last."""
        if len(data) == self._portion:
            self._portion = min(2 * self._portion, CHUNK)
        now = self._clock.now()
        self._connection.receive(data, now)
        if self._stream.ended is not None and not self._connection.finished:
            self._connection.ended(self._stream.ended, now)

    def _woken(self) -> Moment:
        """Now, and never before the deadline, whatever the difference of two floats says."""
        now = self._clock.now()
        return now._replace(t=max(now.t, self._connection.deadline))

    async def perform(self) -> None:
        """Do what there is to do, until nothing more is due. Nothing is read meanwhile.

        What has come is dealt with before: what is answered does not depend on how it was sliced.
        """
        connection = self._connection
        woken_at = -math.inf
        while True:
            await self._deal_with_it()
            self._flush()
            actions = connection.actions()
            if actions or self._stream.owes:
                await self._carry_out(actions)
            elif connection.deadline <= self._clock.now().t:
                if connection.deadline == woken_at:
                    # It may be due for ever: whatever that is, it is not to hold up all others.
                    await trio.lowlevel.checkpoint()
                woken_at = connection.deadline
                connection.wake(self._woken())
            else:
                return

    async def _carry_out(self, actions: list[Action]) -> None:
        """Do these, and tell the connection if that cannot be done."""
        try:
            # Most answers find room, and need no patience.
            match actions:
                case [Send(data)] if self._stream.send_at_once(data):
                    actions = []
                    if not self._stream.owes:
                        return
            with trio.move_on_after(UNREAD_LIMIT) as patience:
                await self._do(actions)
            if not patience.cancelled_caught:
                return
            how: Left = "unread"
        except (trio.BrokenResourceError, trio.ClosedResourceError, ssl.SSLError) as broken:
            how = how_it_broke(broken)
            await self._read_the_rest()
        if not self._connection.finished:
            self._connection.ended(how, self._clock.now())
        await self._stream.aclose()

    async def _read_the_rest(self) -> None:
        """Deal with what a provider wrote before it went. Answers that nobody reads break at once,
        and whoever sends and leaves has sent all the same: nothing more is said to it.
        """
        with trio.move_on_after(UNREAD_LIMIT):
            while self._stream.ended is None and self._connection.appetite != 0:
                try:
                    await self._stream.fetch(self._connection.appetite or CHUNK)
                except (trio.BrokenResourceError, trio.ClosedResourceError):
                    return
                await self._deal_with_it()
                self._flush()
                self._connection.actions()

    async def _do(self, actions: list[Action]) -> None:
        await self._stream.answer()
        for action in actions:
            match action:
                case Send(data):
                    await self._stream.send_all(data)
                case ShutWrite(close_notify):
                    await self._stream.send_eof(close_notify=close_notify)
                case Close() if self._stream.has_given_up:
                    # It is to read why, and a close may overtake that: see the reception.
                    pass
                case Close():
                    await self._stream.aclose()
                case Reset():
                    await self._stream.reset()
                case _:
                    assert_never(action)


def how_it_broke(broken: BaseException) -> Left:
    """`reset` where the peer's kernel said so, `lost` for everything else."""
    # A write behind a RST that nobody has read about gives EPIPE.
    cause = broken.__cause__ or broken.__context__
    if isinstance(cause, OSError) and cause.errno in (errno.ECONNRESET, errno.EPIPE):
        return "reset"
    return "lost"
