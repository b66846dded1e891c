"""What all services share: number a connection, shake hands, hand it over.

Faults that act before the provider can say anything act here.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Mapping
from itertools import count

import msgspec
import trio

from ..fronts import Entrance, Front, Ports, Provider, Proxy, Recorder, refusal
from ..ledger import ConnectionOpened, ConnectionRefused, Ledger, Place
from ..push import Chosen, Occasion, Triggers
from ..scenario import Settings, TLSTerms
from ..scenario.faults import BadServer
from .accepting import Peer
from .addresses import address_in_words, host_of, peer_name
from .arrival import Arriving, asked, asked_for
from .clock import Clock
from .handshake import attempt_of, provider_of, shake_hands
from .plain import PlainStream
from .pump import pump
from .refusals import Door, Refused
from .stream import CHUNK, Stream, reset
from .tls import TLSStream
from .turns import Turn, Turns
from .usher import lead
from .visitors import Visitor

#: The server's context for these terms of TLS, with a bad certificate if asked for.
Contexts = Callable[[TLSTerms, BadServer | None], ssl.SSLContext]
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
        fronts: Mapping[str, Front],
        ports: Ports,
    ) -> None:
        self._contexts = contexts
        self._fronts = fronts
        self._ports = ports
        self._settings = settings
        self._triggers = triggers
        self._ledger = ledger
        self._clock = clock
        self._turns = Turns()
        self._numbers = count(1)
        self._open = 0

    async def receive(self, entrance: Entrance, visitor: Visitor) -> None:
        """Serve one connection to its end. A failing one never ends the server."""
        # The first client that refuses a CA breaks its connection in the handshake; in a trio
        # server that lets that out of its nursery, all the others end with it (measured).
        number = visitor.number = next(self._numbers)
        transport = visitor.transport
        peer = peer_name(transport)
        self._open += 1
        place: Place = entrance.service
        # Where time is virtual work takes none, so nobody waits for it to be done: what came of a
        # seed would depend on whose turn it was.
        turn = Turn(None if self._clock.is_virtual else self._turns)
        opened = False
        try:
            front = await self._led(entrance, visitor, turn)
            place = front.service
            await turn.come(_ARRIVAL)
            await self._admit(number, front, visitor)
            stream, provider = await self._greet(visitor, front, turn)
            provider = msgspec.structs.replace(provider, address=host_of(peer))
            opened = True
            self._ledger.record(
                ConnectionOpened,
                self._clock.now(),
                connection=number,
                service=front.service,
                peer=peer,
                tls=stream.version,
                topic=provider.topics[0] if provider.topics else None,
                certificate=provider.subject,
                alpn=provider.alpn,
                host=provider.host,
            )
            connection = front.open(number, provider, self._clock.now())
            visitor.served(connection)
            await pump(stream, connection, self._clock, visitor.flushing(self._ledger.flush))
            if stream.has_given_up:
                await self._let_it_read(visitor, turn)
        except Refused as refused:
            self._record_refusal(number, place, peer, refused, _host_of(visitor))
            await self._let_it_read(visitor, turn, refused.reply)
        except trio.Cancelled:
            if not opened:
                when = f"the server was stopped while the client was {visitor.at}"
                stopped = Refused("stopped", when)
                self._record_refusal(number, place, peer, stopped, _host_of(visitor))
            raise
        finally:
            self._open -= 1
            self._triggers.leave(number)

    def turn_away(self, entrance: Entrance, peer: Peer) -> None:
        """Record a connection that was closed at once, since the system has no room for it."""
        number = next(self._numbers)
        if isinstance(entrance, Front):
            self._triggers.arrive(number, entrance.service)
            self._triggers.leave(number)
        refused = Refused("limit", NO_ROOM)
        self._record_refusal(number, entrance.service, address_in_words(peer), refused)

    def _record_refusal(
        self, number: int, place: Place, peer: str, refused: Refused, host: str | None = None
    ) -> None:
        self._ledger.record(
            ConnectionRefused,
            self._clock.now(),
            connection=number,
            service=place,
            peer=peer,
            reason=refused.reason,
            hint=refused.hint,
            host=host,
        )
        self._ledger.flush()

    async def _led(self, entrance: Entrance, visitor: Visitor, turn: Turn) -> Front:
        """The front that this is about; whoever asks the proxy has its answer. Raises `Refused`."""
        front = entrance
        if isinstance(front, Proxy):
            self._check_room(front)
            settings = self._settings
            limit = settings.handshake_seconds, settings.handshake_timeout
            front = self._fronts[await lead(front, visitor, turn, *limit)]
        assert visitor.number is not None
        self._triggers.arrive(visitor.number, front.service)
        return front

    def _check_room(self, entrance: Entrance) -> None:
        """Raise `Refused` if too many are here."""
        if self._open > self._settings.max_connections:
            hint = (
                f"{self._settings.max_connections} connections are open already: "
                "raise max_connections, or close some"
            )
            reply = refusal(503, hint) if isinstance(entrance, Proxy) else b""
            raise Refused("limit", hint, reply=reply)

    async def _admit(self, number: int, front: Front, visitor: Visitor) -> None:
        """Let the connection in. Raises `Refused`."""
        self._check_room(front)
        transport = visitor.transport
        occasion = Occasion(number, service=front.service, host=visitor.host)
        chosen = self._triggers.at_accept(occasion, self._clock.now().t)
        if chosen is None:
            return
        arriving = asked(chosen, self._triggers.mishaps)
        if arriving.refused is None:
            # A fault of the user's that failed.
            return
        self._fired(number, chosen, arriving)
        match arriving.refused:
            case "reset":
                await reset(transport)
            case "before-handshake":
                with (
                    trio.move_on_after(self._settings.handshake_seconds),
                    contextlib.suppress(trio.BrokenResourceError),
                ):
                    await transport.receive_some(1)
        raise asked_for(chosen)

    async def _greet(self, visitor: Visitor, front: Front, turn: Turn) -> tuple[Stream, Provider]:
        """What the service reads and writes, and who is there. Raises `Refused`."""
        assert visitor.number is not None
        if front.tls is None:
            plain = visitor.stream = PlainStream(visitor.transport, turn)
            nobody = provider_of(None, self._settings)
            return plain, msgspec.structs.replace(nobody, secure=False, host=visitor.host)
        service, context = front.service, self._contexts(front.tls, None)
        stream = visitor.stream = TLSStream(visitor.transport, context, turn=turn)
        door = Door(service, front.tls, self._settings, self._ports)
        if self._triggers.ask_for_host("handshake") and visitor.host is None:
            with trio.move_on_after(self._settings.handshake_seconds) as patience:
                await stream.hear_hello()
            if patience.cancelled_caught:
                raise attempt_of(stream, door).late()
        occasion = Occasion(visitor.number, service=service, host=_host_of(visitor))
        chosen = self._triggers.choose("handshake", occasion)
        arriving = asked(chosen, self._triggers.mishaps)
        if arriving.certificate is not None:
            stream.present(self._contexts(front.tls, arriving.certificate))
        fired = None if chosen is None else self._fired(visitor.number, chosen, arriving)
        provider = await self._shake_hands(stream, door, visitor, chosen, arriving)
        fooled_by = None if arriving.certificate is None else fired
        host = _host_of(visitor)
        return stream, msgspec.structs.replace(provider, fooled_by=fooled_by, host=host)

    async def _shake_hands(
        self,
        stream: TLSStream,
        door: Door,
        visitor: Visitor,
        chosen: Chosen | None,
        arriving: Arriving,
    ) -> Provider:
        """Shake hands, disturbed as a fault has it. Raises `Refused`."""
        if chosen is not None and arriving.fails:
            with contextlib.suppress(trio.BrokenResourceError, trio.TooSlowError):
                with trio.fail_after(self._settings.handshake_seconds):
                    if not stream.heard:
                        await stream.hear()
                    if arriving.alerted is not None:
                        await stream.alert(arriving.alerted)
            raise asked_for(chosen)
        if chosen is not None and arriving.pause:
            visitor.hold(f"{chosen.fault.name}, {arriving.detail}")
            await trio.sleep(arriving.pause)
            visitor.hold(None)
        try:
            return await shake_hands(stream, door)
        except Refused as refused:
            if chosen is None or not arriving.explains(refused.turned_away):
                raise
            raise asked_for(chosen, arriving, refused.turned_away) from None

    def _fired(self, number: int, chosen: Chosen, arriving: Arriving) -> int:
        """Record that a fault acts; the entry's `seq`."""
        recorder = Recorder(self._ledger, number)
        seq = recorder.fault(chosen, arriving.detail, self._clock.now())
        self._ledger.flush()
        return seq

    async def _let_it_read(self, visitor: Visitor, turn: Turn, last: bytes = b"") -> None:
        """Shut our side behind what is said `last`, and wait for the peer's, so that no reset
        overtakes that or the alert.
        """
        visitor.leave()
        transport = visitor.transport
        # RFC 1122, 4.2.2.13: a close with something unread is a reset.
        with trio.move_on_after(self._settings.close_grace_seconds):
            try:
                if visitor.stream is None:
                    if last:
                        await transport.send_all(last)
                    await transport.send_eof()
                else:
                    await visitor.stream.send_eof()
                while await transport.receive_some(CHUNK):
                    await turn.take(_THROWN_AWAY)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                pass


def _host_of(visitor: Visitor) -> str | None:
    """The name that a client has asked for: the proxy, or else by SNI."""
    stream = visitor.stream
    by_sni = stream.host if isinstance(stream, TLSStream) else None
    return by_sni if visitor.host is None else visitor.host
