"""What is overheard, how much of it is kept, and what the engine gets meanwhile."""

from __future__ import annotations

import pytest

from fakeapns.protocol.http2.tap import BYTES, FRAMES, Tap

from .client import (
    CONTINUATION,
    END_HEADERS,
    HAS_PRIORITY,
    HEADERS,
    HELLO,
    PADDED,
    PUSH,
    block,
    data,
    frame,
    headers,
    post,
)

WRONG = (*PUSH, (b"TE", b"gzip"))
WHY = "the header name 'TE' has capital letters, and HTTP/2 allows none"


def test_why_and_what() -> None:
    tap = Tap(10_000)
    assert b"".join(tap.overhear(HELLO + post(1) + post(3, WRONG))) == HELLO + post(1) + post(
        3, WRONG
    )
    assert tap.why(3) == (WHY, WRONG)
    assert tap.why(1) == tap.why(5) == ("", None)


@pytest.mark.parametrize(
    "wire",
    [
        frame(HEADERS, bytes(5) + block(WRONG), stream=1, flags=END_HEADERS | HAS_PRIORITY),
        frame(HEADERS, b"\2" + block(WRONG) + bytes(2), stream=1, flags=END_HEADERS | PADDED),
        headers(1, WRONG, flags=0) + frame(CONTINUATION, stream=1, flags=END_HEADERS),
    ],
    ids=["priority", "padding", "continuation"],
)
def test_blocks_are_found_in_any_frames(wire: bytes) -> None:
    tap = Tap(10_000)
    list(tap.overhear(HELLO + wire))
    assert tap.why(1) == (WHY, WRONG)


def test_the_engine_gets_whole_blocks() -> None:
    tap = Tap(10_000)
    list(tap.overhear(HELLO))
    begin = headers(1, flags=0)
    assert list(tap.overhear(begin[:-1])) == []
    assert list(tap.overhear(begin[-1:])) == []
    end = frame(CONTINUATION, stream=1, flags=END_HEADERS)
    assert list(tap.overhear(end + data(1)[:3])) == [begin + end]
    assert list(tap.overhear(data(1)[3:])) == [data(1)]


@pytest.mark.parametrize("flags", [PADDED, PADDED | HAS_PRIORITY, HAS_PRIORITY])
def test_a_block_that_is_too_short_is_the_engine_s_to_refuse(flags: int) -> None:
    tap = Tap(10_000)
    wire = frame(HEADERS, stream=1, flags=END_HEADERS | flags)
    assert list(tap.overhear(HELLO + wire))[-1] == wire
    assert tap.why(1)[1] == ()


def test_after_so_many_blocks_nothing_more_is_kept() -> None:
    tap = Tap(10_000)
    wire = b"".join(post(2 * number + 1) for number in range(FRAMES))
    rest = post(999, WRONG)
    assert b"".join(tap.overhear(HELLO + wire + rest)) == HELLO + wire + rest
    assert not tap.open
    assert tap.why(999) == ("", None)


def test_after_so_many_bytes_nothing_more_is_kept() -> None:
    tap = Tap(10_000)
    list(tap.overhear(HELLO + headers(1, flags=0)))
    piece = frame(CONTINUATION, bytes(16_000), stream=1)
    given = b"".join(b"".join(tap.overhear(piece)) for _ in range(BYTES // 16_000 + 1))
    assert not tap.open
    assert given == headers(1, flags=0) + piece * (BYTES // 16_000 + 1)


def test_a_frame_that_is_too_long_ends_it() -> None:
    tap = Tap(10_000)
    wire = frame(99, bytes(16_385))
    assert b"".join(tap.overhear(HELLO + wire + post(1))) == HELLO + wire + post(1)
    assert not tap.open


def test_what_cannot_be_decoded_has_no_reason() -> None:
    tap = Tap(100)
    list(tap.overhear(HELLO + post(1) + post(3, WRONG)))
    assert tap.why(3) == ("", None)
    assert not tap.open
