"""No session of TLS can be resumed: whoever comes shows its certificate.

Apple's service issued none (java-apns #349). OpenSSL keeps those of TLS 1.2 and before in the
context, 12 kB each and 20,480 of them, and lets whoever has a session's keys come back as who it
was: without a certificate, at the other port, behind `renew`. CPython has no switch for that cache.
But TLS says that a session whose connection fails is to be forgotten (RFC 5246, 7.2.2), and
OpenSSL looks the session up before it finds anything else wrong. So when a handshake is done, its
session is offered once, by ourselves, in a hello that has to fail. That takes 13 µs (measured),
where a ring of 16 contexts, each made anew after 64 connections, takes 20 µs and 12 MB, and has to
refuse whoever happens to meet the same one again.
"""

from __future__ import annotations

import contextlib
import ssl
from struct import Struct

import msgspec

_SERVER_HELLO, _CLIENT_HELLO = 2, 1
#: Type, version and length of a record; then type and length of the message, in its four bytes.
_HEAD = Struct(">BHHI")
#: Up to the session's id: version, and 32 random bytes.
_RANDOM = Struct(">H32s")
#: Both sides mix all of the handshake into the keys (RFC 7627), which a session stays with.
_EXTENDED = b"\0\x17\0\0"
#: A suite that no server of ours has: NULL with MD5.
_NO_SUITE = b"\0\1"


class Session(msgspec.Struct, frozen=True):
    """What a session is called, the version of TLS as in 0x0303, and whether its keys are made
    of the whole handshake.
    """

    name: bytes
    version: int
    extended: bool


def begun(said: bytes) -> Session | None:
    """The session that a server of TLS 1.2 or before offers with its first bytes, if any."""
    head = _HEAD.size + _RANDOM.size
    if len(said) <= head:
        return None
    _, _, _, message = _HEAD.unpack_from(said)
    if message >> 24 != _SERVER_HELLO:
        return None
    version, _ = _RANDOM.unpack_from(said, _HEAD.size)
    name = said[head + 1 : head + 1 + said[head]]
    # Behind it are a suite, a compression, and the length of the extensions.
    at, end = head + 1 + len(name) + 5, _HEAD.size + (message & 0xFFFFFF)
    extended = False
    while at + 4 <= end:
        extended = extended or said[at : at + 4] == _EXTENDED
        at += 4 + int.from_bytes(said[at + 2 : at + 4], "big")
    return Session(name, version, extended) if name else None


def forget(session: Session, context: ssl.SSLContext) -> None:
    """Have the context forget this session of its, while its connection goes on."""
    incoming = ssl.MemoryBIO()
    incoming.write(_hello(session))
    with contextlib.suppress(ssl.SSLError):
        context.wrap_bio(incoming, ssl.MemoryBIO(), server_side=True).do_handshake()


def _hello(session: Session) -> bytes:
    """The hello of a client that would resume it with a suite that is not its own."""
    parts = (
        _RANDOM.pack(session.version, bytes(32)),
        _vector(session.name, 1),
        _vector(_NO_SUITE, 2),
        _vector(b"\0", 1),
        _vector(_EXTENDED if session.extended else b"", 2),
    )
    body = b"".join(parts)
    message = _CLIENT_HELLO << 24 | len(body)
    return _HEAD.pack(22, session.version, len(body) + 4, message) + body


def _vector(content: bytes, width: int) -> bytes:
    return len(content).to_bytes(width, "big") + content
