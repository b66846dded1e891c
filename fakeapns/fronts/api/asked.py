"""What an answer needs to know of its request."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...protocol.http2 import Header, Request
from .routes import is_about_channels

_REQUEST_ID = b"apns-request-id"


class Asked(msgspec.Struct, frozen=True, gc=False):
    """On which stream somebody waits, and the ids by which the answer is told from others. There is
    one at least.
    """

    stream: int
    ids: tuple[Header, ...]

    @property
    def id(self) -> str:
        """The first of them, for a record."""
        return self.ids[0][1].decode("latin-1")


def asked_by(request: Request, made_up: Iterator[bytes]) -> Asked:
    """What this one has asked: its own ids byte for byte, or one that is `made_up`.

    The id of a push to a device is its `apns-id`. Of channels it is `apns-request-id`; an `apns-id`
    comes back as well there if one was sent, as in Apple's own sample of a broadcast.
    """
    own = request.apns_id
    if not is_about_channels(request.path):
        return Asked(request.stream, ((b"apns-id", next(made_up) if own is None else own),))
    value = dict(reversed(request.shape.headers)).get(_REQUEST_ID)
    named = (_REQUEST_ID, next(made_up) if value is None else value)
    return Asked(request.stream, (named,) if own is None else (named, (b"apns-id", own)))
