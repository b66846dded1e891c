"""Frames that a client may or may not send, and what becomes of it: RFC 9113, 4 to 6, and RFC 7541.

Worked out from the text of both, in the order of the frames' types.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from .client import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HAS_PRIORITY,
    HEADERS,
    PADDED,
    PING,
    PRIORITY,
    PUSH,
    PUSH_PROMISE,
    RST_STREAM,
    SETTINGS,
    SETTINGS_ACK,
    WINDOW_UPDATE,
    block,
    credit,
    data,
    frame,
    headers,
    post,
    reset,
    settings,
)

NO_ERROR, PROTOCOL, _, FLOW, _, CLOSED, SIZE, _, _, COMPRESSION = range(10)
WHOLE = END_HEADERS | END_STREAM
BLOCK = block(PUSH)
TRAILER = [(b"checksum", b"1")]
LAST = (1 << 31) - 1


def weight(depends_on: int) -> bytes:
    """The fields of a priority: on which stream it depends, and its weight."""
    return struct.pack(">IB", depends_on, 15)


class Outcome(NamedTuple):
    """What becomes of it: the code the connection ends with, or those that streams are reset with,
    and which requests come out.
    """

    ended: int | None = None
    reset: tuple[tuple[int, int], ...] = ()
    requests: tuple[int, ...] = ()


class Case(NamedTuple):
    """Some bytes behind the exchange of SETTINGS, and their outcome."""

    name: str
    wire: bytes
    outcome: Outcome


def ends(name: str, wire: bytes, code: int, *requests: int) -> Case:
    """The connection ends, behind these requests."""
    return Case(name, wire, Outcome(code, (), requests))


def fine(name: str, wire: bytes, *requests: int) -> Case:
    """Nothing is wrong, or nothing that anybody is told of."""
    return Case(name, wire, Outcome(None, (), requests))


def resets(name: str, wire: bytes, stream: int, code: int, *requests: int) -> Case:
    """One stream is reset."""
    return Case(name, wire, Outcome(None, ((stream, code),), requests))


ON_DATA = [
    fine("the longest DATA", headers(1) + data(1, bytes(16_384)), 1),
    fine("no DATA at all in a frame", headers(1) + data(1, b"", flags=0) + data(1), 1),
    fine(
        "padded DATA",
        headers(1) + frame(DATA, b"\2{}\0\0", stream=1, flags=PADDED | END_STREAM),
        1,
    ),
    ends("DATA on an idle stream", data(1), PROTOCOL),
    ends("DATA on stream 0", data(0), PROTOCOL),
    ends(
        "DATA with more padding than bytes",
        headers(1) + frame(DATA, b"\5ab", stream=1, flags=PADDED),
        PROTOCOL,
    ),
    ends(
        "DATA without the length of its padding",
        headers(1) + frame(DATA, stream=1, flags=PADDED),
        PROTOCOL,
    ),
    ends("DATA behind the request's end", post(1) + data(1), CLOSED, 1),
    fine("DATA behind a reset", headers(1) + reset(1) + data(1)),
    ends("DATA that is too long", headers(1) + data(1, bytes(16_385)), SIZE),
]
ON_HEADERS = [
    fine(
        "padded HEADERS",
        frame(HEADERS, b"\3" + BLOCK + bytes(3), stream=1, flags=WHOLE | PADDED),
        1,
    ),
    fine(
        "HEADERS with a priority",
        frame(HEADERS, weight(0) + BLOCK, stream=1, flags=WHOLE | HAS_PRIORITY),
        1,
    ),
    fine(
        "padded HEADERS with a priority",
        frame(
            HEADERS,
            b"\1" + weight(3) + BLOCK + b"\0",
            stream=1,
            flags=WHOLE | PADDED | HAS_PRIORITY,
        ),
        1,
    ),
    fine("streams that are left out", post(1) + post(2001), 1, 2001),
    fine("a lower stream than the last", post(5) + post(3), 5),
    fine("HEADERS behind a reset", headers(1) + reset(1) + headers(1)),
    fine("trailers", headers(1) + data(1, flags=0) + headers(1, TRAILER, flags=WHOLE), 1),
    resets("trailers without an end", headers(1) + headers(1, TRAILER), 1, PROTOCOL),
    resets("trailers with a pseudo-header", headers(1) + headers(1, flags=WHOLE), 1, PROTOCOL),
    resets("HEADERS without headers", frame(HEADERS, stream=1, flags=WHOLE), 1, PROTOCOL),
    ends("HEADERS on stream 0", headers(0), PROTOCOL),
    ends("HEADERS on a stream of the server's", headers(2), PROTOCOL),
    ends("HEADERS behind the request's end", post(1) + headers(1), CLOSED, 1),
    ends(
        "HEADERS with more padding than bytes",
        frame(HEADERS, b"\xff" + BLOCK, stream=1, flags=WHOLE | PADDED),
        PROTOCOL,
    ),
    ends(
        "HEADERS with half a priority",
        frame(HEADERS, b"ab", stream=1, flags=WHOLE | HAS_PRIORITY),
        SIZE,
    ),
    ends(
        "HEADERS that depend on themselves",
        frame(HEADERS, weight(1) + BLOCK, stream=1, flags=WHOLE | HAS_PRIORITY),
        PROTOCOL,
    ),
    ends("HEADERS that are too long", headers(1, [(b"a", bytes(16_384))]), SIZE),
    ends(
        "an index that HPACK's tables do not have",
        frame(HEADERS, b"\xff\x80\1", stream=1, flags=WHOLE),
        COMPRESSION,
    ),
    ends(
        "a larger table for HPACK than was allowed",
        frame(HEADERS, b"\x3f\xff\xff\3" + BLOCK, stream=1, flags=WHOLE),
        COMPRESSION,
    ),
    ends(
        "a header block that breaks off",
        frame(HEADERS, BLOCK[:-1], stream=1, flags=WHOLE),
        COMPRESSION,
    ),
]
ON_CONTINUATION = [
    fine(
        "a header block in three frames",
        frame(HEADERS, BLOCK[:10], stream=1, flags=END_STREAM)
        + frame(CONTINUATION, BLOCK[10:20], stream=1)
        + frame(CONTINUATION, BLOCK[20:], stream=1, flags=END_HEADERS),
        1,
    ),
    fine(
        "a header block whose last frame is empty",
        frame(HEADERS, BLOCK, stream=1, flags=END_STREAM)
        + frame(CONTINUATION, stream=1, flags=END_HEADERS),
        1,
    ),
    ends(
        "CONTINUATION of nothing", frame(CONTINUATION, BLOCK, stream=1, flags=END_HEADERS), PROTOCOL
    ),
    ends(
        "CONTINUATION behind the block's end",
        headers(1) + frame(CONTINUATION, stream=1, flags=END_HEADERS),
        PROTOCOL,
    ),
    ends(
        "CONTINUATION on another stream",
        headers(1, flags=0) + frame(CONTINUATION, stream=3, flags=END_HEADERS),
        PROTOCOL,
    ),
    ends("a PING within a header block", headers(1, flags=0) + frame(PING, bytes(8)), PROTOCOL),
    ends(
        "a frame of no known type within a header block", headers(1, flags=0) + frame(99), PROTOCOL
    ),
]
ON_PRIORITY_AND_RESETS = [
    fine("PRIORITY of an idle stream", frame(PRIORITY, weight(0), stream=1)),
    fine(
        "PRIORITY of an open stream", headers(1) + frame(PRIORITY, weight(3), stream=1) + data(1), 1
    ),
    fine("PRIORITY of stream 0", frame(PRIORITY, weight(1))),
    fine("PRIORITY that depends on itself", frame(PRIORITY, weight(1), stream=1)),
    ends("PRIORITY of four bytes", frame(PRIORITY, bytes(4), stream=1), SIZE),
    fine("RST_STREAM twice", post(1) + reset(1) + reset(1), 1),
    ends("RST_STREAM of an idle stream", reset(1), PROTOCOL),
    ends("RST_STREAM of stream 0", reset(0), PROTOCOL),
    ends("RST_STREAM of three bytes", post(1) + frame(RST_STREAM, bytes(3), stream=1), SIZE, 1),
]
ON_SETTINGS = [
    fine("no SETTINGS in a frame", settings({})),
    fine("SETTINGS that nobody knows", settings({99: 1})),
    fine("the same SETTINGS twice", settings({4: 1}) + settings({4: 2})),
    ends("SETTINGS on a stream", frame(SETTINGS, stream=1), PROTOCOL),
    ends("SETTINGS of five bytes", frame(SETTINGS, bytes(5)), SIZE),
    ends("an acknowledgement with SETTINGS", frame(SETTINGS, bytes(6), flags=1), SIZE),
    ends("an acknowledgement of nothing", SETTINGS_ACK, PROTOCOL),
    ends("push that is neither on nor off", settings({2: 2}), PROTOCOL),
    ends("an initial window of 2 GiB", settings({4: 1 << 31}), FLOW),
    ends("frames smaller than 16 KiB", settings({5: 16_383}), PROTOCOL),
    ends("frames larger than 16 MiB", settings({5: 1 << 24}), PROTOCOL),
    ends(
        "an initial window that is too much for a stream",
        post(1) + credit(LAST - 65_535, 1) + settings({4: 65_536}),
        FLOW,
        1,
    ),
]
ON_THE_REST = [
    ends(
        "a push by the client",
        frame(PUSH_PROMISE, struct.pack(">I", 2) + BLOCK, stream=1, flags=END_HEADERS),
        PROTOCOL,
    ),
    fine("a PING with flags that nobody knows", frame(PING, bytes(8), flags=0xFE)),
    fine("a PING with the reserved bit", b"\0\0\x08\6\0\x80\0\0\0" + bytes(8)),
    fine("an answer to no PING", frame(PING, bytes(8), flags=1)),
    ends("PING on a stream", frame(PING, bytes(8), stream=1), PROTOCOL),
    ends("PING of seven bytes", frame(PING, bytes(7)), SIZE),
    ends("PING that is too long", frame(PING, bytes(16_385)), SIZE),
    ends("GOAWAY on a stream", frame(GOAWAY, bytes(8), stream=1), PROTOCOL),
    ends("GOAWAY of seven bytes", frame(GOAWAY, bytes(7)), SIZE),
    fine("WINDOW_UPDATE of the connection", credit(1)),
    fine("WINDOW_UPDATE of a stream", headers(1) + credit(1, 1) + data(1), 1),
    fine("WINDOW_UPDATE behind a reset", post(1) + reset(1) + credit(5, 1), 1),
    ends("WINDOW_UPDATE of an idle stream", credit(1, 1), PROTOCOL),
    ends("WINDOW_UPDATE by nothing", credit(0), PROTOCOL),
    ends("WINDOW_UPDATE of a stream by nothing", post(1) + credit(0, 1), PROTOCOL, 1),
    ends("WINDOW_UPDATE of three bytes", frame(WINDOW_UPDATE, bytes(3)), SIZE),
    ends("WINDOW_UPDATE that is too much for the connection", credit(LAST), FLOW),
    ends("WINDOW_UPDATE that is too much for a stream", post(1) + credit(LAST, 1), FLOW, 1),
    fine("a frame of no known type", frame(99, b"abc", stream=1, flags=255)),
    ends("a frame of no known type that is too long", frame(99, bytes(16_385)), SIZE),
]
CASES = [
    *ON_DATA,
    *ON_HEADERS,
    *ON_CONTINUATION,
    *ON_PRIORITY_AND_RESETS,
    *ON_SETTINGS,
    *ON_THE_REST,
]
