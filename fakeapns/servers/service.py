"""What gateway and feedback share: number a connection, shake hands, hand it over."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from itertools import count

import trio

from ..entries import ConnectionOpened, ConnectionRefused, Service
from ..ledger import Ledger
from ..session import GRACE
from ..settings import Settings
from .handshake import Provider, Refused, shake_hands
from .tls import TLSStream

Handler = Callable[[TLSStream, int, Provider], Awaitable[None]]


class Reception:
    """Receives the connections of one server, over all its services."""

    def __init__(self, context: ssl.SSLContext, settings: Settings, ledger: Ledger) -> None:
        self._context = context
        self._settings = settings
        self._ledger = ledger
        self._numbers = count(1)
        self._open = 0

    async def receive(
        self, service: Service, handler: Handler, transport: trio.abc.HalfCloseableStream
    ) -> None:
        """Serve one connection to its end. A failing one never ends the server."""
        connection = next(self._numbers)
        peer = peer_name(transport)
        stream = TLSStream(transport, self._context)
        self._open += 1
        try:
            provider = await self._shake_hands(stream)
            self._ledger.record(
                ConnectionOpened,
                trio.current_time(),
                connection=connection,
                service=service,
                peer=peer,
                tls=stream.version,
                topic=provider.topics[0] if provider.topics else None,
                certificate=provider.subject,
            )
            self._ledger.flush()
            await handler(stream, connection, provider)
        except Refused as refused:
            self._ledger.record(
                ConnectionRefused,
                trio.current_time(),
                connection=connection,
                service=service,
                peer=peer,
                reason=refused.reason,
                hint=refused.hint,
            )
            self._ledger.flush()
            await _let_it_read(stream)
        finally:
            self._open -= 1
            # Shielded, since a failure on its way out would give way to a cancellation.
            with trio.CancelScope(shield=True):
                await trio.aclose_forcefully(transport)

    async def _shake_hands(self, stream: TLSStream) -> Provider:
        if self._open > self._settings.max_connections:
            raise Refused(
                "limit",
                f"{self._settings.max_connections} connections are open already: "
                "raise max_connections, or close some",
            )
        return await shake_hands(stream, self._settings)


async def _let_it_read(stream: TLSStream) -> None:
    """Shut our side and wait for the peer's, so that no reset overtakes the alert."""
    transport = stream.transport
    with trio.move_on_after(GRACE):
        try:
            await stream.send_eof()
            while await transport.receive_some(65_536):
                pass
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass


def peer_name(transport: trio.abc.Stream) -> str:
    """`127.0.0.1:50123`, or `memory` where there is no socket."""
    if not isinstance(transport, trio.SocketStream):
        return "memory"
    try:
        host, port = transport.socket.getpeername()[:2]
    except OSError:
        return "gone"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
