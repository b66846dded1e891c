"""What a client says in the clear before TLS hides it: its hello, certificates and alerts.

OpenSSL tells a server that it has refused, and not what it was offered. RFC 5246 (7.4) and RFC
8446 (4.1.2) have the layouts; nothing here raises, whatever the bytes are.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

import msgspec

ALERT, HANDSHAKE = 21, 22
_CLIENT_HELLO, _CERTIFICATE = 1, 11
_SERVER_NAME, _ALPN, _VERSIONS = 0, 16, 43
_RECORD = Struct(">BBBH")
#: Bytes that are looked into. The largest hellos, with keys of after the quanta, have 3 kB and a
#: chain of certificates some 5; OpenSSL reads hundreds of kilobytes in records of a byte each.
MOST = 1 << 15
#: Characters of a name that are kept: none that is right has more (RFC 1035, 2.3.4).
LONGEST_NAME = 255


class Hello(msgspec.Struct, frozen=True):
    """A ClientHello: `versions` such as 0x0303, best first; `suites` by number; the protocols of
    ALPN; the name of SNI.
    """

    versions: tuple[int, ...]
    suites: tuple[int, ...]
    alpn: tuple[bytes, ...] = ()
    server_name: bytes | None = None

    @property
    def wants_http2(self) -> bool:
        """Whether it has come to speak HTTP/2: then it lacks nothing but another port."""
        return b"h2" in self.alpn

    @property
    def speaks_http(self) -> bool:
        """Whether HTTP is what it means to speak, of any version."""
        return any(each.startswith((b"http/", b"h2", b"h3")) for each in self.alpn)


class Overheard(msgspec.Struct, frozen=True):
    """What was said before encryption began. `certificates` are DER, the client's own first;
    those of TLS 1.3 are never in the clear. `alert` is the number of a fatal one or a warning.
    """

    hello: Hello | None = None
    certificates: tuple[bytes, ...] = ()
    alert: int | None = None


def overhear(heard: bytes) -> Overheard:
    """What is in the first `MOST` of a client's bytes, from its first one on."""
    heard = heard[:MOST]
    said = Overheard(_read_old_hello(heard))
    spoken = []
    for kind, record in _records(heard):
        if kind == HANDSHAKE:
            spoken.append(record)
        elif kind == ALERT and len(record) == 2:
            said = msgspec.structs.replace(said, alert=record[1])
    for kind, body in _messages(b"".join(spoken)):
        if kind == _CLIENT_HELLO and said.hello is None:
            said = msgspec.structs.replace(said, hello=_read_hello(body))
        elif kind == _CERTIFICATE:
            said = msgspec.structs.replace(said, certificates=tuple(_certificates(body)))
    return said


def is_settled(heard: bytes) -> bool:
    """Whether whatever comes behind these bytes changes nothing of what their hello says."""
    if not heard:
        return False
    if len(heard) >= MOST or overhear(heard).hello is not None:
        return True
    if heard[0] == HANDSHAKE:
        return heard[1:2] not in (b"", b"\3")
    return not heard[0] & 0x80


def server_name(heard: bytes) -> str | None:
    """The name that a hello asks for, in lower case; None where it names none, or is not whole.

    Looked for alone, since each connection is asked: 4 µs, where all of a hello takes 16
    (measured).
    """
    if len(heard) < 44 or heard[0] != HANDSHAKE or heard[5] != _CLIENT_HELLO:
        return None
    end = 9 + int.from_bytes(heard[6:9], "big")
    if end > 5 + int.from_bytes(heard[3:5], "big"):
        # Somebody has cut it into several records.
        hello = overhear(heard).hello
        name = None if hello is None else hello.server_name
    else:
        name = _name_in(heard, end)
    return name.decode("ascii", "replace").lower()[:LONGEST_NAME] if name else None


