"""From an accepted socket to a provider with an identity, or to a refusal in words."""

from __future__ import annotations

import ssl

import trio

from ..certificates import Identity, read_identity
from ..fronts import Ports, Provider
from ..scenario import Settings
from ..scenario.faults import Service
from .hello import overhear
from .refusals import Attempt, Refused
from .tls import TLSStream

#: Alert 44, certificate revoked: what production answers to a sandbox certificate (TN2265).
CERTIFICATE_REVOKED = 44
#: Alert 120: the protocols that the client asks for are not spoken here (RFC 7301, 3.2).
NO_APPLICATION_PROTOCOL = 120


async def shake_hands(
    stream: TLSStream, settings: Settings, service: Service, ports: Ports
) -> Provider:
    """Complete the handshake. Raises `Refused`; the alert is with the client by then."""

    def attempt() -> Attempt:
        return Attempt(
            service, settings, ports, stream.heard, stream.answered, stream.trusted_by_us
        )

    try:
        with trio.fail_after(settings.handshake_seconds):
            await stream.do_handshake()
            if _wants_http2(stream):
                if not await stream.refuse(NO_APPLICATION_PROTOCOL):
                    await stream.finish_handshake()
                raise attempt().http()
            identity = _identity(stream)
            if identity is not None:
                await _check_environment(stream, identity, settings)
            await stream.finish_handshake()
    except trio.TooSlowError:
        raise attempt().late() from None
    except ssl.SSLError as wrong:
        raise attempt().broken(wrong) from None
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        raise attempt().left() from None
    topics = identity.topics if identity is not None else ()
    if not topics and settings.topic is not None:
        topics = (settings.topic,)
    return Provider(topics, identity.subject if identity is not None else None)


def _wants_http2(stream: TLSStream) -> bool:
    # Looked for first: to read a whole hello takes a tenth of a millisecond.
    hello = overhear(stream.heard).hello if b"h2" in stream.heard else None
    return hello is not None and hello.wants_http2


def _identity(stream: TLSStream) -> Identity | None:
    der = stream.peer_certificate
    if der is None:
        return None
    try:
        return read_identity(der)
    except ValueError:
        return Identity("(unreadable)", (), None)


async def _check_environment(stream: TLSStream, identity: Identity, settings: Settings) -> None:
    if identity.scope in (None, "both", settings.environment):
        return
    hint = (
        f"the client's certificate is for {identity.scope} only and the server plays "
        f"{settings.environment}: use another certificate, or set environment={identity.scope}"
    )
    # Sandbox certificate at production: the handshake fails with alert 44 (TN2265). The
    # other way round it succeeds, and the connection is closed without a byte: node-apn 1.7.8 waits
    # 100 ms for that before it trusts a connection (`lib/connection.js`), others loop (pushy #205).
    if settings.environment == "sandbox" or not await stream.refuse(CERTIFICATE_REVOKED):
        await stream.finish_handshake()
    raise Refused("wrong-environment", hint)
