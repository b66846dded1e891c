"""The services of one fake: listen, receive, and stop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import trio

from ..fronts import Entrance, Front
from ..ledger import Ledger
from ..push import Judge
from .accepting import Peer, accept
from .clock import Clock
from .drained import Drain
from .listening import open_listeners, option_of, warn_of_others
from .reception import Contexts, Reception
from .rest import Rest
from .visitors import Visitor, Visitors
from .windows import Window


class Server:
    """The services of one fake, started into the caller's nursery.

    `ports` has the port of each front by its name, and of the proxy, and nothing before `start`.
    `failure` is the first exception that a connection ended with, never one of the provider's
    making. `contexts` makes the server's side of TLS, as it should be or with a bad certificate.
    """

    def __init__(
        self,
        contexts: Contexts,
        entrances: Sequence[Entrance],
        judge: Judge,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self.ports: dict[str, int] = {}
        self.failure: Exception | None = None
        self._contexts = contexts
        self._clock = clock
        self._nursery: trio.Nursery | None = None
        self._listeners: list[trio.SocketListener] = []
        self._visitors = Visitors()
        self._rest = Rest()
        self._connections: set[trio.CancelScope] = set()
        self._one_less = trio.Event()
        self._admitting = trio.Event()
        self._admitting.set()
        self._one_at_a_time = trio.Lock()
        self._windows: list[tuple[Entrance, Window]] = []
        self.furnish(entrances, judge, ledger)

    def furnish(self, entrances: Sequence[Entrance], judge: Judge, ledger: Ledger) -> None:
        """Serve further connections with these; those that are open keep what they have."""
        self._entrances = {each.name: each for each in entrances}
        self._triggers = judge.triggers
        self._reception = Reception(
            self._contexts,
            judge.settings,
            judge.triggers,
            ledger,
            self._clock,
            {each.name: each for each in entrances if isinstance(each, Front)},
            lambda name: self.ports.get(name),
        )
        self.fit_windows()

    def fit_windows(self) -> None:
        """See that writes of further connections block soon, if a step may leave them unread.

        To be called whenever steps have changed, from any thread.
        """
        for entrance, window in self._windows:
            window.fit(narrow=any(map(self._triggers.may_hold, entrance.services)))

    async def start(self, nursery: trio.Nursery, hosts: Sequence[str]) -> None:
        """Listen on all hosts, or on nothing if there are none. Raises `StartError`.

        Each entrance gets the port that it wants, or had before.

        A server that was stopped with its nursery may be started into another one.
        """
        self._nursery = nursery
        self.failure = None
        self._listeners = []
        if not hosts:
            return
        taken: dict[str, int] = {}
        opened: list[tuple[Entrance, list[trio.SocketListener]]] = []
        try:
            for each in self._entrances.values():
                port = self.ports.get(each.name, each.port)
                listeners, bound = await open_listeners(hosts, port, option_of(each.name))
                opened.append((each, listeners))
                taken[each.name] = bound
        except BaseException:
            for _, listeners in opened:
                for listener in listeners:
                    listener.socket.close()
            raise
        self.ports = taken
        sockets = [listener.socket for _, listeners in opened for listener in listeners]
        warn_of_others(str(each.getsockname()[0]) for each in sockets)
        self._windows = [
            (entrance, Window(listener.socket))
            for entrance, listeners in opened
            for listener in listeners
        ]
        self.fit_windows()
        for entrance, listeners in opened:
            self._listeners += listeners
            name = entrance.name
            take, turn_away = partial(self.take, name), partial(self._turn_away, name)
            for listener in listeners:
                nursery.start_soon(accept, listener, take, turn_away)

    def take(self, name: str, transport: trio.abc.HalfCloseableStream) -> None:
        """Serve a provider at the other end of this transport, by the front of this name, or by
        the proxy.
        """
        assert self._nursery is not None
        self._nursery.start_soon(self._receive, name, transport)

    async def drained(self, seconds: float, at_rest: Callable[[], None]) -> list[str]:
        """Wait until all that is on its way is dealt with: see `Drain.finish`."""
        drain = Drain(self._listeners, self._visitors, self._rest)
        return await drain.finish(seconds, at_rest)

    def arriving(self) -> list[str]:
        """The same, as far as it is to be seen without waiting."""
        return Drain(self._listeners, self._visitors, self._rest).glance()

    @property
    def has_visitors(self) -> bool:
        """Whether somebody is there who may have more to say."""
        return any(each.stage != "leaving" for each in self._visitors)

    @asynccontextmanager
    async def emptied(self) -> AsyncIterator[None]:
        """A moment without connections: those that are open are closed, new ones wait."""
        async with self._one_at_a_time, self._without_connections():
            yield

    @asynccontextmanager
    async def _without_connections(self) -> AsyncIterator[None]:
        self._admitting = trio.Event()
        try:
            for scope in self._connections:
                scope.cancel()
            while self._connections:
                self._one_less = trio.Event()
                await self._one_less.wait()
            yield
        finally:
            self._admitting.set()

    def _turn_away(self, name: str, peer: Peer) -> None:
        self._reception.turn_away(self._entrances[name], peer)

    async def _receive(self, name: str, transport: trio.abc.HalfCloseableStream) -> None:
        with self._visitors.with_one(transport) as visitor:
            try:
                if not self._admitting.is_set():
                    await self._admitting.wait()
                self._clock.follow()
                await self._serve(name, visitor)
            finally:
                # Shielded, since a failure on its way out would give way to a cancellation.
                with trio.CancelScope(shield=True):
                    await trio.aclose_forcefully(transport)

    async def _serve(self, name: str, visitor: Visitor) -> None:
        with trio.CancelScope() as scope:
            self._connections.add(scope)
            try:
                await self._reception.receive(self._entrances[name], visitor)
            except Exception as failure:
                # Kept, since whoever stops the server at this moment may lose it.
                self.failure = self.failure or failure
                raise
            finally:
                self._connections.remove(scope)
                self._one_less.set()
