"""What all services share: number a connection, shake hands, hand it over.

Faults that act before the provider can say anything act here.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable
from itertools import count

import msgspec
import trio

from ..certificates import BadServer
from ..fronts import Front, Ports, Provider, Recorder
from ..ledger import ConnectionOpened, ConnectionRefused, Ledger
from ..push import Chosen, Mishaps, Occasion, Triggers
from ..scenario import Settings
from ..scenario.faults import Service
from .accepting import Peer
from .arrival import Arriving
from .clock import Clock
from .handshake import shake_hands
from .pump import pump
from .records import CHUNK
from .refusals import Refused
from .tls import TLSStream
from .turns import Turn, Turns
from .visitors import Visitor

#: The server's context for these versions of TLS, with a bad certificate if asked for.
Contexts = Callable[[tuple[str, str], BadServer | None], ssl.SSLContext]
Transport = trio.abc.HalfCloseableStream
#: Slices of work in a connection that has come, and in what is read and thrown away (measured: 0.2
#: and 0.05 ms).
_ARRIVAL, _THROWN_AWAY = 0.4, 0.1
#: The hint for whoever could not even be let in.
NO_ROOM = (
    "this process has no file descriptor left for another connection: close some, or allow it more "
    "(`ulimit -n`)"
)


class Reception:
    """Receives the connections of one server, over all its services."""

    def __init__(
        self,
        contexts: Contexts,
        settings: Settings,
        triggers: Triggers,
        ledger: Ledger,
        clock: Clock,
        ports: Ports,
    ) -> None:
        self._contexts = contexts
        self._ports = ports
        self._settings = settings
        self._triggers = triggers
        self._ledger = ledger
        self._clock = clock
        self._turns = Turns()
        self._numbers = count(1)
        self._open = 0

    async def receive(self, front: Front, visitor: Visitor) -> None:
        """Serve one connection to its end. A failing one never ends the server."""
        # The first client that refuses a CA breaks its connection in the handshake; in a trio
        # server that lets that out of its nursery, all the others end with it (measured).
        number = visitor.number = next(self._numbers)
        transport = visitor.transport
        peer = peer_name(transport)
        self._open += 1
        self._triggers.arrive(number, front.name)
        # Where time is virtual work takes none, so nobody waits for it to be done: what came of a
        # seed would depend on whose turn it was.
        turn = Turn(None if self._clock.is_virtual else self._turns)
        stream: TLSStream | None = None
        opened = False
        try:
            await turn.come(_ARRIVAL)
            await self._admit(number, front, transport)
            chosen = self._triggers.choose("handshake", Occasion(number, service=front.name))
            arriving = _asked(chosen, self._triggers.mishaps)
            context = self._contexts(front.tls, arriving.certificate)
            stream = TLSStream(transport, context, turn=turn)
            provider = await self._shake_hands(stream, visitor, front, chosen, arriving)
            opened = True
            self._ledger.record(
                ConnectionOpened,
                self._clock.now(),
                connection=number,
                service=front.name,
                peer=peer,
                tls=stream.version,
                topic=provider.topics[0] if provider.topics else None,
                certificate=provider.subject,
            )
            connection = front.open(number, provider, self._clock.now())
            visitor.served(stream, connection)
            await pump(stream, connection, self._clock, visitor.flushing(self._ledger.flush))
            if stream.has_given_up:
                visitor.leave()
                await self._let_it_read(stream, transport, turn)
        except Refused as refused:
            self._record_refusal(number, front.name, peer, refused)
            visitor.leave()
            await self._let_it_read(stream, transport, turn)
        except trio.Cancelled:
            if not opened:
                stopped = Refused("stopped", "the server was stopped during the handshake")
                self._record_refusal(number, front.name, peer, stopped)
            raise
        finally:
            self._open -= 1
            self._triggers.leave(number)

    def turn_away(self, front: Front, peer: Peer) -> None:
        """Record a connection that was closed at once, since the system has no room for it."""
        number = next(self._numbers)
        self._triggers.arrive(number, front.name)
        self._triggers.leave(number)
        self._record_refusal(number, front.name, address_in_words(peer), Refused("limit", NO_ROOM))

    def _record_refusal(self, number: int, service: Service, peer: str, refused: Refused) -> None:
        self._ledger.record(
            ConnectionRefused,
            self._clock.now(),
            connection=number,
            service=service,
            peer=peer,
            reason=refused.reason,
            hint=refused.hint,
        )
        self._ledger.flush()

    async def _admit(self, number: int, front: Front, transport: Transport) -> None:
        """Let the connection in. Raises `Refused`."""
        if self._open > self._settings.max_connections:
            raise Refused(
                "limit",
                f"{self._settings.max_connections} connections are open already: "
                "raise max_connections, or close some",
            )
        chosen = self._triggers.at_accept(Occasion(number, service=front.name), self._clock.now().t)
        if chosen is None:
            return
        arriving = _asked(chosen, self._triggers.mishaps)
        if arriving.refused is None:
            # A fault of the user's that failed.
            return
        self._fired(number, chosen, arriving)
        match arriving.refused:
            case "reset":
                await TLSStream(transport, self._contexts(front.tls, None)).reset()
            case "before-handshake":
                with (
                    trio.move_on_after(self._settings.handshake_seconds),
                    contextlib.suppress(trio.BrokenResourceError),
                ):
                    await transport.receive_some(1)
        raise _asked_for(chosen)

    async def _shake_hands(
        self,
        stream: TLSStream,
        visitor: Visitor,
        front: Front,
        chosen: Chosen | None,
        arriving: Arriving,
    ) -> Provider:
        """Shake hands, disturbed as a fault has it. Raises `Refused`."""
        assert visitor.number is not None
        fired = None if chosen is None else self._fired(visitor.number, chosen, arriving)
        if chosen is not None and arriving.alerted is not None:
            with contextlib.suppress(trio.BrokenResourceError, trio.TooSlowError):
                with trio.fail_after(self._settings.handshake_seconds):
                    await stream.hear()
                    await stream.alert(arriving.alerted)
            raise _asked_for(chosen)
        if chosen is not None and arriving.pause:
            visitor.hold(f"{chosen.fault.name}, {arriving.detail}")
            await trio.sleep(arriving.pause)
            visitor.hold(None)
        try:
            provider = await shake_hands(stream, self._settings, front.name, self._ports)
        except Refused as refused:
            if chosen is None or not arriving.explains(refused.turned_away):
                raise
            raise _asked_for(chosen, arriving, refused.turned_away) from None
        fooled_by = None if arriving.certificate is None else fired
        return msgspec.structs.replace(provider, fooled_by=fooled_by)

    def _fired(self, number: int, chosen: Chosen, arriving: Arriving) -> int:
        """Record that a fault acts; the entry's `seq`."""
        recorder = Recorder(self._ledger, number)
        seq = recorder.fault(chosen, arriving.detail, self._clock.now())
        self._ledger.flush()
        return seq

    async def _let_it_read(
        self, stream: TLSStream | None, transport: Transport, turn: Turn
    ) -> None:
        """Shut our side and wait for the peer's, so that no reset overtakes the alert."""
        # RFC 1122, 4.2.2.13: a close with something unread is a reset.
        with trio.move_on_after(self._settings.close_grace_seconds):
            try:
                if stream is None:
                    await transport.send_eof()
                else:
                    await stream.send_eof()
                while await transport.receive_some(CHUNK):
                    await turn.take(_THROWN_AWAY)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                pass


def _asked(chosen: Chosen | None, mishaps: Mishaps) -> Arriving:
    """What a fault asks for; nothing without one."""
    arriving = Arriving()
    if chosen is not None:
        mishaps.call(chosen.fault.act, arriving, otherwise=None)
    return arriving


def _asked_for(
    chosen: Chosen, arriving: Arriving | None = None, turned_away: str | None = None
) -> Refused:
    asked = chosen.reason
    if arriving is not None and turned_away is not None:
        # Whoever turns away from this does what it should: nothing is to be mended.
        how = f" ({arriving.certificate})" if arriving.certificate else ""
        asked += f"{how}: the client {turned_away}, and was right to"
    return Refused("fault", asked)


def peer_name(transport: trio.abc.Stream) -> str:
    """`127.0.0.1:50123`, or `memory` where there is no socket."""
    if not isinstance(transport, trio.SocketStream):
        return "memory"
    try:
        return address_in_words(transport.socket.getpeername())
    except OSError:
        return "gone"


def address_in_words(peer: Peer) -> str:
    """`127.0.0.1:50123`, `[::1]:50123`."""
    host, port = str(peer[0]), peer[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
