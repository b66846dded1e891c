"""Whether all that providers have sent has been dealt with, and what has not been.

No time is guessed. What was written on this machine is in the writer's send queue until it is here,
so behind a look at which these are empty the server only has to come to rest: all its tasks wait,
and nothing that they wait for is there. A time without a byte stands only for queues that cannot be
seen.
"""

from __future__ import annotations

import math
import select
from collections.abc import Callable, Collection, Iterable, Iterator

import trio

from ..text import size_in_words
from .peers import hasten, send_queues
from .rest import Rest
from .visitors import Visitor, Visitors

#: Seconds without a byte that stand for an empty send queue where none is to be seen. Ours: more
#: than the 40 ms for which Linux may hold back an acknowledgement, and with it what is behind.
GRACE = 0.05
#: Seconds between two looks at send queues: nobody tells when one has become empty.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.01
#: Sentences that are told at most.
_MOST = 10


class Drain:
    """Waits, once, until all is dealt with that was on its way when it began."""

    def __init__(
        self, listeners: Collection[trio.SocketListener], visitors: Visitors, rest: Rest
    ) -> None:
        self._listeners = listeners
        self._visitors = visitors
        self._rest = rest
        #: Those whose peers were looked at, and what these had not got through, in words.
        self._known: set[Visitor] = set()
        self._unsent: dict[Visitor, str] = {}
        #: Bytes taken, and since when no more, of those whose peer is not to be seen.
        self._silent: dict[Visitor, tuple[int, float]] = {}

    async def finish(self, seconds: float, at_rest: Callable[[], None]) -> list[str]:
        """Wait, so many seconds at most; what is not dealt with, a sentence for each.

        That is what was still on its way at the end, and what a fault, or a frame that is not
        whole, keeps from coming to anything. `at_rest` is called whenever all is on record that has
        come so far.
        """
        with trio.move_on_after(seconds):
            pause = _FIRST_PAUSE
            while True:
                self._look_at_peers()
                await self._rest.reached()
                arriving = list(self._arriving())
                if not arriving and not any(self._shaking_hands()):
                    break
                at_rest()
                with trio.move_on_after(pause if arriving else math.inf):
                    await self._visitors.news()
                pause = min(2 * pause, _LONGEST_PAUSE)
        return self._in_words()

    def glance(self) -> list[str]:
        """The same without waiting, as far as it is to be seen."""
        self._look_at_peers()
        return self._in_words()

    def _in_words(self) -> list[str]:
        said = [*self._shaking_hands(), *self._arriving(), *self._left()]
        if len(said) > _MOST:
            said[_MOST:] = [f"… and {len(said) - _MOST} more connections like these"]
        return said

    def _shaking_hands(self) -> Iterator[str]:
        """Who has not begun to speak. It is told of when that changes."""
        for visitor in self._visitors:
            if visitor.stage == "arriving" and visitor.held is None:
                yield f"{visitor} was still {visitor.at}"

    def _arriving(self) -> Iterator[str]:
        """What else may still become something by itself, which nobody tells of."""
        if _readable(listener.socket for listener in self._listeners):
            yield "a connection waited to be accepted"
        unread = self._unread()
        for visitor in self._visitors:
            if visitor.is_at_work:
                # Its goodbye may have been read by then.
                yield f"{visitor} was still being read"
            elif not visitor.may_speak:
                continue
            elif visitor in self._unsent:
                yield self._unsent[visitor]
            elif visitor not in self._known or (visitor in unread and not visitor.is_held):
                yield f"{visitor} was still being read"

    def _left(self) -> Iterator[str]:
        """What comes to nothing by itself."""
        unread = self._unread()
        for visitor in self._visitors:
            if visitor.stage == "arriving" and visitor.held is not None:
                yield f"{visitor} is not read: {visitor.held}"
            if visitor.stage == "served" and not visitor.is_at_work:
                yield from _left_by(visitor, visitor in unread)

    def _unread(self) -> set[Visitor]:
        """Those of whom there is something that nobody has read."""
        sockets = {each: each.socket for each in self._visitors if each.may_speak}
        found = _readable(each for each in sockets.values() if each is not None)
        return {each for each, socket in sockets.items() if socket in found}

    # ---- what their peers have not got through ----------------------------------------------

    def _look_at_peers(self) -> None:
        unread = self._unread()
        self._known = {each for each in self._visitors if each.may_speak}
        asked = {
            each.pair: each
            for each in self._known
            # What is full here is full there too, and stays so.
            if each.pair is not None and not (each.is_held and each in unread)
        }
        queues = send_queues(asked.keys()) if asked else {}
        self._unsent.clear()
        for pair, visitor in asked.items():
            size = queues.get(pair)
            if size is None and not self._is_silent(visitor):
                self._unsent[visitor] = f"what {visitor} has written is not to be seen from here"
            elif size and visitor.socket is not None:
                hasten(visitor.socket)
                self._unsent[visitor] = f"{size_in_words(size)} of {visitor} were still on the way"

    def _is_silent(self, visitor: Visitor) -> bool:
        """Whether nothing has come for long enough, counted from the first time this is asked."""
        now = trio.current_time()
        taken, since = self._silent.get(visitor, (-1, now))
        if taken != visitor.taken:
            since = now
        self._silent[visitor] = visitor.taken, since
        return now - since >= GRACE


def _left_by(visitor: Visitor, unread: bool) -> Iterator[str]:
    assert visitor.connection is not None
    assert visitor.stream is not None
    pending, record = visitor.connection.pending, visitor.stream.begun
    if pending.held is not None:
        if unread or pending.waits or record:
            yield f"{visitor} is not read: {pending.held}"
    elif pending.waits:
        yield f"{visitor} is open: {pending.waits}"
    elif record:
        yield f"{size_in_words(record)} of {visitor} wait for the rest of a TLS record"


def _readable(sockets: Iterable[trio.socket.SocketType]) -> set[trio.socket.SocketType]:
    """Those at which something waits to be read, or to be accepted."""
    by_number = {each.fileno(): each for each in sockets if each.fileno() >= 0}
    if hasattr(select, "poll"):
        poll = select.poll()
        for number in by_number:
            poll.register(number, select.POLLIN)
        return {by_number[number] for number, _ in poll.poll(0)} if by_number else set()
    # Windows takes no more than 512 in one call.
    return {each for number, each in by_number.items() if select.select([number], [], [], 0)[0]}
