"""What many requests have in common, kept once."""

from __future__ import annotations

import msgspec

Header = tuple[bytes, bytes]
Headers = tuple[Header, ...]

#: Of a header list, each field counts so much more than its bytes (RFC 9113, 6.5.2).
FIELD = 32
#: What differs from push to push.
_OWN = (b":path", b"apns-id", b"content-length")


class Shape(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """Headers that many requests share: all but the first path, apns-id and content-length.

    One object for all of them, so it can be a key that costs no more than its address: whatever
    follows from these headers alone has to be found out only once. A repeated header stands here
    with its repetitions. `size` is as HTTP/2 counts.
    """

    headers: Headers
    size: int


class Own(msgspec.Struct, frozen=True, gc=False):
    """One request's headers: what it shares, and what is its own, None where it has none."""

    shape: Shape
    path: bytes | None
    apns_id: bytes | None
    content_length: bytes | None


class Shapes:
    """The shapes that are known, for all connections of a server.

    With all headers in every record one takes 2,375 bytes and 14.1 µs, most of it the garbage
    collector's; with shapes it is 414 bytes and 10.5 µs. A client that varies its headers shares
    nothing: `most` shapes, or `size` bytes of them, are forgotten together.
    """

    def __init__(self, most: int = 4096, size: int = 4 * 1024 * 1024) -> None:
        self._most = most
        self._size = size
        self._held = 0
        self._known: dict[Headers, Shape] = {}

    def split(self, headers: Headers) -> Own:
        """What these headers share with those of other requests, and what they do not."""
        own: dict[bytes, bytes] = {}
        shared: list[Header] = []
        for header in headers:
            if header[0] in _OWN and header[0] not in own:
                own[header[0]] = header[1]
            else:
                shared.append(header)
        shape = self._shape(tuple(shared))
        path, apns_id, content_length = map(own.get, _OWN)
        return Own(shape, path, apns_id, content_length)

    def _shape(self, shared: Headers) -> Shape:
        shape = self._known.get(shared)
        return shape or self._new(shared)

    def _new(self, shared: Headers) -> Shape:
        # Plain pairs: an engine may have a type of its own for fields that are never indexed.
        plain = tuple((name, value) for name, value in shared)
        size = sum(len(name) + len(value) + FIELD for name, value in plain)
        shape = Shape(plain, size)
        self._held += size
        if len(self._known) >= self._most or self._held > self._size:
            self._known.clear()
            self._held = size
        self._known[plain] = shape
        return shape
