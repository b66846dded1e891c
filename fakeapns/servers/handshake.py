"""From an accepted socket to a provider with an identity, or to a refusal in words."""

from __future__ import annotations

import ssl

import msgspec
import trio

from ..certificates import Identity, Unreadable, explain_unreadable, read_identity
from ..fronts import Provider
from ..scenario import Settings
from .hello import overhear
from .refusals import Attempt, Door, Refused
from .tls import TLSStream

#: Alert 40: nothing that both sides have would do (RFC 5246, 7.2.2).
HANDSHAKE_FAILURE = 40
#: Alert 42: something about the certificate is wrong (RFC 5246, 7.2.2).
BAD_CERTIFICATE = 42
#: Alert 44, certificate revoked: what production answers to a sandbox certificate (TN2265).
CERTIFICATE_REVOKED = 44
#: Alert 120: the protocols that the client asks for are not spoken here (RFC 7301, 3.2).
NO_APPLICATION_PROTOCOL = 120

RESUMED = (
    "the client resumed a session of TLS, and with it an identity that it did not show: let it "
    "connect again, which begins anew, and switch its session cache off if this comes often"
)


async def shake_hands(stream: TLSStream, door: Door) -> Provider:
    """Complete the handshake. Raises `Refused`; the alert is with the client by then."""

    try:
        with trio.fail_after(door.settings.handshake_seconds):
            await stream.do_handshake()
            if stream.resumed:
                await _turn_away(stream, HANDSHAKE_FAILURE)
                raise Refused("session-resumed", RESUMED)
            if door.terms.alpn is None and _wants_http2(stream):
                await _turn_away(stream, NO_APPLICATION_PROTOCOL)
                raise attempt_of(stream, door).http()
            identity = await _identity(stream)
            if identity is not None:
                await _check_environment(stream, identity, door)
            await stream.finish_handshake()
    except trio.TooSlowError:
        raise attempt_of(stream, door).late() from None
    except ssl.SSLError as wrong:
        raise attempt_of(stream, door).broken(wrong) from None
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        raise attempt_of(stream, door).left() from None
    provider = provider_of(identity, door.settings)
    return msgspec.structs.replace(provider, alpn=stream.alpn)


def attempt_of(stream: TLSStream, door: Door) -> Attempt:
    """How far a client has come, for whoever refuses it."""
    return Attempt(door, stream.heard, stream.answered, stream.held_up, stream.trusted_by_us)


def provider_of(identity: Identity | None, settings: Settings) -> Provider:
    """Who is there, by its certificate if it has shown one."""
    topics = identity.topics if identity is not None else ()
    if not topics and settings.topic is not None and settings.topic.strip():
        topics = (settings.topic,)
    if identity is None:
        return Provider(topics, None)
    return Provider(topics, identity.subject, scope=identity.scope)


def _wants_http2(stream: TLSStream) -> bool:
    # Looked for first: to read a whole hello takes a tenth of a millisecond.
    hello = overhear(stream.heard).hello if b"h2" in stream.heard else None
    return hello is not None and hello.wants_http2


async def _identity(stream: TLSStream) -> Identity | None:
    der = stream.peer_certificate
    if der is None:
        return None
    try:
        return read_identity(der)
    except Unreadable as wrong:
        await _turn_away(stream, BAD_CERTIFICATE)
        raise Refused(*explain_unreadable(wrong)) from None


async def _turn_away(stream: TLSStream, alert: int) -> None:
    """Refuse with an alert, or where TLS leaves no room for one, so that a close follows."""
    if not await stream.refuse(alert):
        await stream.finish_handshake()


async def _check_environment(stream: TLSStream, identity: Identity, door: Door) -> None:
    environment = door.terms.environment
    if environment is None or identity.scope in (None, "both", environment):
        return
    hint = (
        f"the client's certificate is for {identity.scope} only and the server plays "
        f"{environment}: use another certificate, or set environment={identity.scope}"
    )
    # Sandbox certificate at production: the handshake fails with alert 44 (TN2265). The
    # other way round it succeeds, and the connection is closed without a byte: node-apn 1.7.8 waits
    # 100 ms for that before it trusts a connection (`lib/connection.js`), others loop (pushy #205).
    if environment == "sandbox":
        await stream.finish_handshake()
    else:
        await _turn_away(stream, CERTIFICATE_REVOKED)
    raise Refused("wrong-environment", hint)
