"""What gateway and feedback share: number a connection, shake hands, hand it over.

Faults that act before the provider can say anything act here.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Awaitable, Callable
from itertools import count

import msgspec
import trio

from ..certificates import BadServer
from ..fronts.ending import GRACE
from ..fronts.recorder import Recorder
from ..ledger.entries import ConnectionOpened, ConnectionRefused, Service
from ..ledger.ledger import Ledger
from ..push.triggers import Chosen, Moment, Plan
from ..scenario.faults import Alert, BadCertificate, Refuse, SlowHandshake, seconds_in
from ..scenario.settings import Settings
from .handshake import Provider, Refused, shake_hands
from .tls import TLSStream

Handler = Callable[[TLSStream, int, Provider], Awaitable[None]]
#: The server's context, with a bad certificate if asked for.
Contexts = Callable[[BadServer | None], ssl.SSLContext]


class Reception:
    """Receives the connections of one server, over all its services."""

    def __init__(self, contexts: Contexts, settings: Settings, plan: Plan, ledger: Ledger) -> None:
        self._contexts = contexts
        self._settings = settings
        self._plan = plan
        self._ledger = ledger
        self._numbers = count(1)
        self._open = 0

    async def receive(
        self, service: Service, handler: Handler, transport: trio.abc.HalfCloseableStream
    ) -> None:
        """Serve one connection to its end. A failing one never ends the server."""
        connection = next(self._numbers)
        peer = peer_name(transport)
        self._open += 1
        stream: TLSStream | None = None
        opened = False
        try:
            await self._admit(connection, transport)
            chosen = self._plan.choose("handshake", Moment(connection))
            fault = None if chosen is None else chosen.fault
            bad = fault.how if isinstance(fault, BadCertificate) else None
            stream = TLSStream(transport, self._contexts(bad))
            provider = await self._shake_hands(stream, connection, chosen)
            opened = True
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
            self._record_refusal(connection, service, peer, refused)
            await _let_it_read(stream, transport)
        except trio.Cancelled:
            if not opened:
                stopped = Refused("stopped", "the server was stopped during the handshake")
                self._record_refusal(connection, service, peer, stopped)
            raise
        finally:
            self._open -= 1
            # Shielded, since a failure on its way out would give way to a cancellation.
            with trio.CancelScope(shield=True):
                await trio.aclose_forcefully(transport)

    def _record_refusal(
        self, connection: int, service: Service, peer: str, refused: Refused
    ) -> None:
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

    async def _admit(self, connection: int, transport: trio.abc.HalfCloseableStream) -> None:
        """Let the connection in. Raises `Refused`."""
        if self._open > self._settings.max_connections:
            raise Refused(
                "limit",
                f"{self._settings.max_connections} connections are open already: "
                "raise max_connections, or close some",
            )
        chosen = self._plan.at_accept(connection, self._ledger.timeline.t(trio.current_time()))
        if chosen is None:
            return
        how = chosen.fault.how if isinstance(chosen.fault, Refuse) else "reset"
        self._fired(connection, chosen, how)
        self._ledger.flush()
        match how:
            case "reset":
                await TLSStream(transport, self._contexts(None)).reset()
            case "before-handshake":
                with (
                    trio.move_on_after(self._settings.handshake_seconds),
                    contextlib.suppress(trio.BrokenResourceError),
                ):
                    await transport.receive_some(1)
        raise self._asked_for(chosen)

    async def _shake_hands(
        self, stream: TLSStream, connection: int, chosen: Chosen | None
    ) -> Provider:
        bad = None if chosen is None else await self._disturb(stream, connection, chosen)
        provider = await shake_hands(stream, self._settings)
        return msgspec.structs.replace(provider, fooled_by=bad)

    async def _disturb(self, stream: TLSStream, connection: int, chosen: Chosen) -> int | None:
        """Do what a fault asks for before the handshake. The `seq` of one that presents a bad
        certificate. Raises `Refused`.
        """
        match chosen.fault:
            case SlowHandshake(seconds=seconds):
                self._fired(connection, chosen, f"{seconds} seconds")
                await trio.sleep(seconds_in(seconds))
            case BadCertificate(how=how):
                return self._fired(connection, chosen, how)
            case Alert() as alert:
                self._fired(connection, chosen, f"{alert.alert} ({alert.number})")
                self._ledger.flush()
                try:
                    with trio.fail_after(self._settings.handshake_seconds):
                        await stream.alert_before_handshake(alert.number)
                except (trio.BrokenResourceError, trio.TooSlowError):
                    pass
                raise self._asked_for(chosen)
        return None

    def _fired(self, connection: int, chosen: Chosen, detail: str) -> int:
        recorder = Recorder(self._ledger, connection)
        seq = recorder.fault(chosen.fault, chosen.position, detail, trio.current_time())
        self._ledger.flush()
        return seq

    def _asked_for(self, chosen: Chosen) -> Refused:
        where = f"step {chosen.position} of the scenario"
        return Refused("fault", f"{where}, {chosen.fault.name}, asked for this")


async def _let_it_read(stream: TLSStream | None, transport: trio.abc.HalfCloseableStream) -> None:
    """Shut our side and wait for the peer's, so that no reset overtakes the alert."""
    with trio.move_on_after(GRACE):
        try:
            if stream is None:
                await transport.send_eof()
            else:
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
