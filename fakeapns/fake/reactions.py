"""What apps do when they are woken: functions of the user, called one at a time."""

from __future__ import annotations

import inspect
import logging
import math
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import NamedTuple

import trio

from ..errors import UsageError
from ..ledger import Bundle, Delivery, Ledger, Notification, push_of
from ..push import Installation, Mishaps
from .wakeups import TrioNews

log = logging.getLogger("fakeapns")

#: What an app does with a notification; may be async in the trio form.
Reaction = Callable[[Notification], object]
#: Takes in what is on its way within so many seconds, and says what is left.
Drain = Callable[[float], Awaitable[list[str]]]

_NOT_AWAITED = (
    "a function of on_wake is async, and only the trio form awaits: where the server has a thread "
    "of its own, write one that is not"
)
#: Whether this is called by such a function. Threads of trio have the context of their task.
_inside: ContextVar[bool] = ContextVar("inside", default=False)


class Call(NamedTuple):
    """A function that is to be called with a notification, for the device of this number, since the
    server was `renewed` so often.
    """

    reaction: Reaction
    push: Notification
    device: int
    renewed: int


def _is_handed(entry: Delivery, push: Notification | None, installation: Installation) -> bool:
    """Whether the app has it since it is in the foreground."""
    # What is for Live Activities, by a topic of their own or by a channel, the system deals with.
    of_its_own = entry.topic == installation.topic and not (push is not None and push.is_broadcast)
    return installation.app == "foreground" and of_its_own


class Reactions:
    """The functions of all devices of a server, and the calls that are due.

    They follow the ledger: a delivery is on record before anybody is called for it. What they raise
    goes to `mishaps`.
    """

    def __init__(self, mishaps: Mishaps, ledger: Ledger) -> None:
        self._mishaps = mishaps
        self._ledger = ledger
        self._unfollow: Callable[[], None] | None = None
        self._by_device: dict[int, tuple[Installation, list[Reaction]]] = {}
        self._due: deque[Call] = deque()
        self._current: Call | None = None
        self._calling = trio.CancelScope()
        self._renewed = 0
        #: Wakes the task that calls, while there is one, and those who wait for it to be done.
        self._news: TrioNews | None = None
        self._done = trio.Event()
        #: Held by whoever calls: one that the end of a server has left running may still do.
        self._one_at_a_time = threading.Lock()

    # ---- who reacts to what -----------------------------------------------------------------

    def add(self, installation: Installation, reaction: Reaction) -> None:
        """From now on this is called for what wakes the app, and for what it is handed."""
        _, reactions = self._by_device.setdefault(installation.number, (installation, []))
        reactions.append(reaction)
        self.follow(self._ledger)

    def follow(self, ledger: Ledger) -> None:
        """Look at what goes on record here, if anybody is to be called for it."""
        # Whoever follows costs something for every entry.
        if self._unfollow is not None and ledger is not self._ledger:
            self._unfollow()
            self._unfollow = None
        self._ledger = ledger
        if self._by_device and self._unfollow is None:
            self._unfollow = ledger.follow(self._look)

    def forget(self) -> None:
        """All functions, and the calls that are due. What one raises from now on is no longer the
        affair of any test.
        """
        self._renewed += 1
        # What never ends must not keep those of the next test from being called. Who renews the
        # server from such a function has to get to the end of that.
        self._one_at_a_time = threading.Lock()
        if not self.is_here:
            self._calling.cancel()
        self._by_device.clear()
        self._due.clear()
        if self._unfollow is not None:
            self._unfollow()
            self._unfollow = None

    def __bool__(self) -> bool:
        return bool(self._by_device)

    def _look(self, bundle: Bundle, seq: int) -> None:
        for entry in bundle.of(Delivery, seq):
            if entry.device in self._by_device and entry.fate == "delivered":
                self._react(entry, *self._by_device[entry.device])

    def _react(
        self, entry: Delivery, installation: Installation, reactions: list[Reaction]
    ) -> None:
        push = push_of(entry, self._ledger)
        if entry.woke is None and not _is_handed(entry, push, installation):
            return
        if push is None:
            self._mishaps.keep(
                UsageError(
                    f"on_wake of device {entry.device} could not be called: number "
                    f"{entry.notification}, which it is for, is on record no more"
                )
            )
            return
        self._due += [Call(each, push, entry.device, self._renewed) for each in reactions]
        if self._news is not None:
            self._news(entry.seq)

    # ---- calling them -----------------------------------------------------------------------

    async def work(self, *, apart: bool) -> None:
        """Call what is due, in this task, or `apart` from it in a thread, until cancelled."""
        self._news = TrioNews()
        call = self._call_apart if apart else self._call_here
        _inside.set(True)
        try:
            while True:
                await self._call_all(call)
                await self._news.wait(math.inf)
        finally:
            self._news = None

    async def _call_all(self, call: Callable[[Call], Awaitable[None]]) -> None:
        while self._due:
            self._current = self._due.popleft()
            try:
                with trio.CancelScope() as self._calling:
                    await call(self._current)
            finally:
                self._current = None
        self._done.set()
        self._done = trio.Event()

    async def _call_apart(self, call: Call) -> None:
        # The end of the server waits for no function of the user.
        await trio.to_thread.run_sync(self._call, call, abandon_on_cancel=True)

    def _call(self, call: Call) -> None:
        __tracebackhide__ = True
        try:
            with self._one_at_a_time:
                found = call.reaction(call.push)
            if inspect.iscoroutine(found):
                found.close()
                raise UsageError(_NOT_AWAITED)
        except BaseException as raised:
            self._keep(raised, call)

    async def _call_here(self, call: Call) -> None:
        __tracebackhide__ = True
        try:
            found = call.reaction(call.push)
            if inspect.isawaitable(found):
                await found
        except (trio.Cancelled, KeyboardInterrupt):
            raise
        except BaseException as raised:
            self._keep(raised, call)

    def _keep(self, raised: BaseException, call: Call) -> None:
        if call.renewed == self._renewed:
            self._mishaps.keep(raised)
            return
        log.warning("on_wake of device %d raised %r when its test was over", call.device, raised)

    # ---- waiting for them -------------------------------------------------------------------

    @property
    def is_here(self) -> bool:
        """Whether the caller is such a function, which cannot wait for its own end."""
        return _inside.get()

    @property
    def are_done(self) -> bool:
        """Whether no call is due or goes on."""
        return not self._due and self._current is None

    async def rest(self, seconds: float) -> None:
        """Wait until no call is due or goes on, so long at most. In the server's loop."""
        with trio.move_on_after(seconds):
            while not self.are_done:
                await self._done.wait()

    async def settled(self, drain: Drain, seconds: float) -> list[str]:
        """Let a server drain, and wait for what apps do about it, and so on, so long at most; what
        is not done, a sentence for each.
        """
        until = trio.current_time() + seconds
        while True:
            left = await drain(max(0.0, until - trio.current_time()))
            if self.are_done:
                return left
            await self.rest(max(0.0, until - trio.current_time()))
            if not self.are_done:
                return [*left, *self.in_words()]

    def in_words(self) -> list[str]:
        """What is not done, a sentence."""
        current = self._current or next(iter(self._due), None)
        if current is None:
            return []
        return [f"on_wake of device {current.device} is still busy with number {current.push.seq}"]
