"""The servers: listen, shake hands, read, perform what the session decides. All on trio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import trio

from ..devices import Devices
from ..entries import Service
from ..judge import Judge
from ..ledger import Ledger
from .feedback import serve_feedback
from .gateway import serve_gateway
from .handshake import Provider
from .listening import open_listeners
from .service import Contexts, Reception
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
        self._judge = judge
        self._devices = devices
        self._ledger = ledger
        self._follow_wall_clock = follow_wall_clock
        self._reception = Reception(contexts, judge.settings, judge.plan, ledger)
        self._handlers = {"gateway": self._gateway, "feedback": self._feedback}
        self._nursery: trio.Nursery | None = None

    async def start(
        self, nursery: trio.Nursery, hosts: Sequence[str], gateway_port: int, feedback_port: int
    ) -> None:
        """Listen on all hosts, or on nothing if there are none. Raises `StartError`."""
        self._nursery = nursery
        if not hosts:
            return
        ports: dict[Service, int] = {"gateway": gateway_port, "feedback": feedback_port}
        opened: list[tuple[Service, list[trio.SocketListener]]] = []
        try:
            for service, port in ports.items():
                listeners, bound = await open_listeners(hosts, port, f"--{service}-port")
                opened.append((service, listeners))
                self.ports[service] = bound
        except BaseException:
            for _, listeners in opened:
                for listener in listeners:
                    listener.socket.close()
            raise
        for service, listeners in opened:
            serve = partial(trio.serve_listeners, handler_nursery=nursery)
            nursery.start_soon(serve, partial(self._receive, service), listeners)

    def take(self, service: Service, transport: trio.abc.HalfCloseableStream) -> None:
        """Serve a provider that is at the other end of this transport."""
        assert self._nursery is not None
        self._nursery.start_soon(self._receive, service, transport)

    async def _receive(self, service: Service, transport: trio.abc.HalfCloseableStream) -> None:
        self._follow_wall_clock()
        try:
            await self._reception.receive(service, self._handlers[service], transport)
        except Exception as failure:
            # Kept, since trio's listener loses it if the server is stopped at this moment.
            self.failure = self.failure or failure
            raise

    async def _gateway(self, stream: TLSStream, connection: int, provider: Provider) -> None:
        await serve_gateway(stream, connection, provider, self._judge, self._ledger)

    async def _feedback(self, stream: TLSStream, connection: int, provider: Provider) -> None:
        topics = provider.topics
        await serve_feedback(stream, connection, topics, self._devices, self._judge, self._ledger)
