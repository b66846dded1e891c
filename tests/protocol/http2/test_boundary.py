"""What has come in part: of a frame, of its head, or of a header block."""

from __future__ import annotations

import pytest

from fakeapns.protocol.http2 import PREFACE, EngineChoice, Wire

from .client import (
    CONTINUATION,
    END_HEADERS,
    HELLO,
    SETTINGS_ACK,
    Conversation,
    data,
    frame,
    headers,
    post,
)


@pytest.mark.parametrize(
    ("wire", "unread", "words"),
    [
        (b"", 0, None),
        (post(1), 0, None),
        (headers(1), 0, None),
        (post(1) + data(3, bytes(91))[:10], 10, "10 of 100 bytes of a frame have come"),
        (data(1, bytes(91))[:99], 99, "99 of 100 bytes of a frame have come"),
        (data(1, bytes(16_384))[:9], 9, "9 of 16,393 bytes of a frame have come"),
        (post(1)[:4], 4, "4 of the 9 bytes that a frame begins with have come"),
        (headers(1, flags=0), 0, "a header block goes on in a frame that has not come"),
        (
            headers(1, flags=0) + frame(CONTINUATION, stream=1),
            0,
            "a header block goes on in a frame that has not come",
        ),
        (headers(1, flags=0) + frame(CONTINUATION, stream=1, flags=END_HEADERS), 0, None),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_what_came_in_part(
    engine: EngineChoice, wire: bytes, unread: int, words: str | None, size: int
) -> None:
    talk = Conversation(engine).greeted()
    for at in range(0, len(wire), size):
        talk.wire.receive_data(wire[at : at + size])
    assert (talk.wire.unread, talk.wire.half_read) == (unread, words)


def test_half_a_preface_is_one(engine: EngineChoice) -> None:
    wire = Wire(engine.make)
    wire.receive_data(PREFACE[:5])
    assert (wire.unread, wire.half_read) == (5, "5 of 24 bytes of a frame have come")
    wire.receive_data((HELLO + SETTINGS_ACK)[5:])
    assert (wire.unread, wire.half_read) == (0, None)


def test_nothing_is_awaited_behind_the_end(talk: Conversation) -> None:
    talk.send(data(0) + data(1)[:5])
    assert talk.wire.ended
    assert (talk.wire.unread, talk.wire.half_read) == (0, None)
