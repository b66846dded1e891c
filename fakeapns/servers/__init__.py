"""The servers: listen, shake hands, read, perform what the session decides. All on trio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import trio

from ..ledger.entries import Service
from ..ledger.ledger import Ledger
from ..push.devices import Devices
from ..push.judge import Judge
from .feedback import serve_feedback
from .gateway import serve_gateway
from .handshake import Provider
from .listening import open_listeners
from .reception import Contexts, Handler, Reception
from .tls import TLSStream

__all__ = ["Contexts", "Server", "TLSStream"]


class Server:
    """Gateway and feedback of one fake, started into the caller's nursery.

    `ports` has the port that each service listens on, and nothing before `start`.
    `follow_wall_clock` is called with every connection. `failure` is the first exception that
    a connection ended with, never one of the provider's making.
    """

    def __init__(
        self,
        contexts: Contexts,
        judge: Judge,
        devices: Devices,
        ledger: Ledger,
        follow_wall_clock: Callable[[], None],
    ) -> None:
        self.ports: dict[Service, int] = {}
        self.failure: Exception | None = None
        self._contexts = contexts
        self._follow_wall_clock = follow_wall_clock
        self._nursery: trio.Nursery | None = None
        self._connections: set[trio.CancelScope] = set()
        self._one_less = trio.Event()
        self._admitting = trio.Event()
        self._admitting.set()
        self._one_at_a_time = trio.Lock()
        self.furnish(judge, devices, ledger)

    def furnish(self, judge: Judge, devices: Devices, ledger: Ledger) -> None:
        """Serve further connections with these; those that are open keep what they have."""

        async def gateway(stream: TLSStream, connection: int, provider: Provider) -> None:
            await serve_gateway(stream, connection, provider, judge, ledger)

        async def feedback(stream: TLSStream, connection: int, provider: Provider) -> None:
            await serve_feedback(stream, connection, provider.topics, devices, judge, ledger)

        self._reception = Reception(self._contexts, judge.settings, judge.plan, ledger)
        self._handlers: dict[Service, Handler] = {"gateway": gateway, "feedback": feedback}

    async def start(
        self, nursery: trio.Nursery, hosts: Sequence[str], gateway_port: int, feedback_port: int
    ) -> None:
        """Listen on all hosts, or on nothing if there are none. Raises `StartError`.

        A server that was stopped with its nursery may be started into another one.
        """
        self._nursery = nursery
        self.failure = None
        if not hosts:
            return
        ports: dict[Service, int] = {"gateway": gateway_port, "feedback": feedback_port}
        taken: dict[Service, int] = {}
        opened: list[tuple[Service, list[trio.SocketListener]]] = []
        try:
            for service, port in ports.items():
                listeners, bound = await open_listeners(hosts, port, f"--{service}-port")
                opened.append((service, listeners))
                taken[service] = bound
        except BaseException:
            for _, listeners in opened:
                for listener in listeners:
                    listener.socket.close()
            raise
        self.ports = taken
        for service, listeners in opened:
            serve = partial(trio.serve_listeners, handler_nursery=nursery)
            nursery.start_soon(serve, partial(self._receive, service), listeners)

    def take(self, service: Service, transport: trio.abc.HalfCloseableStream) -> None:
        """Serve a provider that is at the other end of this transport."""
        assert self._nursery is not None
        self._nursery.start_soon(self._receive, service, transport)

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

    async def _receive(self, service: Service, transport: trio.abc.HalfCloseableStream) -> None:
        if not self._admitting.is_set():
            await self._admitting.wait()
        self._follow_wall_clock()
        with trio.CancelScope() as scope:
            self._connections.add(scope)
            try:
                await self._reception.receive(service, self._handlers[service], transport)
            except Exception as failure:
                # Kept, since trio's listener loses it if the server is stopped at this moment.
                self.failure = self.failure or failure
                raise
            finally:
                self._connections.remove(scope)
                self._one_less.set()