def _name_in(heard: bytes, end: int) -> bytes | None:
    """The name in a hello that ends there, and begins behind the heads of record and message."""
    # Version and random, then session, suites and compression, each with a length in front.
    at = 44 + heard[43]
    at += 2 + int.from_bytes(heard[at : at + 2], "big")
    at += 1 + int.from_bytes(heard[at : at + 1], "big")
    for number, content in extensions(heard[at + 2 : end]):
        if number == _SERVER_NAME:
            # The length of a list, and the kind of its first entry.
            return _vector(content[3:], 2)[0]
    return None


def _records(heard: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of the complete records, as far as they are not encrypted."""
    at = 0
    while at + _RECORD.size <= len(heard):
        kind, major, _, length = _RECORD.unpack_from(heard, at)
        at += _RECORD.size
        # Behind any other type, a change of the cipher or data, nothing can be read.
        if kind not in (ALERT, HANDSHAKE) or major != 3 or at + length > len(heard):
            return
        yield kind, heard[at : at + length]
        at += length


def _messages(spoken: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(spoken):
        end = at + 4 + int.from_bytes(spoken[at + 1 : at + 4], "big")
        if end > len(spoken):
            return
        yield spoken[at], spoken[at + 4 : end]
        at = end


def _read_hello(body: bytes) -> Hello | None:
    """Version, 32 random bytes, session, suites, compression, extensions."""
    if len(body) < 35:
        return None
    version = int.from_bytes(body[:2], "big")
    _, rest = _vector(body[34:], 1)
    suites, rest = _vector(rest, 2)
    _, rest = _vector(rest, 1)
    further = dict(extensions(_vector(rest, 2)[0]))
    versions = _numbers(_vector(further.get(_VERSIONS, b""), 1)[0])
    names = list(vectors(_vector(further.get(_SERVER_NAME, b""), 2)[0][1:], 2))
    return Hello(
        versions=tuple(sorted(versions or (version,), reverse=True)),
        suites=_numbers(suites),
        alpn=tuple(vectors(_vector(further.get(_ALPN, b""), 2)[0], 1)),
        server_name=names[0] if names else None,
    )


def _read_old_hello(heard: bytes) -> Hello | None:
    """The hello of SSL 2.0, with which clients up to Java 6 began TLS (RFC 5246, E.2)."""
    if len(heard) < 11 or not heard[0] & 0x80 or heard[2] != _CLIENT_HELLO:
        return None
    suites = heard[11 : 11 + int.from_bytes(heard[5:7], "big")]
    # Those of TLS have a zero in front of their two bytes.
    numbers = b"".join(suites[at + 1 : at + 3] for at in range(0, len(suites), 3) if not suites[at])
    return Hello((int.from_bytes(heard[3:5], "big"),), _numbers(numbers))


def _certificates(body: bytes) -> Iterator[bytes]:
    yield from vectors(_vector(body, 3)[0], 3)


def extensions(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Those of a hello: their numbers, and what is in them."""
    at = 0
    while at + 4 <= len(data):
        end = at + 4 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield int.from_bytes(data[at : at + 2], "big"), data[at + 4 : end]
        at = end


def _vector(data: bytes, width: int) -> tuple[bytes, bytes]:
    """What follows a length of so many bytes, and what is behind it."""
    end = width + int.from_bytes(data[:width], "big")
    return data[width:end], data[end:]


def vectors(data: bytes, width: int) -> Iterator[bytes]:
    """One behind the other, each with a length of so many bytes in front."""
    at = 0
    while at < len(data):
        end = at + width + int.from_bytes(data[at : at + width], "big")
        yield data[at + width : end]
        at = end


def _numbers(data: bytes) -> tuple[int, ...]:
    """Numbers of two bytes, without those that clients make up so that nobody gets used to a
    list (GREASE, RFC 8701).
    """
    pairs = (int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data) - 1, 2))
    return tuple(each for each in pairs if each & 0x0F0F != 0x0A0A or each >> 8 != each & 0xFF)
