"""How much of a client's is kept, and how much one may ask for."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Bounds of one connection. Over one, a request or the connection ends, and an event says so.

    Apple takes 5,120 bytes of body and 8,000 of headers at most. These are ours, and wide enough
    that whoever sends too much gets Apple's answer. Sizes are bytes; header lists are counted as
    HTTP/2 does, with 32 bytes more for each field (RFC 9113, 6.5.2).
    """

    #: Of one header list, and how many fields it has. h2 knows no number of fields.
    header_list: int = 128 * 1024
    header_fields: int = 2048
    #: CONTINUATION frames of one header block. h2 has a limit of its own, 64.
    continuations: int = 64
    #: Streams that are open at once, also where SETTINGS allow more or are not acknowledged yet.
    streams: int = 10_000
    #: Of one body; and of all requests that have begun and are not complete.
    body: int = 256 * 1024
    unfinished: int = 4 * 1024 * 1024
    #: Of what waits to be sent, answers that the client gives no credit for included.
    unsent: int = 1024 * 1024
    #: RST_STREAM, SETTINGS and GOAWAY frames in a row, without a complete request between them.
    unrest: int = 10_000
